"""How the workers' calls to the providers stand. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
