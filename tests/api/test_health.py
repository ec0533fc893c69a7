from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import psycopg.conninfo
import pytest
import time_machine
from fastapi import FastAPI
from pydantic import SecretStr

from api.app import create_app
from api.moderation import ModerationHealth
from emulator.testing import Emulator
from storytailor.db import Database, health
from storytailor.db.alerts import Alerts
from storytailor.db.schema import NEWEST
from storytailor.errors import SettingsError
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings
from storytailor.tasks import stop
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
        "queue": fine | {"oldestQueuedSeconds": None, "workers": 0},
        "moderation": fine | {"remedy": None},
    }


def moderations(emulator: Emulator) -> list[dict[str, Any]]:
    return [call for call in emulator.calls() if "moderations" in call["route"]]


async def when(client: httpx.AsyncClient, status: int) -> httpx.Response:
    """What `/ready` says once it answers with this status."""
    async with asyncio.timeout(15):
        while (answer := await client.get("/ready")).status_code != status:  # noqa: ASYNC110  it is asked
            await asyncio.sleep(0.05)
    return answer


async def test_moderation_that_does_not_answer_is_told_as_a_matter_of_waiting_until_it_does(
    app: FastAPI, emulator: Emulator, maya: Person
) -> None:
    emulator.behave(faults=[{"route": "moderations", "kind": 500, "times": 3}])
    async with app.router.lifespan_context(app), client_of(app) as client:
        down = await when(client, 503)
        refused = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
        taken = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
        up = await client.get("/ready")

    assert "No story can be requested" in down.json()["message"]
    moderation = down.json()["data"]["moderation"]
    assert (moderation["ok"], moderation["remedy"]) == (False, "wait")
    assert down.json()["data"]["database"]["ok"]
    assert (refused.status_code, taken.status_code, up.status_code) == (503, 201, 200)
    assert up.json()["data"]["moderation"] == {"ok": True, "advice": None, "remedy": None}


async def test_moderation_is_asked_again_by_itself_while_it_does_not_work(
    settings: Settings, emulator: Emulator, database: Database
) -> None:
    emulator.behave(faults=[{"route": "moderations", "kind": 500, "times": 3}])
    async with OpenAI(settings) as openai:
        watched = ModerationHealth(openai, Alerts(database), retry_seconds=0.05)
        running = asyncio.create_task(watched.run())
        told = []
        async with asyncio.timeout(15):
            for remedy in ("wait", None):
                while watched.remedy != remedy:  # noqa: ASYNC110  a state, not an event
                    await asyncio.sleep(0.01)
                told.append(watched.remedy)
        await stop([running])

    assert told == ["wait", None]
    assert len(moderations(emulator)) == 4


async def test_one_call_that_fails_does_not_make_us_unready(
    client: httpx.AsyncClient, emulator: Emulator, maya: Person
) -> None:
    while not any(call["end"] for call in moderations(emulator)):  # noqa: ASYNC110  the one at the start
        await asyncio.sleep(0.01)
    emulator.behave(faults=[{"route": "moderations", "kind": 500, "times": 1}])
    refused = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)

    assert refused.status_code == 503
    assert (await client.get("/ready")).status_code == 200


@pytest.mark.parametrize(("lasting", "alerted"), [(0.3, True), (180.0, False)])
async def test_moderation_that_is_down_for_minutes_is_an_alert_and_for_a_moment_is_none(
    settings: Settings,
    emulator: Emulator,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    lasting: float,
    *,
    alerted: bool,
) -> None:
    monkeypatch.setattr("api.moderation.LASTING_SECONDS", lasting)
    emulator.behave(faults=[{"route": "moderations", "kind": 500, "times": 999}])
    alerts = Alerts(database)
    async with OpenAI(settings) as openai:
        health = ModerationHealth(openai, alerts, retry_seconds=0.05)
        running = asyncio.create_task(health.run())
        await asyncio.sleep(2)
        emulator.behave()
        async with asyncio.timeout(15):
            while health.remedy:  # noqa: ASYNC110  a state, not an event
                await asyncio.sleep(0.01)
        told = [(alert.cause, alert.says) for alert in await alerts.claim_due(3_600)]
        async with database.transaction() as connection:  # it is over when nobody has noted it for a while
            await connection.execute(
                "UPDATE operator_alerts SET told_at = now(), telling_until = NULL, last_at = now() - interval '1 h'"
            )
        await asyncio.sleep(0.5)
        over = [alert.cause for alert in await alerts.claim_over()]
        await stop([running])
    down = "No story can be requested, since moderation does not work. OpenAI answered with an error of its own (500)."
    assert told == ([("moderation", down)] if alerted else [])
    assert over == [cause for cause, _ in told]


