"""Which request asked for an asset, and its trace. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
