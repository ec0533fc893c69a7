"""Indexes by which an operator hears that more books than usual have placeholders. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
