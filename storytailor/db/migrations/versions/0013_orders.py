"""What a debit buys, and what making stories has cost: orders and spendings. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
