"""What migration 0017 asks about other tenants is not for Supabase's visitors to ask. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
