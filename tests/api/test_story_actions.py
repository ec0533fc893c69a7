from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import psycopg
import pytest

from storytailor.catalog import ALL_ASSETS
from storytailor.settings import Settings
from tests.api.conftest import Person, finish, set_asset, without_signatures

STORIES = "/api/v1/stories"


@pytest.fixture
async def story_id(client: httpx.AsyncClient, maya: Person) -> str:
    """A story that waits in the queue."""
    answer = await client.post(STORIES, json=maya.story_request(), headers=maya.headers)
    created: str = answer.json()["data"]["id"]
    return created


@pytest.fixture
def ready_id(story_id: str, database_url: str) -> str:
    """A story that is made."""
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE asset_generation_jobs SET status = 'ready'")
    finish(database_url, story_id)
    return story_id


async def regenerate(client: httpx.AsyncClient, person: Person, story_id: str, body: object) -> httpx.Response:
    return await client.post(f"{STORIES}/{story_id}/assets/regenerate", json=body, headers=person.headers)


async def test_a_regenerated_cover_is_accepted_with_the_storys_status(
    client: httpx.AsyncClient, maya: Person, ready_id: str
) -> None:
    answer = await regenerate(client, maya, ready_id, {"assetTypes": ["cover"]})

    assert answer.status_code == 202
    data = answer.json()["data"]
    assert data.keys() == {"id", "status", "asset_generation_status", "realtimeChannel"}
    assert (data["id"], data["status"]) == (ready_id, "generating")
    assets = data["asset_generation_status"]["assets"]
    assert [name for name, asset in assets.items() if asset["status"] == "pending"] == [
        "cover",
        "pdf",
        "epub",
    ]
    busy = await regenerate(client, maya, ready_id, {"assetTypes": ["cover"], "cascade": True})
    assert (busy.status_code, busy.json()["code"]) == (409, "ASSET_BUSY")
    assert busy.json()["data"] == ["cover", "pdf", "epub"]