async def test_a_key_that_moderation_refuses_is_told_as_a_matter_for_the_operator_who_is_to_be_alerted_of_it(
    app: FastAPI, emulator: Emulator, database: Database
) -> None:
    emulator.behave(faults=[{"route": "moderations", "kind": 401, "times": 99}])
    async with app.router.lifespan_context(app), client_of(app) as client:
        answer = await when(client, 503)
        (alert,) = await Alerts(database).claim_due(3_600)
    assert alert.says.startswith("No story can be requested, since moderation does not work. ")
    assert "OPENAI_API_KEY" in alert.says

    assert answer.json()["data"]["moderation"]["remedy"] == "operator"
    assert "OPENAI_API_KEY" in answer.json()["data"]["moderation"]["advice"]


async def test_asking_whether_we_are_ready_calls_no_provider(client: httpx.AsyncClient, emulator: Emulator) -> None:
    for _ in range(5):
        await client.get("/ready")

    assert len(moderations(emulator)) <= 1  # the one at the start


WORKER = (
    "INSERT INTO workers (id, name, slots, expires_at) VALUES (gen_random_uuid(), 'w', 1, now() + interval '1 hour')"
)
WAITED = "UPDATE asset_generation_jobs SET updated_at = now() - interval '10 minutes'"
LEASED = (
    "UPDATE asset_generation_jobs SET lease_token = gen_random_uuid(), lease_expires_at = now() + interval '1 hour'"
)
IN_USE = "IN ('content', 'palette', 'activities')"
BEGUN = f"{LEASED}, begun_at = now() WHERE asset_type = 'content'"


@pytest.mark.parametrize(
    ("statements", "advice"),
    [
        ([], None),
        ([WAITED], "no worker is there"),
        ([WAITED, LEASED], "no worker is there"),  # claimed, and nobody works on it
        ([WAITED, WORKER], "story_queue_sensor"),
        ([WAITED, WORKER, LEASED], "story_queue_sensor"),
        ([WAITED, WORKER, BEGUN], None),  # the worker is busy, the rest waits its turn
    ],
)
async def test_we_are_not_ready_when_work_waits_and_nobody_does_it_though_somebody_could(
    client: httpx.AsyncClient, maya: Person, database_url: str, statements: list[str], advice: str | None
) -> None:
    await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    with psycopg.connect(database_url) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    answer = await client.get("/ready")
    queue = answer.json()["data"]["queue"]
    assert (answer.status_code, queue["ok"]) == ((200, True) if advice is None else (503, False))
    assert queue["workers"] == int(WORKER in statements)
    assert queue["oldestQueuedSeconds"] < 5 if not statements else queue["oldestQueuedSeconds"] >= 600
    assert answer.json()["data"]["database"]["ok"]
    if advice:
        assert advice in answer.json()["message"]


