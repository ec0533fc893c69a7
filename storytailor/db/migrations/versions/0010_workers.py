"""A claim counts from when a worker has begun it; workers say that they are there. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
