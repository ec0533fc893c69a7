"""Images of a character or a story are of the same tenant: no others are taken or deleted. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
