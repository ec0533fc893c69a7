"""Holding a story still: while its owner decides about it, nobody writes it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import psycopg

from storytailor.db.connection import Connection, Database, Row, fetch
from storytailor.errors import NotFound, ServiceUnavailable
from storytailor.status import JobState

TRIES = 20


@dataclass(frozen=True)
class HeldStory:
    """A story and its jobs, locked until the transaction on `connection` ends."""

    connection: Connection
    row: Row
    jobs: Mapping[str, JobState]


@asynccontextmanager
async def held_story(database: Database, user_id: UUID, story_id: UUID) -> AsyncIterator[HeldStory]:
    """One of the user's stories, held in a transaction of that user's. Raises NotFound.

    Jobs are locked before their story, as workers do. But a worker that fails an asset locks further jobs, and
    whoever claims locks the story first: so we wait for less than PostgreSQL does before it ends a deadlock, let go
    of everything and try again. It is never a worker that loses.
    """
    for _ in range(TRIES):
        async with database.as_user(user_id) as connection:
            held = await _hold(connection, user_id, story_id)
            if held is not None:
                yield held
                return
    raise ServiceUnavailable("The story is being written to without a pause. Try again.", retry_after=1)


async def _hold(connection: Connection, user_id: UUID, story_id: UUID) -> HeldStory | None:
    """The story, or None when a lock was not to be had; the transaction is over then."""
    try:
        await fetch(connection, "stories/short_lock_timeout")
        jobs = await fetch(connection, "stories/lock_jobs", story_id=story_id)
        rows = await fetch(connection, "stories/lock", user_id=user_id, story_id=story_id)
    except psycopg.errors.LockNotAvailable:
        return None
    if not rows:
        raise NotFound("story", str(story_id))
    states = {job["asset_type"]: cast("JobState", job["status"]) for job in jobs}
    return HeldStory(connection, rows[0], states)
