"""What a job's columns can say together, as constraints. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
