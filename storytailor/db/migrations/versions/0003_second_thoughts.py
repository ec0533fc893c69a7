"""Second thoughts: stories and characters are remade, stopped and deleted. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("What was paid for twice cannot be told apart again: restore a backup instead.")
