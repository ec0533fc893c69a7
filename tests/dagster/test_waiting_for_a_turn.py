"""A story that waits in its worker for its turn: its lease is kept, nothing is counted, it can be cancelled."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import dagster as dg
import psycopg
import pytest

from emulator.testing import Emulator
from storytailor.admission import ALWAYS, IN_A_ROW
from storytailor.db import Lease
from storytailor.db.leases import Age
from storytailor.db.story_actions import StoryActions
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker
from tests.dagster.workers import Worker

LONG_AGO = Age(0, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def a_story_takes_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a worker with stories enough begins another only when one is over."""
    monkeypatch.setattr("storytailor.process_load.FIRST_GUESS", 3_600.0)
    monkeypatch.setattr("storytailor.process_load.LEARNING", 0.0)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"lease_seconds": 2.0, "lease_renewal_seconds": 0.3})


@pytest.fixture
def others(maker: StoryMaker) -> list[UUID]:
    """As many stories as the worker always makes, under way, once it has begun all that it begins in a row."""
    tokens = [uuid4() for _ in range(IN_A_ROW + 1)]
    for token in tokens:
        maker.loop.call(maker.loop.admission.enter(token, LONG_AGO))
    for token in tokens[ALWAYS:]:
        maker.loop.call(_leave(maker, token))
    return tokens[:ALWAYS]


class Waiting(threading.Thread):
    """A run that a thread of the worker makes."""

    def __init__(self, worker: Worker, lease: Lease) -> None:
        self._worker = worker
        self.run_id = worker.request(lease)
        self.ended: dg.DagsterRun | None = None
        super().__init__(daemon=True)
        self.start()

    def run(self) -> None:
        self.ended = self._worker.make(self.run_id)

    def status(self, within: float) -> dg.DagsterRunStatus:
        """How the run ended, within so many seconds."""
        self.join(within)
        assert self.ended is not None, "it still waits"
        return self.ended.status


def until(is_so: Callable[[], object]) -> None:
    ends = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)


def claims_of(maker: StoryMaker, story_id: UUID) -> set[tuple[int, bool]]:
    """Of each job how often it was claimed, and whether it has a lease."""
    jobs = "SELECT claims, lease_token IS NOT NULL FROM asset_generation_jobs WHERE story_id = %s"
    return {(claims, leased) for claims, leased in maker.query(jobs, story_id)}


def cancel(maker: StoryMaker, run: dg.DagsterRun) -> None:
    """As the run watch does: again as long as something of the run is under a lease, which may be locked just then."""
    while maker.loop.call(maker.services.queue.open_leases()):
        maker.loop.call(maker.loop.run_leases.cancel(run))
        time.sleep(0.05)


def waits(maker: StoryMaker, stories: int = 1) -> Callable[[], bool]:
    return lambda: maker.loop.admission.waiting == stories


def test_a_story_waits_for_its_turn_under_its_lease_and_is_counted_when_it_begins(
    maker: StoryMaker, worker: Worker, emulator: Emulator, others: list[UUID]
) -> None:
    emulator.behave(answers="canned")
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    waiting = Waiting(worker, lease)
    until(waits(maker))
    maker.execute("UPDATE asset_generation_jobs SET lease_expires_at = now() + interval '1 s' WHERE begun_at IS NULL")
    time.sleep(1.5)
    assert maker.loop.call(maker.services.queue.release_expired()) == []
    assert claims_of(maker, story_id) == {(0, True)}
    assert maker.query("SELECT DISTINCT status FROM asset_generation_jobs") == [("queued",)]
    maker.loop.call(_leave(maker, others[0]))
    assert waiting.status(within=30) == dg.DagsterRunStatus.SUCCESS
    assert {claims for claims, _ in claims_of(maker, story_id)} == {1}


def test_the_oldest_of_the_stories_that_wait_is_made_first_whichever_came_first(
    maker: StoryMaker, worker: Worker, emulator: Emulator, others: list[UUID]
) -> None:
    emulator.behave(answers="canned")
    asked = [maker.ask(generate_assets=False) for _ in range(4)]
    leases = {lease.story_id: lease for lease in maker.claim()}
    waiting = [Waiting(worker, leases[story_id]) for story_id in reversed(asked)]
    until(waits(maker, 4))
    maker.loop.call(_leave(maker, others[0]))  # room for one at a time
    assert {run.status(within=60) for run in waiting} == {dg.DagsterRunStatus.SUCCESS}
    finished = maker.query("SELECT story_id FROM asset_generation_jobs GROUP BY story_id ORDER BY max(completed_at)")
    assert [story_id for (story_id,) in finished] == asked


def test_a_story_its_family_cancels_while_it_waits_is_not_begun_and_its_run_ends(
    maker: StoryMaker, worker: Worker, emulator: Emulator, others: list[UUID]
) -> None:
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    waiting = Waiting(worker, lease)
    until(waits(maker))
    maker.loop.call(StoryActions(maker.database).cancel(maker.user, story_id))
    assert waiting.status(within=10) == dg.DagsterRunStatus.FAILURE
    assert claims_of(maker, story_id) == {(0, False)}
    assert maker.loop.admission.places(50) == 50


def test_a_story_terminated_in_dagster_while_it_waits_ends_cancelled(
    maker: StoryMaker, worker: Worker, emulator: Emulator, others: list[UUID]
) -> None:
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    waiting = Waiting(worker, lease)
    until(waits(maker))
    run = worker.instance.get_run_by_id(waiting.run_id)
    assert run is not None
    worker.instance.report_run_canceling(run)
    cancel(maker, run)
    assert waiting.status(within=10) == dg.DagsterRunStatus.CANCELED
    assert {asset["error"] for asset in maker.assets(story_id).values()} == {"Cancelled by the operator."}


def test_a_story_whose_jobs_are_locked_when_it_is_terminated_goes_on_until_it_can_be_cancelled_and_is_not_queued_again(
    maker: StoryMaker, worker: Worker, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "chat/completions", "kind": "slow", "seconds": 60, "times": 1}])
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    making = Waiting(worker, lease)
    until(lambda: maker.query("SELECT FROM asset_generation_jobs WHERE status = 'generating'"))
    run = worker.instance.get_run_by_id(making.run_id)
    assert run is not None
    worker.instance.report_run_canceling(run)
    with psycopg.connect(maker.services.settings.database) as somebody:
        somebody.execute("SELECT FROM asset_generation_jobs WHERE story_id = %s FOR UPDATE", (story_id,))
        maker.loop.call(maker.loop.run_leases.cancel(run))
        time.sleep(0.5)
        assert making.ended is None
    cancel(maker, run)
    assert making.status(within=10) == dg.DagsterRunStatus.CANCELED
    assert {asset["error"] for asset in maker.assets(story_id).values()} == {"Cancelled by the operator."}
    assert maker.query("SELECT DISTINCT status FROM asset_generation_jobs") == [("failed",)]


def test_a_worker_that_is_asked_to_stop_gives_back_what_waits_and_it_counts_for_nothing(
    maker: StoryMaker, worker: Worker, emulator: Emulator, others: list[UUID]
) -> None:
    story_id = maker.ask(generate_assets=False)
    (lease,) = maker.claim()
    waiting = Waiting(worker, lease)
    until(waits(maker))
    maker.loop.call(maker.services.leases.release_all())
    waiting.status(within=10)
    assert claims_of(maker, story_id) == {(0, False)}
    (again,) = maker.claim()
    assert again.claim == 1


async def _leave(maker: StoryMaker, token: UUID) -> None:
    maker.loop.admission.leave(token)
