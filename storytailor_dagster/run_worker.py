"""The warm worker: a Celery app whose one task makes a story's run, many side by side in threads.

    celery -A storytailor_dagster.run_worker:app worker --pool threads

It takes the tasks of dagster-celery's CeleryRunLauncher. The stock task opens a Dagster instance for every run;
this one, under the same name, shares one instance and one maker loop a process.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import dagster as dg
from celery import Celery
from celery.signals import celeryd_init, setup_logging, worker_init, worker_ready, worker_shutting_down

from storytailor import tracing
from storytailor.at_start import keep_what_is_loaded, send_telemetry, works_with
from storytailor.errors import SettingsError
from storytailor.logs import about, configure
from storytailor.settings import get_settings
from storytailor_dagster.dagster_internals import (
    RUN_TASK,
    celery_app,
    execute_run,
    print_no_events,
    print_no_shutdown,
    run_id_of,
)
from storytailor_dagster.looking_ahead import begin_to_ask
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.resources import maker_loop_resource
from storytailor_dagster.run_leases import PARENT_RUN_TAG, PARTITION_TAG, TRACE_TAG, assets_of
from storytailor_dagster.run_watch import CANCELLED, RunWatch
from storytailor_dagster.worker_presence import WorkerPresence

log = logging.getLogger(__name__)

TO_MAKE = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED)
"""What a run is when its task comes; STARTED means that another worker has it."""
READ_SECONDS, READ_PAUSE = 60.0, 1.0


def _app() -> Celery:
    app = celery_app(get_settings().broker)
    app.conf.update(
        # taken when begun: a run that dies with its worker comes back through its lease, not through the broker
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        task_ignore_result=False,
        result_expires=3_600,
        broker_connection_retry_on_startup=True,
        worker_soft_shutdown_timeout=0.0,
    )
    return app


app = _app()


@lru_cache(maxsize=1)
def _instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.get()


def _maker_loop() -> MakerLoop:
    settings = get_settings()
    return maker_loop_resource(settings, connections=settings.database_connections).loop


@lru_cache(maxsize=1)
def _watch() -> RunWatch:
    maker = _maker_loop()
    return RunWatch(_instance(), lambda run: maker.call(maker.run_leases.cancel(run)))


@lru_cache(maxsize=1)
def _presence() -> WorkerPresence:
    return WorkerPresence(_maker_loop())


@app.task(name=RUN_TASK, track_started=True)  # type: ignore[untyped-decorator]
def make_run(execute_job_args_packed: object) -> int:
    """Make one run; afterwards its lease is released, so that what it left unfinished is queued again."""
    run_id = run_id_of(execute_job_args_packed)
    with _watch().watching(run_id), about(run=run_id):
        return make(_instance(), _maker_loop(), run_id)


def make(instance: dg.DagsterInstance, maker: MakerLoop, run_id: str) -> int:
    """Take the run's claim up and make it, unless it is over, cancelled, or another worker's; its exit code."""
    run = _read(instance, run_id)
    if run is None or run.status not in TO_MAKE:
        log.warning("The run is gone, over or begun elsewhere: a task delivered twice does nothing.")
        if run is not None and run.status in CANCELLED:
            maker.call(maker.run_leases.cancel(run))
            _close(instance, run)
        return 0
    with about(story=run.tags.get(PARTITION_TAG)):
        return _make(instance, maker, run)


def _make(instance: dg.DagsterInstance, maker: MakerLoop, run: dg.DagsterRun) -> int:
    asked = time.monotonic()
    try:
        if not maker.call(maker.run_leases.take_up(run), timeout=None):  # it may wait here, for its turn
            _close(instance, instance.get_run_by_id(run.run_id))
            return 0
        began = time.monotonic()
        waited = f" It waited {began - asked:.1f} s for its turn." if began - asked >= 1 else ""
        log.info("Making %s.%s", _described(run), waited)
        with _traced(run, began - asked):
            code = execute_run(instance, run.run_id)
        log.info("Over after %.1f s.", time.monotonic() - began)
        return code
    finally:
        left = maker.call(maker.run_leases.release(run.run_id))
        if left:
            log.warning("%s left unfinished: queued again.", ", ".join(left))


def _read(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun | None:
    """The run, as soon as Dagster's database gives it. A connection that was checked may break at this statement.

    Until the run is read, nobody knows which claim to release. When patience is at its end, the claim has run out by
    itself; since nobody had begun it, it is not counted.
    """
    ends = time.monotonic() + READ_SECONDS
    while True:
        try:
            return instance.get_run_by_id(run_id)
        except Exception as away:  # of SQLAlchemy, of psycopg2, or Dagster's own
            if time.monotonic() > ends:
                raise
            log.warning("Dagster's database does not give the run, trying again: %s", type(away).__name__)
        time.sleep(READ_PAUSE)


def _traced(run: dg.DagsterRun, waited: float) -> AbstractContextManager[None]:
    """The run as a step of its story's trace; one that repeats another begins a trace of its own."""
    story = run.tags.get(PARTITION_TAG)
    parent = None if PARENT_RUN_TAG in run.tags else run.tags.get(TRACE_TAG)
    about_it: dict[str, tracing.Attribute] = {
        tracing.STORY: story,
        tracing.RUN: run.run_id,
        "storytailor.waited_seconds": round(waited, 3),
    }
    return tracing.span("run story" if story else f"run {run.job_name}", "CONSUMER", about_it, parent=parent)


