"""Whether a database has the schema that this version of the code needs."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from pathlib import Path

import psycopg

from storytailor.db.connection import Connection, Database, fetch_values
from storytailor.errors import ServiceUnavailableError, SettingsError

log = logging.getLogger(__name__)

REVISION = "schema/revision"
VERSIONS = Path(__file__).parent / "migrations" / "versions"
NEWEST = max(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))
"""The revision of the newest migration, such as `0006`."""


class Schema:
    """The schema of one database, as this code sees it. It may change while a process runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def problem(self) -> str | None:
        """What is wrong with it, and what to do. Raises ServiceUnavailableError when the database does not answer."""
        return outdated(await revision_of(self._database.fetch_values(str, REVISION)))


async def require_newest_schema(database: Database) -> None:
    """Raise SettingsError for a database whose schema is older than this code; a newer one serves as well.

    One that does not answer yet is looked at as soon as it does: until then nothing is done in it, and as long as its
    schema is older, ServiceUnavailableError says so to everybody.
    """
    try:
        problem = await Schema(database).problem()
    except ServiceUnavailableError as down:
        log.warning("The schema cannot be checked yet: %s", down)
        database.before_use = _refuse_older_schema
        return
    if problem:
        raise SettingsError(problem)


async def _refuse_older_schema(connection: Connection) -> None:
    if problem := outdated(await revision_of(fetch_values(connection, str, REVISION))):
        log.error("Nothing is done: %s", problem)
        raise ServiceUnavailableError(problem, retry_after=5)


async def revision_of(asked: Awaitable[list[str]]) -> str | None:
    """The revision that the statement REVISION gives; None when there is none, or none that this login may see."""
    try:
        revisions = await asked
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return None
    return revisions[0] if revisions else None


def outdated(revision: str | None) -> str | None:
    """What is wrong with a revision, and what to do; None when it is new enough."""
    if revision is not None and revision >= NEWEST:
        return None
    found = f"has schema {revision}" if revision else "has no schema of ours, or one older than 0011"
    return f"The database of DATABASE_URL {found}, and this version needs {NEWEST}: run `storytailor migrate` first."
