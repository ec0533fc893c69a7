"""A picture that is uploaded belongs to somebody before it is stored. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
