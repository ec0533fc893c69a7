"""What the judges refuse counts in a user's rate. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
