"""Holding a story still: while its owner decides about it, nobody writes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from storytailor.db.connection import Connection, Database, Row, fetch
from storytailor.errors import NotFound, ServiceUnavailable
from storytailor.status import JobState

TRIES = 40
SECONDS_BETWEEN = 0.05


@dataclass(frozen=True)
class HeldStory:
    """A story and its jobs, locked until the transaction on `connection` ends."""

    connection: Connection
    row: Row
    jobs: Mapping[str, JobState]


@asynccontextmanager
async def held_story(database: Database, user_id: UUID, story_id: UUID) -> AsyncIterator[HeldStory]:
    """One of the user's stories, held in a transaction of that user's. Raises NotFound.

    A worker locks a job and then its story; we need both the other way round. So nobody waits for a job's lock:
    while a worker holds one, for the milliseconds of a write, we let go of everything and try again.
    """
    for _ in range(TRIES):
        async with database.as_user(user_id) as connection:
            rows = await fetch(connection, "stories/hold", user_id=user_id, story_id=story_id)
            if not rows:
                raise NotFound("story", str(story_id))
            jobs = await fetch(connection, "stories/hold_jobs", story_id=story_id)
            if all(job["state"] for job in jobs):
                states = {job["asset_type"]: cast("JobState", job["state"]) for job in jobs}
                yield HeldStory(connection, rows[0], states)
                return
        await asyncio.sleep(SECONDS_BETWEEN)
    raise ServiceUnavailable("The story is being written to without a pause. Try again.", retry_after=1)
