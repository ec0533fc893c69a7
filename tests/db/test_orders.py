"""What work takes, and what is given back of it: a row of decision 14's tables each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

import pytest

from storytailor.catalog import ALL_ASSETS, CATALOG, AssetName
from storytailor.db import Accounts, Database, Queue
from storytailor.db.asset_records import DataRecord
from storytailor.db.story_actions import StoryActions
from storytailor.errors import LeaseLostError, QuotaExceededError
from tests.db.claims import begin_one
from tests.db.conftest import CreateStory, ReadStory
from tests.db.test_story_actions import PLACEHOLDER

Books = Callable[[UUID], Awaitable[tuple[int, int]]]


@pytest.fixture
def actions(database: Database) -> StoryActions:
    return StoryActions(database)


@pytest.fixture
def books(database: Database, user: UUID, read_story: ReadStory) -> Books:
    """Stories used by the user, and remakes left of this one."""

    async def look(story_id: UUID) -> tuple[int, int]:
        row = await read_story(story_id)
        return (await Accounts(database).allowance(user)).stories_used, row.remakes_left

    return look


async def make(
    queue: Queue,
    assets: Collection[str] = ALL_ASSETS,
    *,
    failing: Collection[str] = (),
    placeholders: Collection[str] = (),
) -> UUID:
    """What waits is made, as far as it is one of these; then the lease stays, whose token this is."""
    (lease,) = await queue.claim(in_flight=10)
    await queue.begin(lease)
    for asset in lease.assets:
        if asset not in {*assets, *failing}:
            continue
        try:
            await queue.start(lease, asset)
            if asset in failing:
                await queue.fail(lease, asset, "No luck.")
            else:
                await queue.finish(lease, asset, PLACEHOLDER if asset in placeholders else DataRecord(data={}))
        except LeaseLostError:
            pass  # it failed for lack of another
    if "audio" in failing:
        for rest in await queue.claim(in_flight=10):  # the EPUB, which is made without
            await queue.start(rest, "epub")
            await queue.finish(rest, "epub", DataRecord(data={}))
    return lease.token


@pytest.mark.parametrize("asset", ALL_ASSETS)
async def test_sql_and_the_catalog_agree_on_what_asks_a_provider_and_what_no_story_can_do_without(
    database: Database, asset: AssetName
) -> None:
    async with database.transaction() as connection:
        cursor = await connection.execute("SELECT asks_provider(%s), is_required(%s)", (asset, asset))
        assert await cursor.fetchone() == (CATALOG[asset].group != "book", CATALOG[asset].required)


@pytest.mark.parametrize(
    ("asked", "left"), [(["pdf"], 3), (["pdf", "epub"], 3), (["scene_1"], 2), (["audio", "pdf"], 2), (["palette"], 2)]
)
async def test_book_files_alone_cost_nothing_and_anything_else_a_remake(
    create_story: CreateStory,
    queue: Queue,
    actions: StoryActions,
    user: UUID,
    books: Books,
    asked: list[AssetName],
    left: int,
) -> None:
    story_id = await create_story()
    await make(queue)
    await actions.regenerate(user, story_id, asked, cascade=False)
    assert await books(story_id) == (1, left)
    await make(queue)
    assert await books(story_id) == (1, left)


async def test_placeholders_cost_nothing_until_something_drawn_is_asked_for_with_them(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, books: Books
) -> None:
    story_id = await create_story()
    await make(queue, placeholders=["cover", "scene_2"])
    await actions.regenerate(user, story_id, ["cover"], cascade=False)
    await make(queue, placeholders=["cover"])
    assert await books(story_id) == (1, 3)
    await actions.regenerate(user, story_id, ["cover", "scene_1"], cascade=False)
    assert await books(story_id) == (1, 2)


async def test_what_failed_by_itself_in_a_paid_story_is_owed_as_often_as_it_fails_and_when_it_is_cancelled(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, books: Books
) -> None:
    story_id = await create_story()
    await make(queue, failing=["audio"])
    for _ in range(2):
        await actions.regenerate(user, story_id, ["audio"], cascade=False)
        await make(queue, failing=["audio"])
    await actions.regenerate(user, story_id, ["audio"], cascade=False)
    await actions.cancel(user, story_id)
    await actions.regenerate(user, story_id, ["audio"], cascade=False)
    await make(queue)
    assert await books(story_id) == (1, 3)
    await actions.regenerate(user, story_id, ["audio"], cascade=False)  # it is there now
    assert await books(story_id) == (1, 2)


async def test_a_remake_that_fails_by_itself_is_given_back_and_one_that_delivers_a_part_is_not(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, books: Books
) -> None:
    story_id = await create_story()
    await make(queue)
    await actions.regenerate(user, story_id, ["cover"], cascade=False)
    await make(queue, failing=["cover"])
    assert await books(story_id) == (1, 3)
    await actions.regenerate(user, story_id, ["cover"], cascade=False)
    await make(queue)
    assert await books(story_id) == (1, 2)
    await actions.regenerate(user, story_id, ["audio", "activities"], cascade=False)
    await make(queue, failing=["audio"])
    assert await books(story_id) == (1, 1)
    await actions.regenerate(user, story_id, ["audio"], cascade=False)  # the part that is owed
    await make(queue)
    assert await books(story_id) == (1, 1)


async def test_a_debit_taken_for_a_remake_that_comes_to_nothing_is_given_back(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, books: Books
) -> None:
    story_id = await create_story()
    await make(queue)
    for _ in range(3):
        await actions.regenerate(user, story_id, ["activities"], cascade=False)
        await make(queue)
    assert await books(story_id) == (1, 0)
    await actions.regenerate(user, story_id, ["activities"], cascade=False)
    assert await books(story_id) == (2, 2)
    await make(queue, failing=["activities"])
    assert await books(story_id) == (1, 0)


@pytest.mark.parametrize(
    ("delivered", "used"),
    [((), 0), (("content",), 1), (("content", "audio"), 1), (("content", "palette", "cover", "scene_1"), 1)],
)
async def test_a_familys_cancel_gives_back_only_while_nothing_was_delivered(
    create_story: CreateStory,
    queue: Queue,
    actions: StoryActions,
    user: UUID,
    books: Books,
    delivered: Collection[str],
    used: int,
) -> None:
    story_id = await create_story()
    await make(queue, delivered)
    await actions.cancel(user, story_id)
    assert (await books(story_id))[0] == used


@pytest.mark.parametrize(("delivered", "used"), [((), 0), (("content",), 1)])
async def test_deleting_gives_back_what_cancelling_would_have(
    create_story: CreateStory,
    queue: Queue,
    actions: StoryActions,
    user: UUID,
    database: Database,
    delivered: Collection[str],
    used: int,
) -> None:
    story_id = await create_story()
    await make(queue, delivered)
    await actions.delete(user, story_id)
    assert (await Accounts(database).allowance(user)).stories_used == used


async def test_deleting_a_story_that_has_ended_changes_nothing_of_its_debit(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, database: Database
) -> None:
    whole = await create_story()
    await make(queue)
    await actions.delete(user, whole)
    assert (await Accounts(database).allowance(user)).stories_used == 1
    failed = await create_story()
    await make(queue, failing=["content"])
    await actions.delete(user, failed)
    assert (await Accounts(database).allowance(user)).stories_used == 1


async def test_an_operators_cancel_gives_back_a_story_that_could_not_be_read_and_keeps_one_that_could(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, books: Books
) -> None:
    undelivered = await create_story()
    assert await queue.cancel([await make(queue, ("content", "audio"))])
    assert await books(undelivered) == (0, 0)
    read = await create_story()
    await make(queue)
    await actions.regenerate(user, read, ["cover"], cascade=False)
    assert await queue.cancel([await make(queue, ())])
    assert await books(read) == (1, 3)


async def test_what_takes_too_long_gives_its_debit_back(create_story: CreateStory, queue: Queue, books: Books) -> None:
    story_id = await create_story()
    (lease,) = await queue.claim(in_flight=10)
    await queue.begin(lease)
    await queue.start(lease, "content")
    await queue.time_out(-1)
    assert await books(story_id) == (0, 0)


async def test_a_story_that_had_failed_by_itself_when_it_was_cancelled_gives_its_debit_back(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, books: Books
) -> None:
    story_id = await create_story()
    await make(queue, ("content", "palette", "cover"), failing=["scene_1"])
    await actions.cancel(user, story_id)
    assert (await books(story_id))[0] == 0


async def test_whoever_has_nothing_left_is_told_that_the_remakes_are_used_up(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, database: Database
) -> None:
    story_id = await create_story()
    await make(queue)
    await create_story()
    async with database.transaction() as connection:
        await connection.execute("UPDATE users SET credits = 0")
        await connection.execute("UPDATE credit_ledger SET remakes = 0")
    with pytest.raises(QuotaExceededError, match="This story's remakes are used up") as refused:
        await actions.regenerate(user, story_id, ["cover"], cascade=False)
    assert refused.value.data["storyLimit"] == 2


async def test_every_try_is_spent_also_those_that_failed_and_stays_so_when_the_story_is_deleted(
    create_story: CreateStory, queue: Queue, actions: StoryActions, user: UUID, database: Database
) -> None:
    def used(cost: float | None) -> dict[str, object]:
        return {"models": {"m": {"calls": 1}}, "cost_usd": cost}

    story_id = await create_story()
    (lease,) = await queue.claim(in_flight=10)
    await queue.begin(lease)
    await queue.start(lease, "content")
    await queue.progress(lease, "content", 0, status="retrying", usage=used(0.25))
    await queue.finish(lease, "content", DataRecord(data={}, usage=used(0.5)))
    await queue.start(lease, "audio")
    await queue.progress(lease, "audio", 0, status="retrying", usage=used(1.0))
    await queue.fail(lease, "audio", "No voice.", usage=used(None))  # which makes the asset's own sum unknown
    await actions.delete(user, story_id)
    async with database.transaction() as connection:
        cursor = await connection.execute("SELECT story_id, user_id, usd::float FROM spendings")
        assert await cursor.fetchall() == [(story_id, user, 1.75)]


async def test_a_try_whose_worker_was_lost_is_spent_as_expected_and_what_it_had_not_begun_is_not(
    create_story: CreateStory, queue: Queue, database: Database
) -> None:
    await create_story()
    expects = "UPDATE story_orders SET expected = expected || '{\"content\": 0.25}', expected_usd = 9"
    async with database.transaction() as connection:
        await connection.execute(expects)
    lost = await begin_one(queue)
    await queue.start(lost, "content")
    await queue.release(lost.token)
    async with database.transaction() as connection:
        cursor = await connection.execute("SELECT usd::float, used_usd::float FROM spendings, story_orders")
        assert await cursor.fetchall() == [(0.25, 0.25)]


async def test_an_account_that_is_deleted_while_its_story_is_made_stands_in_nobodys_way(
    create_story: CreateStory, queue: Queue, database: Database
) -> None:
    await create_story()
    await make(queue, ("content",))
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM users")
        for table in ("stories", "story_orders", "credit_ledger"):
            cursor = await connection.execute(f"SELECT count(*) FROM {table}".encode())  # noqa: S608
            assert await cursor.fetchone() == (0,)
