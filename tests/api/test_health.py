from __future__ import annotations

import time
from pathlib import Path

import httpx
import psycopg

from api.app import create_app
from storytailor.settings import Settings
from tests.api.conftest import Person, SettingsFor, client_of
from tests.api.test_errors import NOWHERE


async def test_a_living_process_says_so_without_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")

    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {"status": "ok"}})


async def test_ready_when_every_part_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/ready")

    assert answer.status_code == 200
    fine = {"ok": True, "advice": None}
    assert answer.json()["data"] == {
        "database": fine,
        "objectStore": fine,
        "queue": fine | {"oldestQueuedSeconds": None},
    }


async def test_work_that_waits_is_told_and_when_nobody_takes_it_we_are_not_ready(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    soon = await client.get("/ready")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE asset_generation_jobs SET updated_at = now() - interval '10 minutes'")
    late = await client.get("/ready")

    assert 0 <= soon.json()["data"]["queue"]["oldestQueuedSeconds"] < 5
    assert (late.status_code, late.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "story_queue_sensor" in late.json()["message"]
    assert late.json()["data"]["database"]["ok"]
    assert late.json()["data"]["queue"]["oldestQueuedSeconds"] >= 600


async def test_a_database_that_is_down_is_named_soon(settings_for: SettingsFor) -> None:
    app = create_app(settings_for(NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        start = time.perf_counter()
        answer = await client.get("/ready")
        alive = await client.get("/health")

    assert time.perf_counter() - start < 5
    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert "database" in answer.json()["message"].lower()
    assert "DATABASE_URL" in answer.json()["message"]
    assert not answer.json()["data"]["database"]["ok"]
    assert answer.json()["data"]["objectStore"]["ok"]
    assert "Retry-After" in answer.headers
    assert alive.status_code == 200


async def test_a_folder_that_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    app = create_app(settings.model_copy(update={"assets_dir": tmp_path / "file" / "assets"}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await client.get("/ready")

    assert answer.status_code == 503
    assert "ASSETS_DIR" in answer.json()["message"]
    assert not answer.json()["data"]["objectStore"]["ok"]
