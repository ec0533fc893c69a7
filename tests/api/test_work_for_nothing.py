"""The ways by which books were once had for nothing, replayed as they were tried: cases A5 a, b and c."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any

import httpx
import psycopg
import pytest

from storytailor.catalog import ALL_ASSETS, AssetName
from storytailor.db import Database, Queue
from storytailor.db.asset_records import ContentRecord, DataRecord, FileRecord
from tests.api.conftest import Person, create_person

STORIES = "/api/v1/stories"
EIGHT = ("content", "palette", "cover", "scene_1", "scene_2", "scene_3", "audio", "activities")
ONE_BY_ONE = ("audio", "cover", "scene_1", "scene_2", "scene_3", "activities")


@pytest.fixture
async def queue(database_url: str) -> AsyncIterator[Queue]:
    database = await Database(database_url).open()
    yield Queue(database, lease_seconds=60)
    await database.close()


@pytest.fixture
def free(database_url: str) -> Person:
    """Somebody of the free tier, who has two stories."""
    return create_person(database_url)


async def create(client: httpx.AsyncClient, person: Person) -> httpx.Response:
    return await client.post(STORIES, json=person.story_request(), headers=person.headers)


async def created(client: httpx.AsyncClient, person: Person) -> str:
    answer = await create(client, person)
    assert answer.status_code == 201, answer.text
    story_id: str = answer.json()["data"]["id"]
    return story_id


async def cancel(client: httpx.AsyncClient, person: Person, story_id: str) -> None:
    answer = await client.post(f"{STORIES}/{story_id}/cancel", headers=person.headers)
    assert answer.status_code == 200


async def regenerate(
    client: httpx.AsyncClient, person: Person, story_id: str, *assets: str, cascade: bool = False
) -> httpx.Response:
    body = {"assetTypes": assets, "cascade": cascade}
    return await client.post(f"{STORIES}/{story_id}/assets/regenerate", json=body, headers=person.headers)


async def story_of(client: httpx.AsyncClient, person: Person, story_id: str) -> dict[str, Any]:
    answer = await client.get(f"{STORIES}/{story_id}", headers=person.headers)
    data: dict[str, Any] = answer.json()["data"]
    return data


async def stories_used(client: httpx.AsyncClient, person: Person) -> int:
    used: int = (await client.get("/api/v1/me", headers=person.headers)).json()["data"]["storiesUsed"]
    return used


def record(asset: AssetName) -> DataRecord | FileRecord:
    if asset == "content":
        return ContentRecord(data={}, title="Rain", content={"title": "Rain"})
    if asset in {"palette", "activities"}:
        return DataRecord(data={})
    return FileRecord(url=f"https://assets.example/{asset}", objects={})


async def make(queue: Queue, assets: Collection[str] = ALL_ASSETS) -> None:
    """What waits is made as workers do, as far as it is one of these."""
    (lease,) = await queue.claim(in_flight=1_000)
    await queue.begin(lease)
    for asset in lease.assets:
        if asset in assets:
            await queue.start(lease, asset)
            await queue.finish(lease, asset, record(asset))


def ready(story: dict[str, Any]) -> set[str]:
    return {name for name, asset in story["asset_generation_status"]["assets"].items() if asset["status"] == "ready"}


def ledger(database_url: str) -> list[str]:
    with psycopg.connect(database_url) as connection:
        return [kind for (kind,) in connection.execute("SELECT kind FROM credit_ledger ORDER BY id")]


async def test_a_whole_new_book_again_and_again_takes_a_debit_once_the_remakes_are_used(
    client: httpx.AsyncClient, free: Person, queue: Queue, database_url: str
) -> None:
    story_id = await created(client, free)
    await make(queue)
    assert (await story_of(client, free, story_id))["remakesLeft"] == 3

    for left, used in ((2, 1), (1, 1), (0, 1), (2, 2), (1, 2), (0, 2)):
        answer = await regenerate(client, free, story_id, "content", cascade=True)
        assert answer.status_code == 202
        await make(queue)
        assert (await story_of(client, free, story_id))["remakesLeft"] == left
        assert await stories_used(client, free) == used

    answer = await regenerate(client, free, story_id, "content", cascade=True)
    assert (answer.status_code, answer.json()["code"]) == (403, "QUOTA_EXCEEDED")
    assert answer.json()["message"] == (
        "This story's remakes are used up, and you've reached your story limit. Upgrade to make more of it."
    )
    assert answer.json()["data"] == {
        "tier": "free",
        "storiesUsed": 2,
        "storyLimit": 2,
        "upgradeOptions": ["individual", "story_pack_5"],
    }
    story = await story_of(client, free, story_id)
    assert (story["status"], len(ready(story))) == ("ready", 11)  # and nothing of it is lost by asking
    assert ledger(database_url) == ["debit", "debit"]


async def test_cancelling_late_keeps_the_debit_of_what_was_delivered(
    client: httpx.AsyncClient, free: Person, queue: Queue, database_url: str
) -> None:
    for _ in range(2):
        story_id = await created(client, free)
        await make(queue, EIGHT)
        await cancel(client, free, story_id)
        assert len(ready(await story_of(client, free, story_id))) == 8
    assert await stories_used(client, free) == 2
    answer = await create(client, free)
    assert (answer.status_code, answer.json()["code"]) == (403, "QUOTA_EXCEEDED")
    assert ledger(database_url) == ["debit", "debit"]


async def test_a_cancelled_story_had_part_by_part_is_paid_for(
    client: httpx.AsyncClient, free: Person, queue: Queue, database_url: str
) -> None:
    story_id = await created(client, free)
    await cancel(client, free, story_id)
    assert await stories_used(client, free) == 0

    for asset, used in zip(ONE_BY_ONE, (1, 1, 1, 1, 2, 2), strict=True):
        assert (await regenerate(client, free, story_id, asset)).status_code == 202
        await make(queue)
        story = await story_of(client, free, story_id)
        assert story["status"] == "failed"  # scene_4 is missing
        assert asset in ready(story)
        assert await stories_used(client, free) == used
    assert ledger(database_url) == ["debit", "refund", "debit", "debit"]
