"""What a try has cost whose worker was lost. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
