"""An account that takes few calls a minute: a book waits for its pictures longer than one may take, and is finished."""

from __future__ import annotations

import threading

import dagster as dg
import pytest

from emulator.testing import Emulator
from storytailor.catalog import PICTURES
from storytailor.db.queue import TimedOut
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker
from tests.dagster.workers import Worker

MINUTE = 3.0
LIMIT = 7.0
"""Seconds, for which an asset may be made: six pictures at one a minute take eighteen."""


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("storytailor.providers.gate.MINUTE_SECONDS", MINUTE)
    monkeypatch.setattr("storytailor.time_in_line.TELL_SECONDS", 0.5)
    return settings.model_copy(update={"images_per_minute": 1, "input_images_per_minute": 1})


def test_a_picture_that_stands_in_line_for_longer_than_it_may_be_made_is_not_given_up(
    maker: StoryMaker, worker: Worker, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask()
    (lease,) = maker.claim()
    given_up: list[TimedOut] = []
    over = threading.Event()

    def sweep() -> None:
        while not over.wait(0.5):
            given_up.extend(maker.loop.call(maker.services.queue.time_out(LIMIT / 60)))

    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    run = worker.make(worker.request(lease))
    over.set()
    sweeping.join()
    assert given_up == []
    assert run.status == dg.DagsterRunStatus.SUCCESS
    assert {maker.assets(story_id)[name]["status"] for name in PICTURES} == {"ready"}
    longest = "SELECT extract(epoch FROM max(completed_at - started_at)) > %s FROM asset_generation_jobs"
    assert maker.query(longest, LIMIT) == [(True,)]
