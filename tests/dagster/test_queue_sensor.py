"""The sensor and the sweep, on a real instance and a real queue."""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import uuid4

import dagster as dg
import psycopg
import pytest
from pydantic import SecretStr

from storytailor.catalog import ALL_ASSETS
from storytailor.settings import Settings
from storytailor_dagster import abandoned_runs
from storytailor_dagster.definitions import build_defs
from storytailor_dagster.maintenance import stuck_assets_sensor, sweep
from storytailor_dagster.partitions import stories
from storytailor_dagster.run_leases import LEASE_TAG, PARTITION_TAG
from storytailor_dagster.sensors import story_queue_sensor
from tests.dagster.conftest import StoryMaker


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Leases that nobody renews before a test has ended: one that has run out here is not renewed the moment after."""
    return settings.model_copy(update={"lease_seconds": 3_600, "lease_renewal_seconds": 600})


def tick(maker: StoryMaker) -> Sequence[dg.RunRequest]:
    """One evaluation, as the daemon does it; the runs it requests."""
    with dg.build_sensor_context(
        instance=maker.instance,
        resources={"maker_loop": maker.resource},
        definitions=build_defs(maker.resource),
    ) as context:
        answer = story_queue_sensor(context)
    return answer.run_requests or [] if isinstance(answer, dg.SensorResult) else []


def test_a_waiting_story_becomes_one_run_of_its_own_partition(maker: StoryMaker) -> None:
    story_id = maker.ask()
    (request,) = tick(maker)
    assert request.partition_key == str(story_id)
    assert request.run_key == request.tags[LEASE_TAG]
    assert {key.to_user_string() for key in request.asset_selection or ()} == set(ALL_ASSETS)
    assert maker.instance.has_dynamic_partition(stories.name or "", str(story_id))
    run_for(maker, request, dg.DagsterRunStatus.STARTED)
    assert tick(maker) == []


def test_only_the_queued_assets_are_selected(maker: StoryMaker) -> None:
    maker.ask(generate_assets=False)
    (request,) = tick(maker)
    assert {key.to_user_string() for key in request.asset_selection or ()} == {"content", "palette"}


def test_an_idle_sensor_hears_of_a_new_story_at_once(maker: StoryMaker) -> None:
    assert tick(maker) == []  # opens its LISTEN connection
    asking = threading.Timer(0.5, maker.ask)
    asking.start()
    began = time.monotonic()
    assert len(tick(maker)) == 1
    assert 0.5 <= time.monotonic() - began < 3.0  # well before its own next look
    asking.join()


def test_a_story_dropped_between_tick_and_run_is_requested_again_under_a_new_claim(
    maker: StoryMaker,
) -> None:
    maker.ask()
    maker.loop.call(maker.services.workers.announce(uuid4(), "idle", 1, 60))
    (dropped,) = tick(maker)
    maker.execute("UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 s'")
    (again,) = tick(maker)
    assert again.partition_key == dropped.partition_key
    assert again.run_key != dropped.run_key


def test_a_story_claimed_for_a_daemon_that_died_before_it_requested_the_run_is_claimed_again_at_the_next_tick(
    maker: StoryMaker, caplog: pytest.LogCaptureFixture
) -> None:
    story_id = maker.ask(generate_assets=False)
    (lost,) = tick(maker)  # what a tick answers is nothing if nobody hears it
    (again,) = tick(maker)
    assert again.partition_key == str(story_id)
    assert again.run_key != lost.run_key
    assert "no run makes them: content, palette." in caplog.text
    run_for(maker, again, dg.DagsterRunStatus.STARTED)
    assert tick(maker) == []
    assert maker.query("SELECT DISTINCT claims, lease_token::text FROM asset_generation_jobs") == [(0, again.run_key)]


def test_a_tick_of_a_daemon_that_died_claims_nothing_once_another_has_begun(maker: StoryMaker) -> None:
    assert tick(maker) == []  # opens the LISTEN connection
    of_the_dead: list[Sequence[dg.RunRequest]] = []
    waiting = threading.Thread(target=lambda: of_the_dead.append(tick(maker)))
    waiting.start()
    asking = threading.Timer(0.5, maker.ask)
    asking.start()
    time.sleep(0.2)
    assert len(tick(maker)) == 1
    waiting.join()
    asking.join()
    assert of_the_dead == [[]]


def test_the_run_of_a_lost_worker_is_closed(maker: StoryMaker) -> None:
    maker.ask()
    (request,) = tick(maker)
    run = run_for(maker, request, dg.DagsterRunStatus.STARTED)
    assert maker.loop.call(maker.loop.run_leases.take_up(run))
    maker.execute("UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 s'")
    tick(maker)
    closed = maker.instance.get_run_by_id(run.run_id)
    assert closed is not None
    assert closed.status == dg.DagsterRunStatus.FAILURE


def test_a_run_whose_worker_was_lost_when_its_story_had_ended_is_closed_at_the_second_look(maker: StoryMaker) -> None:
    maker.ask()
    (request,) = tick(maker)
    abandoned = run_for(maker, request, dg.DagsterRunStatus.STARTED)
    maker.execute("UPDATE asset_generation_jobs SET status = 'failed', lease_token = NULL, lease_expires_at = NULL")
    maker.ask()
    (request,) = tick(maker)
    at_work = run_for(maker, request, dg.DagsterRunStatus.STARTED)

    def states() -> list[dg.DagsterRunStatus]:
        return [run.status for run in map(maker.instance.get_run_by_id, (abandoned.run_id, at_work.run_id)) if run]

    with dg.build_sensor_context(instance=maker.instance, resources={"maker_loop": maker.resource}) as context:
        stuck_assets_sensor(context)
        assert states() == [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTED]
        stuck_assets_sensor(context)
    assert states() == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED]


def look_twice(maker: StoryMaker) -> None:
    """What the daemon looks after each minute."""
    with dg.build_sensor_context(instance=maker.instance, resources={"maker_loop": maker.resource}) as context:
        stuck_assets_sensor(context)
        stuck_assets_sensor(context)


def status_of(maker: StoryMaker, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = maker.instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def hours_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abandoned_runs, "LONGEST", timedelta(seconds=-1))


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING])
def test_the_run_of_a_claim_that_is_over_ends_though_nobody_has_begun_it(
    maker: StoryMaker, status: dg.DagsterRunStatus
) -> None:
    maker.ask()
    (request,) = tick(maker)
    run = run_for(maker, request, status)
    look_twice(maker)
    assert status_of(maker, run) == status  # its claim stands
    maker.loop.call(maker.services.queue.release(*maker.loop.call(maker.services.queue.open_leases())))
    look_twice(maker)  # and whoever released it has died before it ended the run
    assert status_of(maker, run) == dg.DagsterRunStatus.FAILURE


def test_a_sweep_whose_worker_died_ends_and_is_told_as_failed(
    maker: StoryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = maker.instance.create_run_for_job(sweep, status=dg.DagsterRunStatus.STARTED)
    look_twice(maker)
    assert status_of(maker, run) == dg.DagsterRunStatus.STARTED  # it may be at work
    hours_later(monkeypatch)
    look_twice(maker)
    assert status_of(maker, run) == dg.DagsterRunStatus.FAILURE


def test_a_run_begun_by_hand_whose_message_is_lost_ends_when_workers_have_had_a_place_for_it(
    maker: StoryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = {PARTITION_TAG: str(maker.ask())}
    job = build_defs().resolve_job_def("make_story")
    run = maker.instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTING)
    hours_later(monkeypatch)
    look_twice(maker)
    assert status_of(maker, run) == dg.DagsterRunStatus.STARTING  # no worker is there: it waits for one
    maker.loop.call(maker.services.workers.announce(uuid4(), "idle", 1, 60))
    look_twice(maker)
    assert status_of(maker, run) == dg.DagsterRunStatus.FAILURE


def test_a_partition_that_is_no_story_keeps_no_run_from_being_ended(
    maker: StoryMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = build_defs().resolve_job_def("make_story")
    started = dg.DagsterRunStatus.STARTED
    odd = maker.instance.create_run_for_job(job, tags={PARTITION_TAG: "test"}, status=started)
    hours_later(monkeypatch)
    look_twice(maker)
    assert status_of(maker, odd) == dg.DagsterRunStatus.FAILURE


def test_a_story_whose_run_was_never_sent_to_the_workers_is_requested_again(maker: StoryMaker) -> None:
    story_id = maker.ask()
    maker.loop.call(maker.services.workers.announce(uuid4(), "idle", 1, 60))
    (request,) = tick(maker)
    never_sent = run_for(maker, request, dg.DagsterRunStatus.NOT_STARTED)  # the database was away for a moment
    assert tick(maker) == []
    maker.execute("UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 s'")
    (again,) = tick(maker)
    assert again.partition_key == str(story_id)
    assert status_of(maker, never_sent) == dg.DagsterRunStatus.FAILURE


def test_nothing_is_claimed_while_the_broker_is_away_and_the_sensor_says_so(
    maker: StoryMaker, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    story_id = maker.ask()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and nobody listens
        broker = SecretStr(f"redis://127.0.0.1:{closed.getsockname()[1]}/0")
        away = dataclasses.replace(maker.services, settings=settings.model_copy(update={"broker_url": broker}))
        with monkeypatch.context() as patch:
            patch.setattr(maker.loop, "services", away)
            assert tick(maker) == []
    assert "Nothing was claimed: The broker does not answer" in caplog.text
    assert maker.query("SELECT DISTINCT claims, lease_token FROM asset_generation_jobs") == [(0, None)]
    assert [request.partition_key for request in tick(maker)] == [str(story_id)]


def test_a_story_whose_run_failed_before_a_worker_had_it_is_requested_again_however_busy_the_workers_are(
    maker: StoryMaker,
) -> None:
    maker.ask()
    maker.loop.call(maker.services.workers.announce(uuid4(), "busy", 1, 60))
    (request,) = tick(maker)
    assert maker.loop.call(maker.loop.run_leases.take_up(run_for(maker, request, dg.DagsterRunStatus.STARTED)))
    story_id = maker.ask()
    (request,) = tick(maker)
    run_for(maker, request, dg.DagsterRunStatus.FAILURE)  # the broker was away
    assert [again.partition_key for again in tick(maker)] == [str(story_id)]


def test_a_story_that_somebody_has_locked_keeps_the_sensor_from_no_other(maker: StoryMaker) -> None:
    locked = maker.ask()
    (request,) = tick(maker)
    run = run_for(maker, request, dg.DagsterRunStatus.STARTED)
    assert maker.loop.call(maker.loop.run_leases.take_up(run))
    with psycopg.connect(maker.services.settings.database) as somebody:
        somebody.execute("SELECT FROM stories WHERE id = %s FOR UPDATE", (locked,))
        maker.execute("UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 s'")
        other = maker.ask()
        began = time.monotonic()
        (request,) = tick(maker)
        assert request.partition_key == str(other)
        run_for(maker, request, dg.DagsterRunStatus.STARTED)
        assert time.monotonic() - began < 10  # a statement that waits for the lock is ended after 30 s
    assert [request.partition_key for request in tick(maker)] == [str(locked)]


def test_a_requeue_that_breaks_is_told_of_and_stories_are_claimed_all_the_same(
    maker: StoryMaker, caplog: pytest.LogCaptureFixture
) -> None:
    maker.execute("ALTER FUNCTION patch_story_assets RENAME TO gone")
    maker.ask()
    assert len(tick(maker)) == 1
    maker.execute("UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 s'")
    maker.loop.call(maker.services.workers.announce(uuid4(), "idle", 1, 60))
    other = maker.ask()
    assert [request.partition_key for request in tick(maker)] == [str(other)]
    assert "The sensor could not queue again what was lost." in caplog.text


def test_a_story_that_no_worker_begins_waits_without_another_run(maker: StoryMaker) -> None:
    story_id = maker.ask()
    (request,) = tick(maker)
    run_for(maker, request, dg.DagsterRunStatus.STARTING)
    for _ in range(4):
        maker.execute("UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 s'")
        assert tick(maker) == []
    assert maker.row(story_id)["status"] == "generating"
    assert [run.status for run in maker.instance.get_runs()] == [dg.DagsterRunStatus.STARTING]


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED])
@pytest.mark.parametrize("begun", [False, True])
def test_a_cancelled_run_that_no_worker_has_takes_its_story_with_it_and_is_not_requested_again(
    maker: StoryMaker, status: dg.DagsterRunStatus, *, begun: bool
) -> None:
    story_id = maker.ask()
    (request,) = tick(maker)
    run = run_for(maker, request, status)
    if begun:  # by a worker that is gone now
        assert maker.loop.call(maker.loop.run_leases.take_up(run))
        maker.execute("UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 s'")
    assert tick(maker) == []
    assert {asset["error"] for asset in maker.assets(story_id).values()} == {"Cancelled by the operator."}
    (ended,) = maker.instance.get_runs()
    assert ended.status == dg.DagsterRunStatus.CANCELED


def run_for(maker: StoryMaker, request: dg.RunRequest, status: dg.DagsterRunStatus) -> dg.DagsterRun:
    """The run that the daemon creates of a request, as far as it has come."""
    tags = {**request.tags, PARTITION_TAG: request.partition_key or ""}
    return maker.instance.create_run_for_job(build_defs().resolve_job_def("make_story"), tags=tags, status=status)


def by_the_sweep(maker: StoryMaker) -> None:
    only = ["fail_stuck_assets"]  # the rest is tested where it can be seen
    resources = {"maker_loop": maker.resource}
    assert sweep.execute_in_process(instance=maker.instance, resources=resources, op_selection=only).success


def by_the_daemon_itself(maker: StoryMaker) -> None:
    with dg.build_sensor_context(instance=maker.instance, resources={"maker_loop": maker.resource}) as context:
        assert "1 stories had assets stuck" in str(stuck_assets_sensor(context))
    assert maker.instance.get_runs() == []  # nothing that would wait for a worker


@pytest.mark.parametrize("end_stuck", [by_the_sweep, by_the_daemon_itself])
def test_what_is_stuck_fails_and_the_rest_goes_on(maker: StoryMaker, end_stuck: Callable[[StoryMaker], None]) -> None:
    stuck, fine = maker.ask(), maker.ask()
    for lease in maker.claim():
        maker.loop.call(maker.services.queue.start(lease, "content"))
    maker.execute(
        f"UPDATE asset_generation_jobs SET started_at = now() - interval '16 minutes' WHERE story_id = '{stuck}'"  # noqa: S608
        " AND status = 'generating'",
    )
    end_stuck(maker)
    assert maker.row(stuck)["status"] == "failed"
    assert "longer than 15 minutes" in maker.assets(stuck)["content"]["error"]
    assert maker.row(fine)["status"] == "generating"


def test_the_definitions_load_and_everything_in_them_says_what_it_is_for() -> None:
    definitions = build_defs()
    dg.Definitions.validate_loadable(definitions)
    jobs = [definitions.resolve_job_def(name) for name in ("make_story", "sweep")]
    assert all(job.description for job in jobs)
    assert story_queue_sensor.description
    assert story_queue_sensor.default_status == dg.DefaultSensorStatus.RUNNING
