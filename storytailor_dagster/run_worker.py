"""The warm worker: a Celery app whose one task makes a story's run, many side by side in threads.

    celery -A storytailor_dagster.run_worker:app worker --pool threads

It takes the tasks of dagster-celery's CeleryRunLauncher. The stock task opens a Dagster instance for every run;
this one, under the same name, shares one instance and one maker loop a process.
"""

from __future__ import annotations

import logging
from functools import lru_cache

import dagster as dg
from celery import Celery
from celery.signals import worker_init, worker_shutting_down

from storytailor.settings import get_settings
from storytailor_dagster.dagster_internals import RUN_TASK, celery_app, execute_run, run_id_of
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.resources import maker_loop_resource

log = logging.getLogger(__name__)


def _app() -> Celery:
    app = celery_app(get_settings().broker)
    app.conf.update(
        # taken when begun: a run that dies with its worker comes back through its lease, not through the broker
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        task_ignore_result=False,
        result_expires=3_600,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts_level="INFO",
        broker_connection_retry_on_startup=True,
        worker_soft_shutdown_timeout=0.0,
    )
    return app


app = _app()


@lru_cache(maxsize=1)
def _instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.get()


def _maker_loop() -> MakerLoop:
    return maker_loop_resource(get_settings()).loop


@app.task(name=RUN_TASK, track_started=True)  # type: ignore[untyped-decorator]
def make_run(execute_job_args_packed: object) -> int:
    """Make one run; afterwards its lease is released, so that what it left unfinished is queued again."""
    run_id = run_id_of(execute_job_args_packed)
    instance = _instance()
    run = instance.get_run_by_id(run_id)
    if run is None or run.is_finished:
        log.warning("Run %s is gone or over: a task delivered twice does nothing.", run_id)
        return 0
    try:
        return execute_run(instance, run_id)
    finally:
        maker = _maker_loop()
        left = maker.call(maker.run_leases.release(run_id))
        if left:
            log.warning("Run %s left %s unfinished: queued again.", run_id, ", ".join(left))


def _warm_up(**_: object) -> None:
    """Open the services before the first story comes, and let what the makers log be seen."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(name)s: %(message)s")
    for chatty in ("httpx", "httpx2", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    _maker_loop()
    _instance()


def _release_leases(**_: object) -> None:
    """Asked to stop: what is under way is queued again for the next worker, and the runs end."""
    maker = _maker_loop()
    maker.call(maker.services.leases.release_all())


worker_init.connect(_warm_up)
worker_shutting_down.connect(_release_leases)
