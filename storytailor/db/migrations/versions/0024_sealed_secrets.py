"""Tenants' webhook secrets are encrypted in the database. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("An older version cannot open what was sealed: restore a backup instead.")
