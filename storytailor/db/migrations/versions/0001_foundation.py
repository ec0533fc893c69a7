"""The foundation: users, libraries, characters, stories, the queue, the ledger. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("The foundation is not taken back: restore a backup instead.")
