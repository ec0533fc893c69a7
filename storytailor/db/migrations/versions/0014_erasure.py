"""An account that is deleted leaves nothing of its family: what was used and paid stays, without whose it was."""

from storytailor.db.migrations import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
