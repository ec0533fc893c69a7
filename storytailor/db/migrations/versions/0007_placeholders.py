"""A book of placeholders is partial, and its webhook says which pictures they are. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
