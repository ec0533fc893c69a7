"""What is counted of all stories: once, for ever, and by the bounds that Prometheus is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from storytailor.catalog import ALL_ASSETS
from storytailor.db import Database, Lease, Queue
from storytailor.db.measurements import InTime, Measured, Measurements
from storytailor.db.story_actions import StoryActions
from storytailor.durations import BUCKETS
from tests.db.claims import begin_one, make_asset, whole_story
from tests.db.conftest import CreateStory

RunOut = Callable[[], Awaitable[None]]


@pytest.fixture
def measurements(database: Database) -> Measurements:
    return Measurements(database)


async def counted(measurements: Measurements) -> dict[tuple[str, str, str], int]:
    """How often each was measured, whatever the amount."""
    counts: dict[tuple[str, str, str], int] = {}
    for row in await measurements.so_far():
        key = row.metric, row.stage, row.outcome
        counts[key] = counts.get(key, 0) + row.times
    return counts


async def make_old(database: Database, seconds: int) -> None:
    """Let what is under way have begun so long ago."""
    async with database.transaction() as connection:
        for table, column in (("asset_generation_jobs", "started_at"), ("story_orders", "created_at")):
            change = f"UPDATE {table} SET {column} = {column} - make_interval(secs => %s)"  # noqa: S608
            await connection.execute(change.encode(), (seconds,))


async def test_a_whole_story_is_one_of_its_kind_and_one_of_each_stage_and_stays_so_when_it_is_deleted(
    database: Database,
    create_story: CreateStory,
    queue: Queue,
    measurements: Measurements,
    user: UUID,
) -> None:
    story_id = await whole_story(create_story, queue)
    once = dict.fromkeys([("story", "all", "ready"), *(("asset", asset, "ready") for asset in ALL_ASSETS)], 1)
    assert await counted(measurements) == once
    assert await measurements.fold(most=3) == 3  # a sweep after long takes a part, and the next one the rest
    assert await measurements.fold() == len(ALL_ASSETS) - 3
    assert await counted(measurements) == once
    await StoryActions(database).delete(user, story_id)
    assert await counted(measurements) == once


async def test_what_is_made_again_is_measured_as_a_stage_and_as_no_story(
    database: Database, create_story: CreateStory, queue: Queue, measurements: Measurements, user: UUID
) -> None:
    story_id = await whole_story(create_story, queue)
    await StoryActions(database).regenerate(user, story_id, ["pdf"], cascade=False)
    await make_asset(queue, await begin_one(queue), "pdf")
    counts = await counted(measurements)
    assert (counts["asset", "pdf", "ready"], counts["story", "all", "ready"]) == (2, 1)


async def test_a_duration_is_counted_by_the_first_bound_that_is_not_less(
    database: Database, create_story: CreateStory, queue: Queue, measurements: Measurements
) -> None:
    await create_story(generate_assets=False)
    lease = await begin_one(queue)
    await make_asset(queue, lease, "content")
    await queue.start(lease, "palette")
    await make_old(database, 59)
    await queue.fail(lease, "palette", "no credit")
    palette, story = [row for row in await measurements.so_far() if row.outcome == "failed"]
    assert (palette.metric, palette.stage, palette.bucket, palette.times) == ("asset", "palette", 60, 1)
    assert (story.metric, story.stage, story.bucket) == ("story", "text", 60)
    assert 59 <= story.total < 60
    async with database.transaction() as connection:
        asked = await connection.execute(
            "SELECT duration_bucket(seconds) FROM unnest(%s::float8[]) AS seconds", ([*BUCKETS, BUCKETS[-1] + 1],)
        )
        assert [bound for (bound,) in await asked.fetchall()] == [*BUCKETS, float("inf")]


async def test_a_story_that_is_not_ready_in_time_misses_the_objective_before_it_has_ended(
    database: Database, create_story: CreateStory, queue: Queue, measurements: Measurements, user: UUID
) -> None:
    await whole_story(create_story, queue)
    await create_story(generate_assets=False)
    waiting, cancelled = await create_story(), await create_story()
    await make_old(database, 301)
    await create_story()
    await StoryActions(database).cancel(user, cancelled)
    found = await measurements.in_time(300)
    assert found == InTime(ended=1, in_time=1, overdue=1)
    assert found.percent == 50
    assert await measurements.in_time(420) == InTime(ended=1, in_time=1)
    await StoryActions(database).delete(user, waiting)
    assert (await measurements.in_time(300)).overdue == 0


async def test_the_objective_counts_stories_that_can_be_read_in_time_and_none_that_somebody_cancelled(
    database: Database, create_story: CreateStory, queue: Queue, measurements: Measurements, user: UUID
) -> None:
    assert (await measurements.in_time(300)).percent is None
    await whole_story(create_story, queue)
    await StoryActions(database).cancel(user, await create_story())
    failing = await begin_one_of(create_story, queue)
    await queue.fail(failing, "content", "no credit")
    late = await begin_one_of(create_story, queue)
    await make_old(database, 301)
    for asset in ALL_ASSETS:
        await make_asset(queue, late, asset)
    assert await measurements.in_time(300) == InTime(ended=3, in_time=1)
    assert await measurements.in_time(420) == InTime(ended=3, in_time=2)
    await measurements.fold()
    assert await measurements.in_time(300) == InTime(ended=3, in_time=1), "the last day is known story by story"
    assert (await counted(measurements))["story", "all", "cancelled"] == 1


async def test_a_lease_that_ran_out_is_lost_once_and_one_that_was_given_back_is_not(
    create_story: CreateStory, queue: Queue, measurements: Measurements, run_out: RunOut
) -> None:
    lease = await begin_one_of(create_story, queue)
    assert await measurements.held_leases() == 1
    await queue.release(lease.token)
    assert await measurements.held_leases() == 0
    await begin_one(queue)
    await run_out()
    await queue.release_expired()
    assert [row for row in await measurements.so_far() if row.metric == "lease"] == [
        Measured("lease", "", "", bucket=1, times=1, total=1)
    ]


async def begin_one_of(create_story: CreateStory, queue: Queue) -> Lease:
    await create_story()
    return await begin_one(queue)
