"""What judging a user's requests costs counts in the day's budgets. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