async def test_a_place_that_has_just_become_free_is_no_sign_that_nobody_takes_what_waits_until_nobody_does(
    client: httpx.AsyncClient, maya: Person, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in (WAITED, WORKER.replace("'w', 1", "'w', 3"), BEGUN.replace("= 'content'", IN_USE)):
            connection.execute(statement.encode())
        assert (await client.get("/ready")).status_code == 200  # the worker's three places are in use
        connection.execute(
            "UPDATE asset_generation_jobs SET status = 'ready', lease_token = NULL, "
            "lease_expires_at = NULL, begun_at = NULL WHERE asset_type = 'content'"
        )
    assert (await client.get("/ready")).status_code == 200  # one of them has ended, and the next is about to begin
    monkeypatch.setattr(health, "STILL_SECONDS", 0.0)
    answer = await client.get("/ready")
    assert answer.status_code == 503
    assert "nobody takes it. Is the Dagster daemon up" in answer.json()["message"]


async def test_what_waits_is_taken_as_long_as_the_oldest_of_it_is(
    client: httpx.AsyncClient, maya: Person, database_url: str
) -> None:
    first, second = [
        (await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)).json()["data"]["id"]
        for _ in range(2)
    ]
    waits = "UPDATE asset_generation_jobs SET updated_at = now() - %s::interval WHERE story_id = %s"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(WORKER.replace("'w', 1", "'w', 99").encode())
        connection.execute(waits, ("10 minutes", first))
        connection.execute(waits, ("9 minutes", second))
        assert (await client.get("/ready")).status_code == 503
        connection.execute(f"{LEASED}, begun_at = now() WHERE story_id = '{first}'".encode())
        assert (await client.get("/ready")).status_code == 200


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


@pytest.mark.parametrize(
    ("moved_back", "words"),
    [
        ("UPDATE storytailor_schema SET version_num = '0008'", "has schema 0008, and this version needs"),
        ("DROP FUNCTION worker_capacity; UPDATE storytailor_schema SET version_num = '0008'", "has schema 0008"),
        ("DROP TABLE storytailor_schema", "has no schema of ours"),
    ],
    ids=["older", "older, without a function we call", "none"],
)
async def test_a_schema_that_becomes_older_than_this_code_while_it_runs_is_not_ready(
    client: httpx.AsyncClient, database_url: str, moved_back: str, words: str
) -> None:
    assert (await client.get("/ready")).status_code == 200
    with psycopg.connect(database_url, autocommit=True) as connection:  # a backup is put back under it
        connection.execute(moved_back.encode())

    answer = await client.get("/ready")

    assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert words in answer.json()["message"]
    assert "run `storytailor migrate`" in answer.json()["data"]["database"]["advice"]
    assert (await client.get("/health")).status_code == 200


async def test_an_api_that_started_while_its_database_was_away_takes_no_story_on_an_older_schema(
    app: FastAPI, maya: Person, postgres: str, database_url: str
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    at = "UPDATE storytailor_schema SET version_num = %s"
    with (
        psycopg.connect(postgres, autocommit=True) as server,
        psycopg.connect(database_url, autocommit=True) as connection,
    ):
        connection.execute(at, ["0008"])
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        async with app.router.lifespan_context(app), client_of(app) as client:
            server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
            refused = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
            connection.execute(at, [NEWEST])
            taken = await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)
        assert connection.execute("SELECT count(*) FROM stories").fetchone() == (1,)
    assert (refused.status_code, refused.json()["code"], taken.status_code) == (503, "SERVICE_UNAVAILABLE", 201)
    assert "run `storytailor migrate` first" in refused.json()["message"]


async def test_an_api_does_not_start_on_a_schema_that_is_not_ours(database_url: str, app: FastAPI) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE storytailor_schema RENAME TO away")
    with pytest.raises(SettingsError, match="run `storytailor migrate` first"):
        async with app.router.lifespan_context(app):
            pass


async def test_an_api_whose_clock_is_minutes_off_tells_the_operator(
    settings: Settings, login_of_the_apis_role: str, database: Database
) -> None:
    app = create_app(settings.model_copy(update={"database_url": SecretStr(login_of_the_apis_role)}))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=20)):
        async with app.router.lifespan_context(app), asyncio.timeout(15):
            while not (due := await Alerts(database).claim_due(3_600)):  # noqa: ASYNC110  a state, not an event
                await asyncio.sleep(0.1)
    (alert,) = due
    assert " s ahead of the database's: let NTP set both." in alert.says
