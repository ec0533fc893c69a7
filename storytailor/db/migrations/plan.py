"""What `migrate` would do to a database: which migrations are missing there, and which of them have no way back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from storytailor.db.connecting import bounded
from storytailor.db.connection import statement


@dataclass(frozen=True)
class Step:
    """A migration: its revision, what it brings in one sentence, whether it can be taken back."""

    revision: str
    what: str
    has_way_back: bool


@dataclass(frozen=True)
class Plan:
    """What is to be done. `current` is None for a database without a schema of ours: there is nothing to lose.

    `newest` is what this version brings.
    """

    current: str | None
    steps: tuple[Step, ...]
    newest: str

    @property
    def is_newer(self) -> bool:
        """Whether the database is ahead: a later version has migrated it, and this one is there again."""
        return self.current is not None and self.current > self.newest

    @property
    def words(self) -> list[str]:
        """What an operator has to know before it is done, line by line; nothing where nothing can be lost."""
        if self.is_newer:
            return [
                f"The schema is {self.current}, newer than this version's {self.newest}: it serves as it is, since "
                "migrations only add. Nothing is to be done."
            ]
        if self.current is None or not self.steps:
            return []
        lines = [f"The schema is {self.current}. What follows:"]
        lines += [f"  {step.revision}  {step.what}" for step in self.steps]
        if final := [step.revision for step in self.steps if not step.has_way_back]:
            lines += [
                f"There is no way back from {', '.join(final)} but a backup that was taken before, "
                "into an empty database:",
                f'  pg_dump --format=custom --file=before-{self.newest}.dump "$DATABASE_URL"',
                f'  pg_restore --exit-on-error --dbname="$DATABASE_URL" before-{self.newest}.dump',
            ]
        return lines


def plan(database_url: str) -> Plan:
    """What `migrate` would do to the database at this URL, as things stand."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    current = _current(database_url)
    missing = [script for script in scripts.walk_revisions() if current is None or script.revision > current]
    newest = scripts.get_current_head()
    assert newest is not None, "there are migrations, in one line"
    return Plan(current, tuple(_step(script) for script in reversed(missing)), newest)


def _current(database_url: str) -> str | None:
    with psycopg.connect(bounded(database_url), prepare_threshold=None) as connection:
        try:
            row = connection.execute(statement("schema/revision")).fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return str(row[0]) if row else None


def _step(script: Script) -> Step:
    """A migration that cannot be taken back says so by raising NotImplementedError."""
    has_way_back = "NotImplementedError" not in script.module.downgrade.__code__.co_names
    return Step(script.revision, (script.doc or "").partition(". See")[0].rstrip("."), has_way_back)
