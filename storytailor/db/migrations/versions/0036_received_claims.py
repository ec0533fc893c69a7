"""Which claims a worker has received, and which are on their way to one. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
