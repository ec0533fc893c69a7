"""Whose story changed is said with the change. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
