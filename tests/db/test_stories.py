"""Asking for a story: all of it or nothing, and paid for once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import psycopg
import pytest

from storytailor.db import Accounts, Database, NewStory, Queue, Stories
from storytailor.db.story_inputs import StoryInputs
from storytailor.errors import NotFoundError, QuotaExceededError, ServiceUnavailableError
from storytailor.story import StoryType
from tests.db.conftest import CreateStory

RunOut = Callable[[], Awaitable[None]]


async def test_what_was_asked_for_is_kept_with_the_characters_as_they_were(
    create_story: CreateStory, stories: Stories, database: Database
) -> None:
    story_id = await create_story(age=4, language="fr", title="La Lune")
    async with database.transaction() as connection:
        await connection.execute("UPDATE characters SET name = 'Somebody else'")
    brief = await StoryInputs(database).brief(story_id)
    assert [character.name for character in brief.characters] == ["Maya"]
    assert (brief.age_band, brief.language, brief.title) == ("3-5", "fr", "La Lune")


async def test_a_character_of_somebody_else_is_not_found_and_nothing_is_written(
    stories: Stories, user: UUID, database: Database
) -> None:
    with pytest.raises(NotFoundError) as refused:
        await stories.create(user, NewStory([uuid4()], StoryType.MYSTERY, ["courage"]))
    assert refused.value.code == "CHARACTER_NOT_FOUND"
    async with database.transaction() as connection:
        cursor = await connection.execute(
            "SELECT (SELECT count(*) FROM stories) + (SELECT count(*) FROM credit_ledger) AS rows"
        )
        row = await cursor.fetchone()
    assert row == (0,)


async def test_many_requests_at_once_cannot_spend_the_same_story(
    create_story: CreateStory, database: Database, user: UUID
) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE users SET credits = 1")
    answers = await asyncio.gather(*(create_story() for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(answer, UUID) for answer in answers) == 3  # the free tier's two, and one bought
    refused = [answer for answer in answers if isinstance(answer, QuotaExceededError)]
    assert len(refused) == 17
    assert refused[0].data == {
        "tier": "free",
        "storiesUsed": 3,
        "storyLimit": 3,
        "upgradeOptions": ["individual", "story_pack_5"],
    }


async def test_a_story_that_ends_failed_gives_back_what_it_cost_once(
    create_story: CreateStory, queue: Queue, database: Database, user: UUID
) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE users SET credits = 1")
    for _ in range(3):
        await create_story()
    accounts = Accounts(database)
    assert (await accounts.allowance(user)).credits == 0
    for lease in await queue.claim(in_flight=10):
        await queue.start(lease, "content")
        await queue.fail(lease, "content", "no ink")
        again = await queue.take(lease.story_id, ["content"])
        await queue.start(again, "content")
        await queue.fail(again, "content", "still no ink")
    allowance = await accounts.allowance(user)
    assert (allowance.stories_used, allowance.credits) == (0, 1)


async def test_every_change_of_a_story_is_announced_and_counted(
    create_story: CreateStory, queue: Queue, database_url: str, stories: Stories, user: UUID
) -> None:
    with psycopg.connect(database_url, autocommit=True) as listener:
        listener.execute("LISTEN story_changed")
        listener.execute("LISTEN story_queued")
        story_id = await create_story()
        (lease,) = await queue.claim(in_flight=1)
        await queue.start(lease, "content")
        heard = [(notice.channel, notice.payload) for notice in listener.notifies(timeout=0.2)]
    assert heard.count(("story_changed", f"{story_id} {user}")) == 2
    assert ("story_queued", "") in heard
    assert (await stories.get(user, story_id)).revision == 2


async def test_an_unreachable_database_is_reported_without_its_password() -> None:
    database = Database("postgresql://somebody:hunter2@127.0.0.1:1/nowhere", timeout=0.5)
    await database.open()
    with pytest.raises(ServiceUnavailableError) as down:
        await database.execute("queue/story_exists", story_id=uuid4())
    await database.close()
    assert "DATABASE_URL" in str(down.value)
    assert "hunter2" not in str(down.value)
