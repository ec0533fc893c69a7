"""Webhooks wait in lines, one for each receiver and tenant, so that none waits for another's receiver. See the .sql."""

from storytailor.db.migrations import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Messages that wait are not thrown away: restore a backup instead.")
