"""Somebody who asks for stories, and a queue to look at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from storytailor.db import Database, Queue, Stories, Wish
from storytailor.providers.object_store import Folder
from storytailor.story import StoryType

AskForStory = Callable[..., Awaitable[UUID]]
Look = Callable[[UUID], Awaitable[dict[str, Any]]]


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
def ask(database: Database, stories: Stories, user: UUID) -> AskForStory:
    """Ask for a story; its id."""

    async def ask_for_story(**wishes: Any) -> UUID:
        async with database.transaction() as connection:
            found = await (await connection.execute("SELECT id FROM characters")).fetchone()
        assert found is not None
        row = await stories.create(Wish(user, [found["id"]], StoryType.BEDTIME, ["courage"], **wishes))
        story_id: UUID = row["id"]
        return story_id

    return ask_for_story


@pytest.fixture
def look(stories: Stories, user: UUID) -> Look:
    """A story's row as its owner sees it."""

    async def look_at(story_id: UUID) -> dict[str, Any]:
        return await stories.get(user, story_id)

    return look_at


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
