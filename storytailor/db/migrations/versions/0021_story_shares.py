"""Links to read a story without a token, made and taken back by its owner. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