async def test_cascade_remakes_all_that_is_made_from_it(client: httpx.AsyncClient, maya: Person, ready_id: str) -> None:
    answer = await regenerate(client, maya, ready_id, {"assetTypes": ["content"], "cascade": True})

    assets = answer.json()["data"]["asset_generation_status"]["assets"]
    assert {asset["status"] for asset in assets.values()} == {"pending"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"assetTypes": ["cover", "film"]}, "body.assetTypes.1"),
        ({"assetTypes": []}, "body.assetTypes"),
        ({"assetTypes": ["cover"] * 12}, "body.assetTypes"),
        ({"assetTypes": ["cover"], "cascade": "yes"}, "body.cascade"),
        ({"assetTypes": ["cover"], "force": True}, "body.force"),
        ({}, "body.assetTypes"),
    ],
)
async def test_what_cannot_be_regenerated_is_named(
    client: httpx.AsyncClient, maya: Person, ready_id: str, body: object, where: str
) -> None:
    answer = await regenerate(client, maya, ready_id, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
    (fault,) = answer.json()["data"]
    assert fault["where"] == where


async def test_an_unknown_asset_is_answered_with_those_there_are(
    client: httpx.AsyncClient, maya: Person, ready_id: str
) -> None:
    answer = await regenerate(client, maya, ready_id, {"assetTypes": ["film"]})

    assert all(name in answer.json()["message"] for name in ALL_ASSETS)


async def test_a_story_asked_for_without_assets_can_get_them_later(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    created = await client.post(STORIES, json=maya.story_request(generateAssets=False), headers=maya.headers)
    story_id = created.json()["data"]["id"]
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE asset_generation_jobs SET status = 'ready'")
    finish(database_url, story_id)
    answer = await regenerate(client, maya, story_id, {"assetTypes": ["cover", "audio"]})

    assets = answer.json()["data"]["asset_generation_status"]["assets"]
    assert {name: asset["status"] for name, asset in assets.items()} == {
        "content": "ready",
        "palette": "ready",
        "cover": "pending",
        "audio": "pending",
    }


async def test_a_cancelled_story_has_failed_and_costs_nothing(
    client: httpx.AsyncClient, maya: Person, story_id: str
) -> None:
    answer = await client.post(f"{STORIES}/{story_id}/cancel", headers=maya.headers)

    assert answer.status_code == 200
    assert answer.json()["data"]["status"] == "failed"
    reasons = {asset["error"] for asset in answer.json()["data"]["asset_generation_status"]["assets"].values()}
    assert reasons == {"Cancelled."}
    me = await client.get("/api/v1/me", headers=maya.headers)
    assert me.json()["data"]["storiesUsed"] == 0
    again = await client.post(f"{STORIES}/{story_id}/cancel", headers=maya.headers)
    assert (again.status_code, again.content) == (200, answer.content)


async def test_cancelling_a_story_that_is_ready_changes_nothing(
    client: httpx.AsyncClient, maya: Person, ready_id: str
) -> None:
    before = (await client.get(f"{STORIES}/{ready_id}", headers=maya.headers)).json()
    answer = await client.post(f"{STORIES}/{ready_id}/cancel", headers=maya.headers)

    assert (answer.status_code, answer.json()["data"]["status"]) == (200, "ready")
    after = (await client.get(f"{STORIES}/{ready_id}", headers=maya.headers)).json()
    assert without_signatures(after) == without_signatures(before)


async def test_a_deleted_story_is_gone_with_its_jobs_and_files_and_what_was_delivered_stays_paid(
    client: httpx.AsyncClient, maya: Person, story_id: str, settings: Settings, database_url: str
) -> None:
    mine, other = (settings.assets_folder / "stories" / name for name in (story_id, str(uuid4())))
    for folder in (mine, other):
        folder.mkdir(parents=True)
        (folder / "cover-0123456789ab.png").write_bytes(b"a cover")
    set_asset(database_url, story_id, "content", status="ready", progress=100, data={})
    set_asset(database_url, story_id, "cover", status="generating", progress=33)
    answer = await client.delete(f"{STORIES}/{story_id}", headers=maya.headers)

    assert (answer.status_code, answer.content) == (204, b"")
    gone = await client.get(f"{STORIES}/{story_id}", headers=maya.headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "STORY_NOT_FOUND")
    again = await client.delete(f"{STORIES}/{story_id}", headers=maya.headers)
    assert again.status_code == 404
    assert not mine.exists()
    assert other.exists()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM asset_generation_jobs").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM credit_ledger").fetchone() == (1,)
        assert connection.execute("SELECT prefix FROM object_removals ORDER BY 1").fetchall() == [
            (f"stories/{story_id}/",),
        ]
    assert (await client.get("/api/v1/me", headers=maya.headers)).json()["data"]["storiesUsed"] == 1


async def test_a_story_deleted_before_anything_of_it_was_delivered_costs_nothing(
    client: httpx.AsyncClient, maya: Person, story_id: str, database_url: str
) -> None:
    set_asset(database_url, story_id, "content", status="generating", progress=33)
    assert (await client.delete(f"{STORIES}/{story_id}", headers=maya.headers)).status_code == 204
    assert (await client.get("/api/v1/me", headers=maya.headers)).json()["data"]["storiesUsed"] == 0
    with psycopg.connect(database_url) as connection:
        ledger = connection.execute("SELECT kind FROM credit_ledger ORDER BY id").fetchall()
    assert ledger == [("debit",), ("refund",)]


async def test_a_store_that_does_not_answer_keeps_nobody_from_deleting(
    client: httpx.AsyncClient, maya: Person, story_id: str, settings: Settings
) -> None:
    settings.assets_folder.mkdir(parents=True)
    (settings.assets_folder / "stories").write_bytes(b"a file where the folder should be")
    answer = await client.delete(f"{STORIES}/{story_id}", headers=maya.headers)

    assert answer.status_code == 204


async def test_many_decisions_at_once_leave_the_story_whole_or_gone(
    client: httpx.AsyncClient, maya: Person, ready_id: str, database_url: str
) -> None:
    answers = await asyncio.gather(
        *(regenerate(client, maya, ready_id, {"assetTypes": ["cover"]}) for _ in range(6)),
        *(client.post(f"{STORIES}/{ready_id}/cancel", headers=maya.headers) for _ in range(6)),
        *(client.delete(f"{STORIES}/{ready_id}", headers=maya.headers) for _ in range(2)),
    )

    assert {answer.status_code for answer in answers} <= {200, 202, 204, 404, 409}
    assert [answer.status_code for answer in answers].count(204) == 1
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM stories").fetchone() == (0,)


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/assets/regenerate"), ("POST", "/cancel"), ("DELETE", "")],
)
async def test_a_story_of_somebody_else_is_not_found_and_stays_as_it_is(
    client: httpx.AsyncClient, maya: Person, stranger: Person, ready_id: str, method: str, path: str
) -> None:
    before = (await client.get(f"{STORIES}/{ready_id}", headers=maya.headers)).json()
    body = {"assetTypes": ["cover"]} if path.startswith("/assets") else None
    answer = await client.request(method, f"{STORIES}/{ready_id}{path}", json=body, headers=stranger.headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "STORY_NOT_FOUND")
    after = (await client.get(f"{STORIES}/{ready_id}", headers=maya.headers)).json()
    assert without_signatures(after) == without_signatures(before)
