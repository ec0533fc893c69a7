"""How many stories have missed the objective and have not ended. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
