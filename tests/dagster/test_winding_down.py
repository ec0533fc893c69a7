"""A worker that is asked to stop: what it is making is finished and paid once, and all else is another worker's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import dagster as dg
import pytest

from emulator.testing import Emulator
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker
from tests.dagster.test_waiting_for_a_turn import Waiting, claims_of, until
from tests.dagster.workers import Worker


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"lease_seconds": 2.0, "lease_renewal_seconds": 0.3})


@pytest.fixture
def under_way(maker: StoryMaker, worker: Worker, emulator: Emulator) -> Iterator[Waiting]:
    """A story whose words are just being written, which takes three seconds."""
    slow = {"route": "chat/completions", "schema": "StoryContent", "kind": "slow", "seconds": 3, "times": 1}
    emulator.behave(answers="canned", faults=[slow])
    maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    making = Waiting(worker, lease)
    until(lambda: maker.query("SELECT FROM asset_generation_jobs WHERE status = 'generating'"))
    time.sleep(0.5)
    yield making
    making.status(within=10)


def the_story(maker: StoryMaker) -> UUID:
    ((story_id,),) = maker.query("SELECT id FROM stories ORDER BY created_at LIMIT 1")
    return UUID(str(story_id))


def begin_again(maker: StoryMaker) -> None:
    """The next worker, in the same process."""
    maker.services.leases.is_winding_down = False


def test_what_is_being_made_is_finished_the_rest_is_given_back_uncounted_and_nothing_is_paid_twice(
    maker: StoryMaker, worker: Worker, emulator: Emulator, under_way: Waiting
) -> None:
    maker.loop.call(maker.loop.run_leases.wind_down(20))
    under_way.status(within=10)
    story_id = the_story(maker)
    assert {name: asset["status"] for name, asset in maker.assets(story_id).items()} == {
        "content": "ready",
        "palette": "pending",
    }
    assert (0, False) in claims_of(maker, story_id)
    begin_again(maker)
    (lease,) = maker.claim()
    assert (lease.assets, lease.claim) == (("palette",), 1)
    assert worker.make(worker.request(lease)).status == dg.DagsterRunStatus.SUCCESS
    assert maker.row(story_id)["status"] == "ready"
    assert len(emulator.calls(schema="StoryContent")) == 1


def test_what_takes_longer_than_there_is_time_for_is_given_back_when_that_is_over(
    maker: StoryMaker, under_way: Waiting
) -> None:
    began = time.monotonic()
    maker.loop.call(maker.loop.run_leases.wind_down(1))
    assert time.monotonic() - began < 2.5
    under_way.status(within=10)
    assert claims_of(maker, the_story(maker)) == {(0, False)}
    begin_again(maker)
    assert [lease.claim for lease in maker.claim()] == [1]


def test_whoever_asks_again_waits_for_nothing(maker: StoryMaker, under_way: Waiting) -> None:
    with ThreadPoolExecutor() as threads:
        first = threads.submit(maker.loop.call, maker.loop.run_leases.wind_down(20))
        until(lambda: maker.services.leases.is_winding_down)
        began = time.monotonic()
        maker.loop.call(maker.loop.run_leases.wind_down(0))
        first.result()
    assert time.monotonic() - began < 1.5
    assert claims_of(maker, the_story(maker)) == {(0, False)}


def test_a_run_that_comes_to_a_worker_that_is_stopping_is_given_back_at_once(
    maker: StoryMaker, worker: Worker, under_way: Waiting
) -> None:
    later = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    with ThreadPoolExecutor() as threads:
        stopping = threads.submit(maker.loop.call, maker.loop.run_leases.wind_down(20))
        until(lambda: maker.services.leases.is_winding_down)
        assert worker.make(worker.request(lease)).status == dg.DagsterRunStatus.FAILURE
        assert claims_of(maker, later) == {(0, False)}
        assert under_way.ended is None  # whose words are still being written
        stopping.result()
