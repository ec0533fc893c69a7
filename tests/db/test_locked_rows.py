"""Somebody holds a row's lock and does not let go: only that story waits, and all others go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

import psycopg
import pytest

from storytailor.catalog import ALL_ASSETS
from storytailor.db import Database, Lease, Queue
from storytailor.db.queue import CANCELLED_BY_OPERATOR
from tests.db.conftest import CreateStory, ReadStory

AT_ONCE = 5.0
"""Far less than the 30 s after which a statement that waits for the lock is ended."""
ROWS = {
    "the story": "SELECT FROM stories WHERE id = %s FOR UPDATE",
    "one of its jobs": "SELECT FROM asset_generation_jobs WHERE story_id = %s AND asset_type = 'cover' FOR UPDATE",
}
RunOut = Callable[[], Awaitable[None]]
Locked = Callable[[str, UUID], AbstractAsyncContextManager[None]]

row_locked = pytest.mark.parametrize("lock", ROWS.values(), ids=ROWS.keys())


@pytest.fixture
def locked(database_url: str) -> Locked:
    """A session that looks at a story FOR UPDATE and is then forgotten, as by somebody who goes to lunch."""

    @asynccontextmanager
    async def held(lock: str, story_id: UUID) -> AsyncIterator[None]:
        async with await psycopg.AsyncConnection.connect(database_url) as connection:
            await connection.execute(lock.encode(), (story_id,))
            yield
            await connection.rollback()

    return held


async def begun(queue: Queue, create_story: CreateStory) -> Lease:
    await create_story()
    (lease,) = await queue.claim(in_flight=100)
    await queue.begin(lease)
    await queue.start(lease, "content")
    return lease


@row_locked
async def test_a_locked_story_is_queued_again_once_it_is_free_and_keeps_no_other_waiting(
    queue: Queue, create_story: CreateStory, run_out: RunOut, locked: Locked, lock: str
) -> None:
    first, second = await begun(queue, create_story), await begun(queue, create_story)
    await run_out()
    async with asyncio.timeout(AT_ONCE), locked(lock, first.story_id):
        assert [lost.story_id for lost in await queue.release_expired()] == [second.story_id]
        assert [lease.story_id for lease in await queue.claim(in_flight=100)] == [second.story_id]
    assert [lost.token for lost in await queue.release_expired()] == [first.token]


@row_locked
async def test_a_locked_story_is_claimed_whole_once_it_is_free_and_keeps_no_other_waiting(
    queue: Queue, create_story: CreateStory, locked: Locked, lock: str
) -> None:
    first, second = await create_story(), await create_story()
    async with asyncio.timeout(AT_ONCE), locked(lock, first):
        assert [lease.story_id for lease in await queue.claim(in_flight=100)] == [second]
    assert [(lease.story_id, lease.assets) for lease in await queue.claim(in_flight=100)] == [(first, ALL_ASSETS)]


@row_locked
async def test_what_is_stuck_fails_though_another_stuck_story_is_locked(
    queue: Queue, create_story: CreateStory, database: Database, locked: Locked, lock: str
) -> None:
    first, second = await begun(queue, create_story), await begun(queue, create_story)
    async with database.transaction() as connection:
        await connection.execute("UPDATE asset_generation_jobs SET started_at = started_at - interval '16 minutes'")
    async with asyncio.timeout(AT_ONCE), locked(lock, first.story_id):
        assert [stuck.story_id for stuck in await queue.time_out(15)] == [second.story_id]
    assert [(stuck.story_id, stuck.tokens) for stuck in await queue.time_out(15)] == [(first.story_id, [first.token])]


@row_locked
async def test_what_was_cancelled_ends_though_another_cancelled_story_is_locked(
    queue: Queue, create_story: CreateStory, read_story: ReadStory, locked: Locked, lock: str
) -> None:
    first, second = await begun(queue, create_story), await begun(queue, create_story)
    tokens = [first.token, second.token]
    async with asyncio.timeout(AT_ONCE), locked(lock, first.story_id):
        assert await queue.cancel(tokens)
        assert (await read_story(second.story_id)).asset_generation_status["assets"]["cover"]["error"] == (
            CANCELLED_BY_OPERATOR
        )
    assert (await read_story(first.story_id)).status == "generating"
    assert await queue.cancel(tokens)
    assert (await read_story(first.story_id)).status == "failed"


async def test_a_worker_keeps_all_its_leases_while_one_of_its_jobs_is_locked(
    queue: Queue,
    create_story: CreateStory,
    run_out: RunOut,
    locked: Locked,
) -> None:
    first, second = await begun(queue, create_story), await begun(queue, create_story)
    await run_out()
    async with asyncio.timeout(AT_ONCE), locked(ROWS["one of its jobs"], first.story_id):
        assert await queue.renew([first.token, second.token]) == {first.token, second.token}
    assert await queue.release_expired() == []


async def test_claims_go_on_waiting_for_a_worker_while_one_of_their_jobs_is_locked(
    queue: Queue,
    create_story: CreateStory,
    run_out: RunOut,
    locked: Locked,
) -> None:
    await create_story()
    await create_story()
    first, _ = await queue.claim(in_flight=100)
    await run_out()
    async with asyncio.timeout(AT_ONCE), locked(ROWS["one of its jobs"], first.story_id):
        await queue.keep_waiting()
    assert await queue.release_expired() == []