def _described(run: dg.DagsterRun) -> str:
    if story := run.tags.get(PARTITION_TAG):
        return f"{', '.join(assets_of(run))} of story {story}"
    return run.job_name


def _close(instance: dg.DagsterInstance, run: dg.DagsterRun | None) -> None:
    """The run's claim has ended, so the run ends too; unless another worker has just begun both."""
    if run is not None and run.status in CANCELLED and not run.is_finished:
        instance.report_run_canceled(run)
    elif run is not None and run.status in TO_MAKE:
        instance.report_run_failed(run, "The claim of this run had ended before a worker began it. Nothing was made.")


def _set_up_logging(**_: object) -> None:
    """Log as the settings say, instead of as Celery does: it would print what is printed once more."""
    configure(get_settings().log_format)
    print_no_events()
    print_no_shutdown()


def _warm_up(**_: object) -> None:
    """Open the services before the first story comes."""
    send_telemetry(get_settings(), "storytailor-worker")
    try:
        _maker_loop()
        _instance()
    except SettingsError as wrong:  # Celery would log any other exception and go on
        log.critical("%s", wrong)
        raise SystemExit(1) from wrong


def _announce(sender: Any, **_: object) -> None:
    """Say that this worker is there, with what it works, and how many stories it makes side by side."""
    slots, maker = sender.controller.concurrency, _maker_loop()
    settings = maker.services.settings
    log.info("This worker makes %d stories side by side, with %s.", slots, works_with(settings))
    keep_what_is_loaded()
    _presence().start(slots=slots)
    if settings.ask_at_start:
        maker.call(begin_to_ask(maker.services))


def _stop(**_: object) -> None:
    """Asked to stop: what is being made is finished, the rest queued again for the next worker, and the runs end.

    Celery takes no further task and waits for the runs. Asked once more, or with no time for it, all of it stops.
    """
    maker = _maker_loop()
    seconds = 0.0 if maker.services.leases.is_winding_down else maker.services.settings.drain_seconds
    finishing = f"what is being made has {seconds:g} s, the rest" if seconds else "what is under way"
    log.info("Asked to stop: %s is given back.", finishing)
    _presence().leave()
    ending = threading.Thread(target=lambda: maker.call(maker.run_leases.wind_down(seconds), timeout=None))
    ending.start()
    if not seconds:
        ending.join()


celeryd_init.connect(_set_up_logging)  # before Celery warns of anything
setup_logging.connect(_set_up_logging)
worker_init.connect(_warm_up)
worker_ready.connect(_announce)
worker_shutting_down.connect(_stop)
