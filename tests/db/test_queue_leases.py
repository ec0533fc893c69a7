"""The leases of claims: waiting for a worker, losing one, being cancelled, taking too long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import uuid4

import psycopg
import pytest

from storytailor.catalog import ALL_ASSETS
from storytailor.db import Database, Queue
from storytailor.db.asset_records import DataRecord
from storytailor.db.health import QueueHealth
from storytailor.db.workers import WorkerCapacity, Workers
from storytailor.errors import LeaseLostError
from tests.db.claims import begin_one, claim_one, make_asset, whole_story
from tests.db.conftest import CreateStory, ReadStory

CHANGE = "UPDATE asset_generation_jobs SET {change} WHERE story_id = %s"
RunOut = Callable[[], Awaitable[None]]


async def test_a_write_under_a_lease_that_was_lost_changes_nothing(
    create_story: CreateStory, queue: Queue, read_story: ReadStory, run_out: RunOut
) -> None:
    story_id = await create_story()
    stale = await claim_one(queue)
    await queue.start(stale, "content")
    await run_out()
    await queue.release_expired()
    fresh = await claim_one(queue)
    await queue.start(fresh, "content")
    before = await read_story(story_id)
    for write in (
        queue.start(stale, "content"),
        queue.progress(stale, "content", 50),
        queue.finish(stale, "content", DataRecord(data=1)),
        queue.fail(stale, "content", "too late"),
    ):
        with pytest.raises(LeaseLostError):
            await write
    assert await read_story(story_id) == before
    assert await queue.renew([stale.token, fresh.token]) == {fresh.token}


async def test_a_lost_lease_is_queued_again_with_only_what_is_unfinished(
    create_story: CreateStory, queue: Queue, run_out: RunOut
) -> None:
    await create_story()
    lease = await begin_one(queue)
    await make_asset(queue, lease, "content")
    await queue.start(lease, "palette")
    await run_out()
    (lost,) = await queue.release_expired()
    assert lost.token == lease.token
    again = await claim_one(queue)
    assert again.claim == 2
    assert set(again.assets) == set(ALL_ASSETS) - {"content"}


async def test_a_story_whose_worker_is_lost_three_times_fails_and_says_why(
    create_story: CreateStory, queue: Queue, read_story: ReadStory, run_out: RunOut
) -> None:
    story_id = await create_story()
    for _ in range(3):
        await begin_one(queue)
        await run_out()
        await queue.release_expired()
    assert await queue.claim(in_flight=1_000) == []
    row = await read_story(story_id)
    assert row.status == "failed"
    assert "lost 3 times" in str(row.asset_generation_status["assets"]["content"]["error"])


async def test_waiting_for_a_worker_costs_no_claim(
    create_story: CreateStory, queue: Queue, read_story: ReadStory, run_out: RunOut
) -> None:
    story_id = await create_story()
    for _ in range(5):
        lease = await claim_one(queue)
        assert lease.claim == 1
        await run_out()
        (waited,) = await queue.release_expired()
        assert waited.token == lease.token
    assert (await read_story(story_id)).status == "generating"


async def test_a_lost_worker_counts_and_waiting_afterwards_does_not(
    create_story: CreateStory, queue: Queue, run_out: RunOut
) -> None:
    await create_story()
    for begun in (True, False, False, True, False):
        lease = await claim_one(queue)
        if begun:
            await queue.begin(lease)
        await run_out()
        await queue.release_expired()
    assert (await claim_one(queue)).claim == 3


async def test_a_claim_is_renewed_when_it_is_taken_up(create_story: CreateStory, queue: Queue, run_out: RunOut) -> None:
    await create_story()
    lease = await claim_one(queue)
    await run_out()  # the worker comes late, and before anybody has looked
    await queue.begin(lease)
    assert await queue.release_expired() == []
    await make_asset(queue, lease, "content")


async def test_a_claim_is_taken_up_once_and_not_after_its_end(
    create_story: CreateStory, queue: Queue, run_out: RunOut
) -> None:
    await create_story()
    lease = await claim_one(queue)
    await queue.begin(lease)
    with pytest.raises(LeaseLostError):
        await queue.begin(lease)
    await run_out()
    await queue.release_expired()
    with pytest.raises(LeaseLostError):
        await queue.begin(lease)


async def test_claims_wait_on_while_no_worker_is_there_and_while_all_are_busy(
    create_story: CreateStory, queue: Queue, workers: Workers, run_out: RunOut
) -> None:
    await create_story()
    await create_story()
    first, second = [await claim_one(queue), await claim_one(queue)]
    await run_out()
    await queue.keep_waiting()
    assert await queue.release_expired() == []  # nobody is there

    await workers.announce(uuid4(), "one", 1, 30)
    await queue.begin(first)
    await run_out()
    await queue.keep_waiting()
    assert [lost.token for lost in await queue.release_expired()] == [first.token]  # the one that somebody had begun

    await run_out()  # there is a place now, and yet nobody begins it: its message is lost
    await queue.keep_waiting()
    assert [lost.token for lost in await queue.release_expired()] == [second.token]


async def test_the_line_of_a_worker_that_died_does_not_wait_for_the_others_to_be_done(
    create_story: CreateStory, queue: Queue, workers: Workers, run_out: RunOut
) -> None:
    for _ in range(3):
        await create_story()
    await workers.announce(uuid4(), "the survivor", 1, 30)
    begun = await begin_one(queue)
    received, on_its_way = await claim_one(queue), await claim_one(queue)
    await queue.renew([received.token])  # by the worker in whose line it waits
    await run_out()  # since that one is dead; the survivor is busy
    await queue.keep_waiting()
    assert {lease.token for lease in await queue.release_expired()} == {begun.token, received.token}
    assert on_its_way.token in await queue.open_leases()


async def test_workers_are_counted_while_they_say_that_they_are_there(
    create_story: CreateStory, queue: Queue, workers: Workers
) -> None:
    staying, leaving = uuid4(), uuid4()
    await workers.announce(staying, "staying", 2, 30)
    await workers.announce(leaving, "leaving", 3, 30)
    await workers.announce(uuid4(), "dead", 5, 0)
    await create_story()
    await create_story()
    await begin_one(queue)
    await claim_one(queue)
    assert await workers.capacity() == WorkerCapacity(workers=2, slots=5, busy=1)
    await workers.leave(leaving)
    assert await workers.capacity() == WorkerCapacity(workers=1, slots=2, busy=1)


async def test_the_table_itself_refuses_what_no_job_can_be(create_story: CreateStory, database: Database) -> None:
    story_id = await create_story()
    for change in (
        "status = 'ready', lease_token = gen_random_uuid(), lease_expires_at = now()",
        "status = 'generating'",
        "lease_token = gen_random_uuid()",
        "blocked_by = 'cover'",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            async with database.transaction() as connection:
                await connection.execute(CHANGE.format(change=change).encode(), (story_id,))


async def test_work_that_nobody_makes_is_old_however_often_it_is_claimed(
    create_story: CreateStory, queue: Queue, database: Database, run_out: RunOut
) -> None:
    await create_story()
    async with database.transaction() as connection:
        await connection.execute("UPDATE asset_generation_jobs SET updated_at = now() - interval '10 minutes'")
    health = QueueHealth(database, in_flight=9)
    for _ in range(2):
        lease = await claim_one(queue)
        assert (await health.age() or 0) > 590
        await run_out()
        await queue.release_expired()
        assert (await health.age() or 0) > 590
    lease = await claim_one(queue)
    await queue.begin(lease)
    assert await health.age() is None


async def test_a_cancelled_lease_fails_what_is_unfinished_and_what_waits_for_it_and_queues_nothing(
    create_story: CreateStory, queue: Queue, read_story: ReadStory, database: Database
) -> None:
    story_id = await create_story()
    lease = await begin_one(queue)
    await make_asset(queue, lease, "content")
    await queue.start(lease, "palette")
    assert await queue.cancel([lease.token])
    row = await read_story(story_id)
    assets = row.asset_generation_status["assets"]
    assert row.status == "failed"
    assert assets["content"]["status"] == "ready"
    assert {str(asset["error"]) for name, asset in assets.items() if name != "content"} == {
        "Cancelled by the operator."
    }
    assert await queue.claim(in_flight=10) == []
    with pytest.raises(LeaseLostError):
        await queue.finish(lease, "palette", DataRecord(data=1))
    assert not await queue.cancel([lease.token])
    async with database.transaction() as connection:
        ledger = await (await connection.execute("SELECT kind FROM credit_ledger ORDER BY id")).fetchall()
    assert [kind for (kind,) in ledger] == ["debit", "refund"]  # not the family's doing


async def test_the_books_of_a_cancelled_cover_fail_with_it_and_come_back_with_it(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await whole_story(create_story, queue)
    taken = await queue.take(story_id, ["cover"])
    await queue.start(taken, "cover")
    await queue.cancel([taken.token])
    assets = (await read_story(story_id)).asset_generation_status["assets"]
    assert assets["pdf"]["error"] == "Not made, because cover failed."
    assert await queue.claim(in_flight=10) == []
    await make_asset(queue, await queue.take(story_id, ["cover"]), "cover")
    assert (await claim_one(queue)).assets == ("pdf", "epub")


async def test_an_orderly_shutdown_is_not_counted_as_a_lost_worker(create_story: CreateStory, queue: Queue) -> None:
    await create_story()
    for _ in range(5):
        lease = await begin_one(queue)
        assert lease.claim == 1
        assert set(await queue.release(lease.token, uncounted=True)) == set(ALL_ASSETS)


async def test_what_has_been_generating_for_too_long_fails_with_all_that_waits_for_it(
    create_story: CreateStory, queue: Queue, read_story: ReadStory, database: Database
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await make_asset(queue, lease, "content")
    await queue.start(lease, "palette")
    await queue.start(lease, "audio")
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE asset_generation_jobs SET started_at = now() - interval '16 minutes' WHERE asset_type = 'palette'"
        )
    assert [story.story_id for story in await queue.time_out(15)] == [story_id]
    assets = (await read_story(story_id)).asset_generation_status["assets"]
    assert "longer than 15 minutes" in str(assets["palette"]["error"])
    assert assets["scene_3"]["error"] == "Not made, because palette failed."
    assert assets["audio"]["status"] == "generating"


async def test_the_time_of_an_asset_counts_from_the_first_try_of_its_claim(
    create_story: CreateStory, queue: Queue, database: Database
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await queue.start(lease, "content")
    async with database.transaction() as connection:
        await connection.execute("UPDATE asset_generation_jobs SET started_at = now() - interval '16 minutes'")
    await queue.progress(lease, "content", 0, status="retrying")
    await queue.start(lease, "content")  # the second try
    assert [story.story_id for story in await queue.time_out(15)] == [story_id]


async def test_what_nobody_could_make_for_a_quarter_of_an_hour_goes_on_and_is_not_given_up_as_too_slow(
    create_story: CreateStory, queue: Queue, database: Database
) -> None:
    story_id = await create_story()
    lease = await begin_one(queue)
    await queue.start(lease, "content")
    async with database.transaction() as connection:  # two minutes' work, and the database away since
        await connection.execute(
            "UPDATE asset_generation_jobs SET started_at = now() - interval '22 minutes',"
            " lease_expires_at = now() - interval '20 minutes'"
        )
    assert await queue.time_out(15) == []  # whoever makes it may come back, or its lease ends
    assert await queue.renew([lease.token]) == {lease.token}
    assert await queue.time_out(15) == []
    assert [story.story_id for story in await queue.time_out(1)] == [story_id]  # the two minutes count


async def test_a_story_whose_only_host_was_down_for_an_hour_is_made_again(
    create_story: CreateStory, queue: Queue, database: Database, read_story: ReadStory
) -> None:
    story_id = await create_story()
    await queue.start(await begin_one(queue), "content")
    async with database.transaction() as connection:
        await connection.execute(
            "UPDATE asset_generation_jobs SET started_at = now() - interval '70 minutes',"
            " lease_expires_at = now() - interval '60 minutes'"
        )
    await queue.time_out(15)
    await queue.release_expired()
    assert (await claim_one(queue)).claim == 2
    assert (await read_story(story_id)).status == "generating"
