"""What making a story used: every try is counted, under its lease."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from storytailor.db import Database, Lease, Queue
from storytailor.db.asset_records import DataRecord
from storytailor.errors import LeaseLostError
from tests.db.claims import claim_one
from tests.db.conftest import CreateStory, ReadStory


def used(cost: float | None, **calls: int) -> dict[str, Any]:
    """What a try used: so many calls of ten tokens to each model."""
    models = {model.replace("_", "-"): {"calls": n, "input_tokens": 10 * n} for model, n in calls.items()}
    return {"models": models, "cost_usd": cost}


async def begin(queue: Queue, lease: Lease) -> None:
    await queue.start(lease, "content")


async def test_the_tries_of_an_asset_are_summed_by_model_whether_they_failed_or_not(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await begin(queue, lease)
    await queue.progress(lease, "content", 0, status="retrying", usage=used(0.25, writer=1))
    await begin(queue, lease)
    await queue.progress(lease, "content", 66, words=500)
    await queue.progress(lease, "content", 0, status="retrying", usage=used(0.5, writer=2, judge=1))
    await begin(queue, lease)
    finished = await queue.finish(lease, "content", DataRecord(data=1, usage=used(1, writer=1)))
    total = {"content": used(1.75, writer=4, judge=1)}
    assert (await read_story(story_id)).usage == finished.usage == total


async def test_an_asset_that_ends_failed_keeps_what_it_used(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await begin(queue, lease)
    await queue.progress(lease, "content", 0, status="retrying", usage=used(0.25, writer=1))
    await queue.fail(lease, "content", "no ink", usage=used(0.25, writer=1))
    assert (await read_story(story_id)).usage == {"content": used(0.5, writer=2)}
    assert (await read_story(story_id)).status == "failed"


async def test_a_remake_adds_to_what_the_asset_has_used(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    for _ in range(2):
        await begin(queue, lease)
        await queue.finish(lease, "content", DataRecord(data=1, usage=used(0.5, writer=1)))
        await queue.release(lease.token)
        lease = await queue.take(story_id, ["content"])
    assert (await read_story(story_id)).usage == {"content": used(1.0, writer=2)}


@pytest.mark.parametrize("costs", [(0.5, None), (None, 0.5), (None, None)])
async def test_one_try_of_unknown_cost_makes_the_assets_cost_unknown(
    create_story: CreateStory, queue: Queue, read_story: ReadStory, costs: tuple[float | None, float | None]
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await begin(queue, lease)
    await queue.progress(lease, "content", 0, status="retrying", usage=used(costs[0], writer=1))
    await queue.fail(lease, "content", "no ink", usage=used(costs[1], writer=1))
    assert (await read_story(story_id)).usage == {"content": used(None, writer=2)}


async def test_a_try_that_asked_no_model_adds_nothing(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await begin(queue, lease)
    await queue.progress(lease, "content", 0, status="retrying")
    await queue.fail(lease, "content", "no ink")
    assert (await read_story(story_id)).usage == {}


async def test_a_worker_whose_lease_has_ended_adds_nothing(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await begin(queue, lease)
    await queue.release(lease.token)
    with pytest.raises(LeaseLostError):
        await queue.progress(lease, "content", 0, status="retrying", usage=used(9, writer=9))
    with pytest.raises(LeaseLostError):
        await queue.fail(lease, "content", "too late", usage=used(9, writer=9))
    with pytest.raises(LeaseLostError):
        await queue.finish(lease, "content", DataRecord(data=1, usage=used(9, writer=9)))
    assert (await read_story(story_id)).usage == {}


async def test_owners_see_which_portraits_their_characters_have_and_no_others(database: Database, user: UUID) -> None:
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO portraits (character_id, sheet_hash, object_key) SELECT id, 'looks', 'key' FROM characters"
        )
    for who, seen in ((user, 1), (uuid4(), 0)):
        async with database.as_user(who) as connection:
            cursor = await connection.execute("SELECT character_id, sheet_hash FROM portraits")
            assert len(await cursor.fetchall()) == seen
