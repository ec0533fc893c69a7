"""Every try of an asset is counted, and owners may see which portraits they have. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
