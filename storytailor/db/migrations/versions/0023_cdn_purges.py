"""What a CDN has cached of deleted books is purged. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
