"""Clocks of a fleet minutes apart: leases and time-outs are the database's, so a worker's own clock decides nothing."""

from __future__ import annotations

import time

import pytest

from emulator.testing import Emulator
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_queue_sensor import by_the_daemon_itself, tick
from tests.dagster.workers import Worker


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"lease_seconds": 3.0, "lease_renewal_seconds": 0.9})


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_worker_whose_clock_is_minutes_off_makes_its_story_at_the_first_claim(
    maker: StoryMaker, worker: Worker, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    clock = time.time
    monkeypatch.setattr(time, "time", lambda: clock() + 60 * minutes)
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": "slow", "seconds": 2, "times": 2}])
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    worker.make(worker.request(lease))
    assert maker.row(story_id)["status"] == "ready"
    assert maker.query("SELECT DISTINCT claims, retry_count FROM asset_generation_jobs") == [(1, 0)]
    assert len(emulator.calls(schema="StoryContent")) == 1


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_daemon_whose_clock_is_minutes_off_takes_no_story_from_its_worker_and_times_none_out(
    maker: StoryMaker, monkeypatch: pytest.MonkeyPatch, minutes: int
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
    clock = time.time
    monkeypatch.setattr(time, "time", lambda: clock() + 60 * minutes)
    assert tick(maker) == []
    by_the_daemon_itself(maker)  # which counts one story that was stuck
    assert [maker.row(story)["status"] for story in (story_id, stuck)] == ["generating", "failed"]
