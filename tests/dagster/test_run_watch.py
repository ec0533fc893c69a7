"""A run that somebody stops in Dagster while a worker makes it: what it does is ended soon, and not queued again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from emulator.testing import Emulator
from storytailor_dagster.run_watch import RunWatch
from tests.dagster.conftest import StoryMaker
from tests.dagster.workers import Worker

STOPPED_SECONDS = 3.0


@pytest.fixture
def under_way(maker: StoryMaker, worker: Worker, emulator: Emulator) -> Iterator[str]:
    """The id of a run in whose midst a call to a provider lasts."""
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": "slow", "seconds": 60, "times": 1}])
    watch = RunWatch(worker.instance, lambda run: maker.loop.call(maker.loop.run_leases.cancel(run)))
    maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    run_id = worker.request(lease)

    def make() -> None:
        from storytailor_dagster.run_worker import make

        with watch.watching(run_id):
            make(worker.instance, maker.loop, run_id)

    making = threading.Thread(target=make)
    making.start()
    while not maker.query("SELECT FROM asset_generation_jobs WHERE status = 'generating'"):
        time.sleep(0.05)
    time.sleep(1.5)  # the watch has looked
    yield run_id
    making.join(STOPPED_SECONDS + 5)
    assert not making.is_alive()


@pytest.mark.parametrize("how", ["cancelled", "deleted"])
def test_what_is_made_by_a_run_that_is_stopped_ends_within_seconds_and_is_not_made_again(
    maker: StoryMaker, worker: Worker, under_way: str, how: str
) -> None:
    if how == "deleted":
        worker.instance.delete_run(under_way)
    else:
        run = worker.instance.get_run_by_id(under_way)
        assert run is not None
        worker.instance.report_run_canceling(run)
    told = "SELECT DISTINCT asset.value->>'error' FROM stories, jsonb_each(asset_generation_status->'assets') AS asset"
    ends = time.monotonic() + STOPPED_SECONDS
    while (errors := maker.query(told)) != [("Cancelled by the operator.",)]:
        assert time.monotonic() < ends, errors
        time.sleep(0.05)
    assert maker.claim() == []
