"""A tenant may have a secret of their own, by which alone their webhooks are signed. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Receivers verify by these secrets: restore a backup instead.")
