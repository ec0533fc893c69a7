"""Who draws a character's portrait just now, so that nobody else pays for the same one. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
