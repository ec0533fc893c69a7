"""Somebody who asks for stories, and a queue to look at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from storytailor.db import Database, NewStory, Queue, Stories
from storytailor.db.rows import StoryRow
from storytailor.db.workers import Workers
from storytailor.providers.object_store import Folder
from storytailor.story import StoryType

CreateStory = Callable[..., Awaitable[UUID]]
ReadStory = Callable[[UUID], Awaitable[StoryRow]]


@pytest.fixture
async def user(database: Database) -> UUID:
    """A user with a library, a character and credits enough."""
    user_id = uuid4()
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO users (id, credits) VALUES (%s, 100)", (user_id,))
        await connection.execute(
            """WITH library AS (INSERT INTO libraries (owner_user_id, name) VALUES (%s, 'Home') RETURNING id)
               INSERT INTO characters (library_id, owner_user_id, name, traits)
               SELECT id, %s, 'Maya', '{glasses}' FROM library""",
            (user_id, user_id),
        )
    return user_id


@pytest.fixture
def stories(database: Database) -> Stories:
    return Stories(database)


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database, lease_seconds=30)


@pytest.fixture
def workers(database: Database) -> Workers:
    return Workers(database)


@pytest.fixture
def create_story(database: Database, stories: Stories, user: UUID) -> CreateStory:
    """Ask for a story; its id."""

    async def create(**changes: Any) -> UUID:
        async with database.transaction() as connection:
            found = await (await connection.execute("SELECT id FROM characters")).fetchone()
        assert found is not None
        new = NewStory([found[0]], StoryType.BEDTIME, ["courage"], **changes)
        return (await stories.create(user, new)).id

    return create


@pytest.fixture
def read_story(stories: Stories, user: UUID) -> ReadStory:
    """A story's row as its owner sees it."""

    async def read(story_id: UUID) -> StoryRow:
        return await stories.get(user, story_id)

    return read


@pytest.fixture
def run_out(database: Database) -> Callable[[], Awaitable[None]]:
    """Make every lease run out, as if its worker had been silent for an hour."""

    async def let_leases_run_out() -> None:
        async with database.transaction() as connection:
            await connection.execute(
                "UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 hour' "
                "WHERE lease_token IS NOT NULL"
            )

    return let_leases_run_out


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An object store of the test's own."""
    return Folder(tmp_path / "objects")
