"""The queue: what is claimed when, what a write to an asset changes, and what is made by hand."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from storytailor.catalog import ALL_ASSETS, AssetName
from storytailor.db import Database, Queue
from storytailor.db.asset_records import ContentRecord, FileRecord
from storytailor.db.workers import Workers
from storytailor.errors import AssetBusyError, NotFoundError
from tests.db.claims import begin_one, claim_one, make_asset, whole_story
from tests.db.conftest import CreateStory, ReadStory


async def test_a_claim_takes_every_queued_asset_of_a_story(create_story: CreateStory, queue: Queue) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    assert (lease.story_id, lease.assets, lease.claim) == (story_id, ALL_ASSETS, 1)
    assert await queue.claim(in_flight=1_000) == []


async def test_urgent_stories_are_claimed_before_high_and_normal_ones_then_the_oldest(
    create_story: CreateStory, queue: Queue
) -> None:
    normal, high, urgent, later = [
        await create_story(priority=priority) for priority in ("normal", "high", "urgent", "normal")
    ]
    claimed = [lease.story_id for lease in await queue.claim(in_flight=1_000)]
    assert claimed == [urgent, high, normal, later]


async def test_no_more_stories_are_claimed_than_may_be_under_way(create_story: CreateStory, queue: Queue) -> None:
    for _ in range(3):
        await create_story()
    assert len(await queue.claim(in_flight=2)) == 2
    assert await queue.claim(in_flight=2) == []
    assert len(await queue.claim(in_flight=3)) == 1


async def test_few_stories_a_worker_are_claimed_before_they_are_begun_and_the_oldest_first(
    create_story: CreateStory, queue: Queue, database: Database
) -> None:
    asked = [await create_story() for _ in range(7)]
    first = await queue.claim(in_flight=1_000, waiting=2)
    assert [lease.story_id for lease in first] == asked[:2]  # as for one worker, though none is there yet
    assert await queue.claim(in_flight=1_000, waiting=2) == []
    await queue.begin(first[1])
    assert [lease.story_id for lease in await queue.claim(in_flight=1_000, waiting=2)] == asked[2:3]
    for number in range(2):
        await Workers(database).announce(uuid4(), f"worker {number}", 50, 30)
    assert [lease.story_id for lease in await queue.claim(in_flight=1_000, waiting=2)] == asked[3:5]
    assert await queue.claim(in_flight=5, waiting=9) == []


async def test_sensors_side_by_side_never_claim_the_same_story(create_story: CreateStory, queue: Queue) -> None:
    asked = {await create_story() for _ in range(12)}
    claims = await asyncio.gather(*(queue.claim(in_flight=1_000, batch=3) for _ in range(8)))
    claims.append(await queue.claim(in_flight=1_000))
    claimed = [lease.story_id for leases in claims for lease in leases]
    assert sorted(claimed) == sorted(asked)
    assert all(lease.assets == ALL_ASSETS for leases in claims for lease in leases)


async def test_a_ready_asset_has_its_data_in_the_same_write_and_the_story_its_title(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await queue.start(lease, "content")
    await queue.progress(lease, "content", 66, words=500)
    assert (await read_story(story_id)).asset_generation_status["assets"]["content"] == {
        "status": "generating",
        "progress": 66,
        "metadata": {"words": 500},
    }
    await queue.finish(lease, "content", ContentRecord(data={"n": 1}, title="The Kite", content={"title": "The Kite"}))
    row = await read_story(story_id)
    content = row.asset_generation_status["assets"]["content"]
    assert (content["status"], content["progress"], content["data"]) == ("ready", 100, {"n": 1})
    assert (row.title, row.content) == ("The Kite", {"title": "The Kite"})


async def test_a_story_is_ready_when_all_its_assets_are(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story(generate_assets=False)
    lease = await claim_one(queue)
    assert lease.assets == ("content", "palette")
    await make_asset(queue, lease, "content")
    assert (await read_story(story_id)).status == "generating"
    await make_asset(queue, lease, "palette")
    row = await read_story(story_id)
    assert (row.status, row.asset_generation_status["overall"]) == ("ready", "ready")
    assert row.asset_generation_completed_at is not None


async def test_a_story_without_its_voice_is_partial_and_can_be_read(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    for asset in ALL_ASSETS:
        if asset != "audio":
            await make_asset(queue, lease, asset)
    await queue.start(lease, "audio")
    await queue.fail(lease, "audio", "The voice is hoarse.")
    row = await read_story(story_id)
    assert (row.status, row.asset_generation_status["overall"]) == ("ready", "partial")
    assert row.asset_generation_status["assets"]["audio"]["error"] == "The voice is hoarse."


async def test_the_epub_is_queued_again_when_the_voice_has_failed_and_made_without_it(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await begin_one(queue)
    for asset in ALL_ASSETS:
        if asset not in ("audio", "epub"):
            await make_asset(queue, lease, asset)
    await queue.start(lease, "audio")
    await queue.fail(lease, "audio", "The voice is hoarse.")
    again = await claim_one(queue)
    assert (again.assets, again.claim) == (("epub",), 1)
    await make_asset(queue, again, "epub")
    assert (await read_story(story_id)).asset_generation_status["overall"] == "partial"


async def test_what_depends_on_a_failed_asset_fails_with_it_and_nothing_else_does(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await make_asset(queue, lease, "content")
    await queue.start(lease, "cover")
    await queue.fail(lease, "cover", "no paint")
    assets = (await read_story(story_id)).asset_generation_status["assets"]
    failed = {name for name, asset in assets.items() if asset["status"] == "failed"}
    assert failed == {"cover", "scene_1", "scene_2", "scene_3", "scene_4", "pdf", "epub"}


async def test_an_asset_can_be_taken_by_hand_but_not_while_it_is_being_made(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await queue.start(lease, "content")
    await queue.fail(lease, "content", "no ink")
    taken = await queue.take(story_id, ["content"])
    assert (await read_story(story_id)).asset_generation_status["assets"]["content"]["status"] == "pending"
    with pytest.raises(AssetBusyError, match="content"):
        await queue.take(story_id, ["palette", "content"])
    await make_asset(queue, taken, "content")


@pytest.mark.parametrize(
    ("by_hand", "books"),
    [
        (["cover"], {"pdf", "epub"}),
        (["audio"], {"epub"}),
        (["cover", "pdf"], {"epub"}),
        (["pdf", "epub"], set()),
        (["activities"], set()),
        (["content", "palette"], {"pdf", "epub"}),
    ],
)
async def test_what_is_made_again_by_hand_brings_the_books_that_show_it_once(
    create_story: CreateStory, queue: Queue, by_hand: list[AssetName], books: set[str]
) -> None:
    story_id = await whole_story(create_story, queue)
    taken = await queue.take(story_id, by_hand)
    assert await queue.claim(in_flight=10) == []  # first what they show
    for asset in taken.assets:
        await make_asset(queue, taken, asset)
    claims = await queue.claim(in_flight=10)
    assert {book for lease in claims for book in lease.assets} == books
    for lease in claims:
        await queue.begin(lease)
        for book in lease.assets:
            await make_asset(queue, lease, book)
    assert await queue.claim(in_flight=10) == []


async def test_nothing_is_made_by_hand_while_a_book_that_shows_it_is_being_made(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await whole_story(create_story, queue)
    book = await queue.take(story_id, ["pdf"])
    before = await read_story(story_id)
    with pytest.raises(AssetBusyError, match="pdf"):
        await queue.take(story_id, ["cover"])
    assert await read_story(story_id) == before
    await queue.start(book, "pdf")


async def test_what_failed_only_for_lack_of_an_asset_is_queued_again_once_it_is_made(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    for asset in ("content", "palette", "cover", "scene_1", "scene_2", "scene_3", "activities"):
        await make_asset(queue, lease, asset)
    await make_asset(queue, lease, "audio")
    await queue.start(lease, "scene_4")
    await queue.fail(lease, "scene_4", "no luck")
    assert await queue.claim(in_flight=10) == []
    await make_asset(queue, await queue.take(story_id, ["scene_4"]), "scene_4")
    assets = (await read_story(story_id)).asset_generation_status["assets"]
    assert assets["pdf"] == assets["epub"] == {"status": "pending", "progress": 0}
    again = await claim_one(queue)
    assert (again.assets, again.claim) == (("pdf", "epub"), 1)


async def test_a_refused_taking_leaves_everything_as_it_was(
    create_story: CreateStory, queue: Queue, read_story: ReadStory
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await queue.start(lease, "content")
    before = await read_story(story_id)
    with pytest.raises(AssetBusyError):
        await queue.take(story_id, ["content", "audio"])
    assert await read_story(story_id) == before
    with pytest.raises(NotFoundError):
        await queue.take(uuid4(), ["content"])


async def test_finishing_again_says_which_stored_object_is_replaced(create_story: CreateStory, queue: Queue) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await queue.start(lease, "epub")
    assert (await queue.finish(lease, "epub", FileRecord(url="u1", objects={"epub": "k1"}))).replaced == []
    again = await queue.take(story_id, ["epub"])
    await queue.start(again, "epub")
    assert (await queue.finish(again, "epub", FileRecord(url="u2", objects={"epub": "k2"}))).replaced == ["k1"]


async def test_a_story_is_not_claimed_twice_at_a_time(
    create_story: CreateStory, queue: Queue, database: Database
) -> None:
    story_id = await create_story()
    lease = await claim_one(queue)
    await make_asset(queue, lease, "content")
    async with database.transaction() as connection:
        await connection.execute("UPDATE asset_generation_jobs SET status = 'queued' WHERE asset_type = 'content'")
    assert await queue.claim(in_flight=1_000) == []
    await queue.release(lease.token)
    assert (await claim_one(queue)).story_id == story_id
