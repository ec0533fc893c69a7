"""Which runs Dagster keeps of a story, for an operator's command: in its tables, since its UI may be on another machine
and asks for a login.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import psycopg

from storytailor.db.connection import Connection, Database, execute, fetch_all


@dataclass(frozen=True)
class StoryRun:
    """One of them, and how it stands in Dagster's word."""

    run_id: str
    status: str


async def runs_of_story(dagster: Database, story_id: UUID) -> list[StoryRun] | None:
    """The last ones, the newest first. None where Dagster has no tables, or none that this login may read."""

    async def read(connection: Connection) -> list[StoryRun]:
        await execute(connection, "dagster/look_at_its_tables")
        return await fetch_all(connection, StoryRun, "dagster/runs_of_story", story=str(story_id))

    try:
        return await dagster.in_transaction(read)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        return None
