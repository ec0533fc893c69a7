"""Locking a story and its jobs, so that nobody writes them while their owner's action is under way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg

from storytailor.catalog import AssetName
from storytailor.db.connection import Connection, Database, fetch_all, fetch_one, send
from storytailor.db.rows import BriefJson, StoryStatusRow
from storytailor.errors import NotFoundError, ServiceUnavailableError
from storytailor.status import JobState

TRIES = 20


@dataclass(frozen=True)
class LockedStoryRow(StoryStatusRow):
    """Where a locked story stands, and what was asked for."""

    brief: BriefJson


@dataclass(frozen=True)
class LockedStory:
    """A story and its jobs, locked until the transaction on `connection` ends.

    `blocked` failed only for lack of another, and are queued again once that is made.
    """

    connection: Connection
    row: LockedStoryRow
    jobs: Mapping[AssetName, JobState]
    blocked: frozenset[AssetName]


@dataclass(frozen=True)
class _JobRow:
    asset_type: AssetName
    status: JobState
    blocked: bool


@asynccontextmanager
async def lock_story(database: Database, user_id: UUID, story_id: UUID) -> AsyncIterator[LockedStory]:
    """One of the user's stories, locked in a transaction of that user's. Raises NotFoundError.

    Jobs are locked before their story, as workers do. But a worker that fails an asset locks further jobs, and
    whoever claims locks the story first: so we wait for less than PostgreSQL does before it ends a deadlock, release
    all locks and try again. It is never a worker that loses.
    """
    for _ in range(TRIES):
        async with database.as_user(user_id) as connection:
            story = await _try_to_lock(connection, user_id, story_id)
            if story is not None:
                yield story
                return
    raise ServiceUnavailableError("The story is being written to without a pause. Try again.", retry_after=1)


async def _try_to_lock(connection: Connection, user_id: UUID, story_id: UUID) -> LockedStory | None:
    """The story, or None when a lock was not to be had; the transaction is over then."""
    try:
        await send(connection, "stories/short_lock_timeout")
        jobs = await fetch_all(connection, _JobRow, "stories/lock_jobs", story_id=story_id)
        row = await fetch_one(connection, LockedStoryRow, "stories/lock", user_id=user_id, story_id=story_id)
    except psycopg.errors.LockNotAvailable:
        await connection.rollback()
        return None
    if row is None:
        raise NotFoundError("story", str(story_id))
    await send(connection, "stories/usual_lock_timeout")
    blocked = frozenset(job.asset_type for job in jobs if job.blocked)
    return LockedStory(connection, row, {job.asset_type: job.status for job in jobs}, blocked)
