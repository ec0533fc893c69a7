"""Clocks of a fleet minutes apart: leases and time-outs are the database's, so a worker's own clock decides nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from emulator.testing import Emulator
from storytailor.catalog import CATALOG
from storytailor.db.clock import clock_problem
from storytailor.db.inspection import inspect_database
from storytailor.providers.object_store.making import make_bucket
from storytailor.settings import Settings
from storytailor_dagster import alerts
from storytailor_dagster.worker_presence import WorkerPresence
from tests.aws import client_of
from tests.dagster.conftest import StoryMaker, made_with
from tests.dagster.test_alerts import Told, look, operators
from tests.dagster.test_queue_sensor import by_the_daemon_itself, tick
from tests.dagster.workers import opened_worker

BUCKET = "stories-of-another-time"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"lease_seconds": 3.0, "lease_renewal_seconds": 0.9})


@pytest.fixture
def in_s3(settings: Settings, s3_url: str, aws_credentials: None) -> Iterator[StoryMaker]:
    """Makes stories whose files go to a real S3 server, which takes no signature a quarter of an hour off."""
    make_bucket(BUCKET, client_of(s3_url))
    with made_with(
        settings.model_copy(
            update={"assets_bucket": BUCKET, "assets_base_url": f"{s3_url}/{BUCKET}", "aws_endpoint_url_s3": s3_url}
        )
    ) as maker:
        yield maker


@pytest.fixture(params=[-20, 20], ids=lambda minutes: f"{minutes} minutes")
def minutes(request: pytest.FixtureRequest) -> int:
    minutes: int = request.param
    return minutes


def clocks_apart(minutes: int) -> time_machine.travel:
    """This process's clock is off; that of the database, of the emulator and of the S3 server is right."""
    return time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes))


def test_a_worker_whose_clock_is_minutes_off_makes_its_story_at_the_first_claim(
    in_s3: StoryMaker, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": "slow", "seconds": 2, "times": 2}])
    story_id = in_s3.ask()
    (lease,) = in_s3.claim()
    with opened_worker(in_s3.loop, in_s3.services.settings, tmp_path, monkeypatch) as worker, clocks_apart(minutes):
        worker.make(worker.request(lease))
    row = in_s3.row(story_id)
    assert row["status"] == "ready", row["asset_generation_status"]
    assert in_s3.query("SELECT DISTINCT claims, retry_count FROM asset_generation_jobs") == [(1, 0)]
    assert len(emulator.calls(schema="StoryContent")) == 1
    stored = in_s3.loop.call(keys_of(in_s3))
    for asset in (asset for asset, kind in CATALOG.items() if kind.extension):
        assert any(in_s3.assets(story_id)[asset]["url"].endswith(key) for key in stored), asset


async def keys_of(maker: StoryMaker) -> list[str]:
    return [key async for page in maker.services.store.keys("stories/") for key in page]


def test_a_daemon_whose_clock_is_minutes_off_takes_no_story_from_its_worker_and_times_none_out(
    maker: StoryMaker, minutes: int
) -> None:
    story_id, stuck = maker.ask(), maker.ask()
    for lease in maker.claim():
        maker.loop.call(maker.services.queue.begin(lease))
        maker.loop.call(maker.services.queue.start(lease, "content"))
        maker.services.leases.hold(lease.token)
    maker.execute(
        "UPDATE asset_generation_jobs SET started_at = now() - interval '16 minutes' WHERE story_id = %s"
        " AND status = 'generating'",
        stuck,
    )
    with clocks_apart(minutes):
        assert tick(maker) == []
        by_the_daemon_itself(maker)  # which counts one story that was stuck
    assert [maker.row(story)["status"] for story in (story_id, stuck)] == ["generating", "failed"]


def test_the_operator_is_told_of_a_worker_or_a_daemon_whose_clock_is_minutes_off_and_of_nothing_that_is_well(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    monkeypatch.setattr(alerts, "_STARTED", time.monotonic() - 1_500)  # too soon to miss a sweep
    side = "ahead of" if minutes > 0 else "behind"
    told: Told = []
    with operators(told) as url, made_with(settings.model_copy(update={"alert_urls": (url,)})) as maker:
        presence = WorkerPresence(maker.loop)
        with clocks_apart(minutes):
            presence.start(slots=1)
            for _ in range(100):
                if maker.query("SELECT FROM operator_alerts"):
                    break
                time.sleep(0.1)
        presence.leave()
        assert look(maker) == "1 causes were due."
        maker.execute("DELETE FROM operator_alerts")
        with clocks_apart(minutes):
            assert look(maker) == "1 causes were due."
    assert len(told) == 2
    for alert in told:
        assert re.search(rf"is (1199|120\d) s {side} the database's: let NTP set both\.", alert["message"])


def test_nobody_is_told_of_a_clock_that_is_right_however_late_the_database_answers(maker: StoryMaker) -> None:
    assert look(maker) == "0 causes were due."
    assert clock_problem(1_000.0, 1_001.0, 1_170.0) is clock_problem(1_000.0, 1_169.0, 1_170.0) is None


async def test_the_doctor_says_so_of_the_machine_that_it_runs_on(settings: Settings, minutes: int) -> None:
    with clocks_apart(minutes):
        (clock,) = [found for found in (await inspect_database(settings)).findings if found.name == "Clock"]
    assert clock.result == "another time than here"
    assert "let NTP set both" in str(clock.remedy)
    (clock,) = [found for found in (await inspect_database(settings)).findings if found.name == "Clock"]
    assert (clock.result, clock.remedy) == ("the same time as here", None)
