"""Which installation a database is, and what is settled is found by its age. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
