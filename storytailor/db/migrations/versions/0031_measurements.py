"""What Prometheus counts, kept where it happens. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
