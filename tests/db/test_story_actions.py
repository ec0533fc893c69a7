from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from uuid import UUID, uuid4

import pytest

from storytailor.catalog import ALL_ASSETS, SCENES, AssetName
from storytailor.db import Accounts, Database, Lease, Queue
from storytailor.db.asset_records import DataRecord, PictureRecord
from storytailor.db.orphaned_objects import OrphanedObjects
from storytailor.db.story_actions import StoryActions, assets_to_regenerate
from storytailor.errors import AssetBusyError, LeaseLostError, NotFoundError, QuotaExceededError
from storytailor.object_cleanup import delete_orphans
from storytailor.providers.object_store import Folder
from storytailor.status import JobState
from tests.db.conftest import CreateStory, ReadStory

WRITTEN: tuple[AssetName, ...] = ("content", "audio", "cover")
READY: dict[AssetName, JobState] = dict.fromkeys(ALL_ASSETS, "ready")
WORDS: dict[AssetName, JobState] = {"content": "ready", "palette": "ready"}
PLACEHOLDER = PictureRecord(
    url="https://assets.example/p.png",
    objects={},
    colors=["#112233", "#445566", "#778899"],
    metadata={"fallback": True, "fallbackReason": "It was not drawn."},
)
MakeStory = Callable[..., Awaitable[UUID]]


@pytest.fixture
def actions(database: Database) -> StoryActions:
    return StoryActions(database)


@pytest.fixture
def make_story(create_story: CreateStory, queue: Queue) -> MakeStory:
    """Have a story made; one of its assets may fail instead, and pictures may be placeholders. Its id."""

    async def make(*, failing: str | None = None, placeholders: Collection[AssetName] = ()) -> UUID:
        story_id = await create_story()
        (lease,) = await queue.claim(in_flight=10)
        await finish_all(queue, lease, failing=failing, placeholders=placeholders)
        return story_id

    return make


async def finish_all(
    queue: Queue, lease: Lease, *, failing: str | None = None, placeholders: Collection[AssetName] = ()
) -> None:
    for asset in lease.assets:
        try:
            await queue.start(lease, asset)
            if asset == failing:
                await queue.fail(lease, asset, "No luck.")
            elif asset in placeholders:
                await queue.finish(lease, asset, PLACEHOLDER)
            else:
                await queue.finish(lease, asset, DataRecord(data={"made": asset}))
        except LeaseLostError:
            pass  # it failed for lack of another


@pytest.mark.parametrize(
    ("asked", "cascade", "jobs", "made"),
    [
        (["cover"], False, READY, ["cover", "pdf", "epub"]),
        (["cover"], True, READY, ["cover", *SCENES, "pdf", "epub"]),
        (["audio"], False, READY, ["audio", "epub"]),
        (["activities"], True, READY, ["activities"]),
        (["pdf"], True, READY, ["pdf"]),
        (["content"], True, READY, ALL_ASSETS),
        (["palette"], True, WORDS, ["palette"]),
        (["audio"], False, WORDS, ["audio"]),
        (["pdf"], False, WORDS, ["cover", *SCENES, "pdf"]),
        (["epub"], False, WORDS, ["cover", *SCENES, "audio", "epub"]),
        (["pdf"], False, READY | {"scene_2": "failed", "pdf": "failed"}, ["scene_2", "pdf"]),
        (["scene_1"], False, READY | {"scene_2": "failed", "pdf": "failed", "epub": "failed"}, ["scene_1"]),
        (["epub"], False, READY | {"audio": "failed"}, ["epub"]),
        (["scene_1", "scene_1"], False, READY, ["scene_1", "pdf", "epub"]),
    ],
)
def test_what_is_asked_for_brings_what_it_needs_and_what_shows_it(
    asked: list[AssetName], cascade: bool, jobs: dict[AssetName, JobState], made: list[AssetName]
) -> None:
    assert assets_to_regenerate(asked, jobs, cascade=cascade) == tuple(made)


