from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from storytailor.catalog import ALL_ASSETS, SCENES
from storytailor.db import Accounts, Database, Finished, Lease, Queue
from storytailor.db.orphaned_objects import Removals
from storytailor.db.story_actions import SecondThoughts, to_remake
from storytailor.errors import AssetBusy, LeaseLost, NotFound, QuotaExceeded
from storytailor.object_cleanup import clean
from storytailor.providers.object_store import Folder
from storytailor.status import JobState
from tests.db.conftest import AskForStory, Look

READY: dict[str, JobState] = dict.fromkeys(ALL_ASSETS, "ready")
WORDS: dict[str, JobState] = {"content": "ready", "palette": "ready"}
Make = Callable[..., Awaitable[UUID]]


@pytest.fixture
def thoughts(database: Database) -> SecondThoughts:
    return SecondThoughts(database)


@pytest.fixture
def make(ask: AskForStory, queue: Queue) -> Make:
    """Have a story made; one of its assets may fail instead. Its id."""

    async def make_story(*, failing: str | None = None) -> UUID:
        story_id = await ask()
        (lease,) = await queue.claim(in_flight=10)
        await finish_all(queue, lease, failing=failing)
        return story_id

    return make_story


async def finish_all(queue: Queue, lease: Lease, *, failing: str | None = None) -> None:
    for asset in lease.assets:
        try:
            await queue.start(lease, asset)
            if asset == failing:
                await queue.fail(lease, asset, "No luck.")
            else:
                await queue.finish(lease, asset, Finished(url=f"https://x/{asset}", data={}))
        except LeaseLost:
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
    asked: list[str], cascade: bool, jobs: dict[str, JobState], made: list[str]
) -> None:
    assert to_remake(asked, jobs, cascade=cascade) == tuple(made)


async def test_a_remade_cover_is_queued_with_the_books_that_show_it(
    make: Make, thoughts: SecondThoughts, queue: Queue, look: Look, user: UUID
) -> None:
    story_id = await make()
    row = await thoughts.remake(user, story_id, ["cover"], cascade=False)

    states = {name: asset["status"] for name, asset in row["asset_generation_status"]["assets"].items()}
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
    assert (await look(story_id))["asset_generation_status"]["overall"] == "ready"


async def test_what_is_queued_claimed_or_being_made_is_busy(
    ask: AskForStory, thoughts: SecondThoughts, queue: Queue, look: Look, user: UUID
) -> None:
    story_id = await ask()
    with pytest.raises(AssetBusy) as queued:
        await thoughts.remake(user, story_id, ["cover"], cascade=False)
    assert queued.value.data == ["cover", "pdf", "epub"]

    (lease,) = await queue.claim(in_flight=10)
    await queue.start(lease, "content")
    before = await look(story_id)
    with pytest.raises(AssetBusy) as claimed:
        await thoughts.remake(user, story_id, ["content"], cascade=False)
    assert "content" in claimed.value.data
    assert await look(story_id) == before


async def test_a_refunded_story_is_paid_for_again_when_it_is_remade(
    make: Make, thoughts: SecondThoughts, queue: Queue, user: UUID, database: Database
) -> None:
    accounts = Accounts(database)
    story_id = await make(failing="content")
    assert (await accounts.allowance(user)).stories_used == 0

    for _ in range(2):  # and once more, when that fails as well
        await thoughts.remake(user, story_id, ["content"], cascade=True)
        assert (await accounts.allowance(user)).stories_used == 1
        (lease,) = await queue.claim(in_flight=10)
        await finish_all(queue, lease, failing="cover")
        assert (await accounts.allowance(user)).stories_used == 0


async def test_whoever_has_no_story_left_cannot_have_a_refunded_one_remade(
    make: Make, ask: AskForStory, thoughts: SecondThoughts, user: UUID, look: Look, database: Database
) -> None:
    story_id = await make(failing="content")
    async with database.transaction() as connection:
        await connection.execute("UPDATE users SET credits = 0")
    await ask()
    await ask()
    before = await look(story_id)
    with pytest.raises(QuotaExceeded):
        await thoughts.remake(user, story_id, ["content"], cascade=True)
    assert await look(story_id) == before


async def test_a_story_that_could_be_read_gives_nothing_back_when_its_remake_is_cancelled(
    make: Make, thoughts: SecondThoughts, user: UUID, database: Database, look: Look
) -> None:
    story_id = await make()
    await thoughts.remake(user, story_id, ["cover"], cascade=False)
    await thoughts.cancel(user, story_id)
    assert (await look(story_id))["status"] == "failed"
    assert (await Accounts(database).allowance(user)).stories_used == 1


