"""How much a reference picture takes up is known, so that there is an end to it. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