async def test_a_remade_cover_is_queued_with_the_books_that_show_it(
    make_story: MakeStory, actions: StoryActions, queue: Queue, read_story: ReadStory, user: UUID
) -> None:
    story_id = await make_story()
    row = await actions.regenerate(user, story_id, ["cover"], cascade=False)

    states = {name: asset["status"] for name, asset in row.asset_generation_status["assets"].items()}
    assert {name for name, state in states.items() if state == "pending"} == {"cover", "pdf", "epub"}
    assert {name for name, state in states.items() if state == "ready"} == {*ALL_ASSETS} - {
        "cover",
        "pdf",
        "epub",
    }
    (lease,) = await queue.claim(in_flight=10)
    assert lease.assets == ("cover", "pdf", "epub")
    assert lease.claim == 1
    await finish_all(queue, lease)
    assert (await read_story(story_id)).asset_generation_status["overall"] == "ready"


async def test_what_is_queued_claimed_or_being_made_is_busy(
    create_story: CreateStory, actions: StoryActions, queue: Queue, read_story: ReadStory, user: UUID
) -> None:
    story_id = await create_story()
    with pytest.raises(AssetBusyError) as queued:
        await actions.regenerate(user, story_id, ["cover"], cascade=False)
    assert queued.value.data == ["cover", "pdf", "epub"]

    (lease,) = await queue.claim(in_flight=10)
    await queue.start(lease, "content")
    before = await read_story(story_id)
    with pytest.raises(AssetBusyError) as claimed:
        await actions.regenerate(user, story_id, ["content"], cascade=False)
    assert "content" in claimed.value.data
    assert await read_story(story_id) == before


async def test_a_story_of_which_nothing_was_delivered_is_paid_for_again_each_time_it_is_tried(
    make_story: MakeStory, actions: StoryActions, queue: Queue, user: UUID, database: Database
) -> None:
    accounts = Accounts(database)
    story_id = await make_story(failing="content")
    assert (await accounts.allowance(user)).stories_used == 0

    for _ in range(2):
        await actions.regenerate(user, story_id, ["content"], cascade=True)
        assert (await accounts.allowance(user)).stories_used == 1
        (lease,) = await queue.claim(in_flight=10)
        await finish_all(queue, lease, failing="content")
        assert (await accounts.allowance(user)).stories_used == 0


async def test_a_story_that_fails_in_part_gives_its_debit_back_once_and_then_owes_what_is_missing(
    make_story: MakeStory, actions: StoryActions, queue: Queue, user: UUID, database: Database, read_story: ReadStory
) -> None:
    accounts = Accounts(database)
    story_id = await make_story(failing="cover")  # words and voice were delivered
    assert (await accounts.allowance(user)).stories_used == 0
    assert (await read_story(story_id)).remakes_left == 0

    await actions.regenerate(user, story_id, ["content"], cascade=True)
    (lease,) = await queue.claim(in_flight=10)
    await finish_all(queue, lease, failing="scene_2")  # other words, another voice and a cover were
    assert (await accounts.allowance(user)).stories_used == 1
    await actions.regenerate(user, story_id, ["scene_2"], cascade=False)
    (lease,) = await queue.claim(in_flight=10)
    await finish_all(queue, lease)
    row = await read_story(story_id)
    assert (row.status, row.remakes_left) == ("ready", 3)
    assert (await accounts.allowance(user)).stories_used == 1


async def test_whoever_has_no_story_left_cannot_have_a_refunded_one_remade(
    make_story: MakeStory,
    create_story: CreateStory,
    actions: StoryActions,
    user: UUID,
    read_story: ReadStory,
    database: Database,
) -> None:
    story_id = await make_story(failing="content")
    async with database.transaction() as connection:
        await connection.execute("UPDATE users SET credits = 0")
    await create_story()
    await create_story()
    before = await read_story(story_id)
    with pytest.raises(QuotaExceededError):
        await actions.regenerate(user, story_id, ["content"], cascade=True)
    assert await read_story(story_id) == before


