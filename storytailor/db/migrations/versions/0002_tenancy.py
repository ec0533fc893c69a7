"""Tenancy in the database: the API's role, the makers' role, row level security. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Tenants are not thrown together again: restore a backup instead.")
