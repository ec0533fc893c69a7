"""The outbox of webhooks: what is to be told of stories that ended. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Messages that wait are not thrown away: restore a backup instead.")