async def test_a_placeholder_of_a_refunded_story_is_made_again_for_nothing_and_without_quota(
    make_story: MakeStory, actions: StoryActions, queue: Queue, user: UUID, database: Database, read_story: ReadStory
) -> None:
    story_id = await make_story(failing="scene_2", placeholders=["cover"])
    async with database.transaction() as connection:
        await connection.execute("UPDATE users SET credits = 0")
        await connection.execute(
            "INSERT INTO credit_ledger (user_id, story_id, kind, source)"
            " SELECT %s, gen_random_uuid(), 'debit', 'tier' FROM generate_series(1, 2)",
            (user,),
        )
    with pytest.raises(QuotaExceededError):
        await actions.regenerate(user, story_id, ["scene_2"], cascade=False)
    await actions.regenerate(user, story_id, ["cover"], cascade=False)
    (lease,) = await queue.claim(in_flight=10)
    assert lease.assets == ("cover",)  # without scene_2 there is no book
    await finish_all(queue, lease)
    assert (await Accounts(database).allowance(user)).stories_used == 2
    assert (await read_story(story_id)).asset_generation_status["assets"]["cover"]["status"] == "ready"


async def test_a_partial_book_is_whole_once_its_placeholders_are_drawn_and_has_one_debit(
    make_story: MakeStory, actions: StoryActions, queue: Queue, user: UUID, database: Database, read_story: ReadStory
) -> None:
    story_id = await make_story(placeholders=["cover", "scene_1"])
    row = await read_story(story_id)
    assert (row.status, row.asset_generation_status["overall"]) == ("ready", "partial")
    await actions.regenerate(user, story_id, ["cover", "scene_1"], cascade=False)
    (lease,) = await queue.claim(in_flight=10)
    assert lease.assets == ("cover", "scene_1", "pdf", "epub")
    await finish_all(queue, lease)
    assert (await read_story(story_id)).asset_generation_status["overall"] == "ready"
    assert (await Accounts(database).allowance(user)).stories_used == 1


async def test_a_story_that_could_be_read_gives_nothing_back_when_its_remake_is_cancelled(
    make_story: MakeStory, actions: StoryActions, user: UUID, database: Database, read_story: ReadStory
) -> None:
    story_id = await make_story()
    await actions.regenerate(user, story_id, ["cover"], cascade=False)
    await actions.cancel(user, story_id)
    assert (await read_story(story_id)).status == "failed"
    assert (await Accounts(database).allowance(user)).stories_used == 1


async def test_a_cancelled_story_fails_gives_back_what_it_cost_and_stops_its_workers(
    create_story: CreateStory,
    actions: StoryActions,
    queue: Queue,
    user: UUID,
    database: Database,
    read_story: ReadStory,
) -> None:
    story_id = await create_story()
    (lease,) = await queue.claim(in_flight=10)
    await queue.start(lease, "content")
    row = await actions.cancel(user, story_id)

    assert row.status == "failed"
    for asset in row.asset_generation_status["assets"].values():
        assert asset == {"status": "failed", "progress": 0, "error": "Cancelled."}
    assert await queue.renew([lease.token]) == set()
    with pytest.raises(LeaseLostError):
        await queue.finish(lease, "content", DataRecord(data={}))
    assert await queue.claim(in_flight=10) == []
    assert (await Accounts(database).allowance(user)).stories_used == 0
    before = await read_story(story_id)
    again = await actions.cancel(user, story_id)
    assert (again.status, again.asset_generation_status) == (before.status, before.asset_generation_status)
    assert (await read_story(story_id)).revision == before.revision


