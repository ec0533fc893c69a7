"""Consent to photos: who said when, in which words, that a picture may be used. See the .sql beside this."""

from storytailor.db.migrations import run_sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    run_sql(__file__)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward: restore a backup instead.")