async def test_a_cancelled_story_fails_gives_back_what_it_cost_and_stops_its_workers(
    ask: AskForStory, thoughts: SecondThoughts, queue: Queue, user: UUID, database: Database, look: Look
) -> None:
    story_id = await ask()
    (lease,) = await queue.claim(in_flight=10)
    await queue.start(lease, "content")
    row = await thoughts.cancel(user, story_id)

    assert row["status"] == "failed"
    for asset in row["asset_generation_status"]["assets"].values():
        assert asset == {"status": "failed", "progress": 0, "error": "Cancelled."}
    assert await queue.renew([lease.token]) == set()
    with pytest.raises(LeaseLost):
        await queue.finish(lease, "content", Finished(data={}))
    assert await queue.claim(in_flight=10) == []
    assert (await Accounts(database).allowance(user)).stories_used == 0
    before = await look(story_id)
    assert await thoughts.cancel(user, story_id) == {
        name: before[name] for name in ("id", "status", "asset_generation_status", "brief")
    }
    assert (await look(story_id))["revision"] == before["revision"]


async def test_cancelling_keeps_what_is_ready(
    ask: AskForStory, thoughts: SecondThoughts, queue: Queue, user: UUID
) -> None:
    story_id = await ask()
    (lease,) = await queue.claim(in_flight=10)
    await queue.start(lease, "content")
    await queue.finish(lease, "content", Finished(data={"title": "Rain"}))
    assets = (await thoughts.cancel(user, story_id))["asset_generation_status"]["assets"]
    assert (assets["content"]["status"], assets["palette"]["error"]) == ("ready", "Cancelled.")


async def test_a_story_can_be_cancelled_while_its_workers_write_without_a_pause(
    ask: AskForStory, thoughts: SecondThoughts, queue: Queue, user: UUID
) -> None:
    for _ in range(3):
        story_id = await ask()
        (lease,) = await queue.claim(in_flight=10)

        async def work(asset: str, lease: Lease = lease) -> None:
            await queue.start(lease, asset)
            for percent in range(1000):
                await queue.progress(lease, asset, percent % 100)

        async def keep(lease: Lease = lease) -> None:
            while await queue.renew([lease.token]):  # noqa: ASYNC110  renewing is the point
                await asyncio.sleep(0)

        keeping = asyncio.create_task(keep())
        workers = [asyncio.create_task(work(asset)) for asset in ("content", "audio", "cover")]
        await asyncio.sleep(0.1)
        await thoughts.cancel(user, story_id)
        for ended in await asyncio.gather(*workers, return_exceptions=True):
            assert isinstance(ended, LeaseLost)
        await keeping


async def test_of_somebody_elses_story_nothing_is_told_or_done(
    make: Make, thoughts: SecondThoughts, look: Look
) -> None:
    story_id, stranger = await make(), uuid4()
    before = await look(story_id)
    with pytest.raises(NotFound):
        await thoughts.remake(stranger, story_id, ["cover"], cascade=True)
    with pytest.raises(NotFound):
        await thoughts.cancel(stranger, story_id)
    with pytest.raises(NotFound):
        await thoughts.delete(stranger, story_id)
    assert await look(story_id) == before


async def test_what_a_worker_stores_after_its_story_was_deleted_is_removed_later(
    ask: AskForStory, thoughts: SecondThoughts, queue: Queue, user: UUID, database: Database, folder: Folder
) -> None:
    story_id = await ask()
    (lease,) = await queue.claim(in_flight=10)
    await queue.start(lease, "content")
    await thoughts.delete(user, story_id)
    key = f"stories/{story_id}/cover-0123456789ab.png"
    await folder.put(key, b"late")
    with pytest.raises(LeaseLost):
        await queue.finish(lease, "content", Finished(data={}))

    removals = Removals(database)
    assert await clean(removals, folder) == 0  # not before the worker has surely ended
    await an_hour_passes(database)
    assert await clean(removals, folder) == 1
    assert not (folder.root / "stories" / str(story_id)).exists()
    assert await clean(removals, folder) == 0


async def test_a_reference_image_stays_as_long_as_anything_shows_it(
    ask: AskForStory, thoughts: SecondThoughts, user: UUID, database: Database, folder: Folder
) -> None:
    key = "characters/maya/reference-0123456789ab.png"
    async with database.transaction() as connection:
        await connection.execute("UPDATE characters SET reference_images = ARRAY[%s]", (key,))
    story_id = await ask()
    await folder.put(key, b"Maya")
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM characters")

    removals = Removals(database)
    await an_hour_passes(database)
    await clean(removals, folder)
    assert await folder.get(key) == b"Maya"  # a scene of the story may be remade
    assert await thoughts.delete(user, story_id) == [key]
    await an_hour_passes(database)
    await clean(removals, folder)
    assert not (folder.root / key).exists()


async def an_hour_passes(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE object_removals SET due_at = due_at - interval '1 hour'")