async def test_cancelling_keeps_what_is_ready(
    create_story: CreateStory, actions: StoryActions, queue: Queue, user: UUID
) -> None:
    story_id = await create_story()
    (lease,) = await queue.claim(in_flight=10)
    await queue.start(lease, "content")
    await queue.finish(lease, "content", DataRecord(data={"title": "Rain"}))
    assets = (await actions.cancel(user, story_id)).asset_generation_status["assets"]
    assert (assets["content"]["status"], assets["palette"]["error"]) == ("ready", "Cancelled.")


async def test_a_story_can_be_cancelled_while_its_workers_write_without_a_pause(
    create_story: CreateStory, actions: StoryActions, queue: Queue, user: UUID
) -> None:
    for _ in range(3):
        story_id = await create_story()
        (lease,) = await queue.claim(in_flight=10)

        async def work(asset: AssetName, lease: Lease = lease) -> None:
            await queue.start(lease, asset)
            for percent in range(1000):
                await queue.progress(lease, asset, percent % 100)

        async def keep(lease: Lease = lease) -> None:
            while await queue.renew([lease.token]):  # noqa: ASYNC110  renewing is the point
                await asyncio.sleep(0)

        keeping = asyncio.create_task(keep())
        workers = [asyncio.create_task(work(asset)) for asset in WRITTEN]
        await asyncio.sleep(0.1)
        await actions.cancel(user, story_id)
        for ended in await asyncio.gather(*workers, return_exceptions=True):
            assert isinstance(ended, LeaseLostError)
        await keeping


async def test_of_somebody_elses_story_nothing_is_told_or_done(
    make_story: MakeStory, actions: StoryActions, read_story: ReadStory
) -> None:
    story_id, stranger = await make_story(), uuid4()
    before = await read_story(story_id)
    with pytest.raises(NotFoundError):
        await actions.regenerate(stranger, story_id, ["cover"], cascade=True)
    with pytest.raises(NotFoundError):
        await actions.cancel(stranger, story_id)
    with pytest.raises(NotFoundError):
        await actions.delete(stranger, story_id)
    assert await read_story(story_id) == before


async def test_what_a_worker_stores_after_its_story_was_deleted_is_removed_later(
    create_story: CreateStory,
    actions: StoryActions,
    queue: Queue,
    user: UUID,
    database: Database,
    folder: Folder,
) -> None:
    story_id = await create_story()
    (lease,) = await queue.claim(in_flight=10)
    await queue.start(lease, "content")
    await actions.delete(user, story_id)
    key = f"stories/{story_id}/cover-0123456789ab.png"
    await folder.put(key, b"late")
    with pytest.raises(LeaseLostError):
        await queue.finish(lease, "content", DataRecord(data={}))

    orphans = OrphanedObjects(database)
    assert await delete_orphans(orphans, folder) == 1  # by the next sweep …
    await folder.put(key, b"later still")
    assert await delete_orphans(orphans, folder) == 0
    await an_hour_passes(database)
    assert await delete_orphans(orphans, folder) == 1  # … and once more when the worker has surely ended
    assert not (folder.root / "stories" / str(story_id)).exists()
    assert await delete_orphans(orphans, folder) == 0


async def test_a_reference_image_stays_as_long_as_anything_shows_it(
    create_story: CreateStory, actions: StoryActions, user: UUID, database: Database, folder: Folder
) -> None:
    key = "characters/maya/reference-0123456789ab.png"
    async with database.transaction() as connection:
        await connection.execute("UPDATE characters SET reference_images = ARRAY[%s]", (key,))
    story_id = await create_story()
    await folder.put(key, b"Maya")
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM characters")

    orphans = OrphanedObjects(database)
    await an_hour_passes(database)
    await delete_orphans(orphans, folder)
    assert await folder.get(key) == b"Maya"  # a scene of the story may be remade
    assert await actions.delete(user, story_id) == [key]
    await an_hour_passes(database)
    await delete_orphans(orphans, folder)
    assert not (folder.root / key).exists()


async def an_hour_passes(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE object_removals SET due_at = due_at - interval '1 hour'")
