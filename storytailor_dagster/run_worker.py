"""The warm worker: a Celery app whose one task makes a story's run, many side by side in threads.

    celery -A storytailor_dagster.run_worker:app worker --pool threads

It takes the tasks dagster-celery's CeleryRunLauncher sends. The stock task opens a Dagster instance for every
run; this one, under the same name, shares one instance and one engine a process. Checked on dagster-celery
0.29.27 and dagster 1.13.27.
"""

import logging
from functools import lru_cache
from typing import Any

import dagster as dg
from celery import Celery
from celery.signals import worker_init, worker_shutting_down
from dagster._cli.api import _execute_run_command_body  # how Dagster's own launchers execute a run
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import unpack_value
from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.make_app import make_app

from storytailor.settings import get_settings
from storytailor_dagster.maker_loop import process_engine

log = logging.getLogger(__name__)


def _app() -> Celery:
    celery: Celery = make_app(  # type: ignore[no-untyped-call]
        {"broker": get_settings().broker, "backend": get_settings().broker, "task_default_queue": "dagster"}
    )
    celery.conf.update(
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
    return celery


app = _app()


@lru_cache(maxsize=1)
def _instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.get()


@app.task(name=TASK_EXECUTE_JOB_NAME, track_started=True)  # type: ignore[untyped-decorator]
def execute_run(execute_job_args_packed: Any) -> int:
    """Make one run; afterwards whatever it left unfinished goes back into the queue."""
    args = unpack_value(execute_job_args_packed, as_type=ExecuteRunArgs)
    instance = _instance()
    run = instance.get_run_by_id(args.run_id)
    if run is None or run.is_finished:
        log.warning("Run %s is gone or over: a task delivered twice does nothing.", args.run_id)
        return 0
    try:
        return _execute_run_command_body(
            run_id=args.run_id,
            instance=instance,
            write_stream_fn=lambda _event: None,
            set_exit_code_on_failure=False,
        )
    finally:
        engine = process_engine()
        left = engine.call(engine.end_run(args.run_id))
        if left:
            log.warning("Run %s left %s unfinished: queued again.", args.run_id, ", ".join(left))


def _warm_up(**_: Any) -> None:
    """Open the studio before the first story comes, and let what the makers log be seen."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(name)s: %(message)s")
    for chatty in ("httpx", "httpx2", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    process_engine()
    _instance()


def _hand_over(**_: Any) -> None:
    """Asked to stop: what is under way goes back into the queue for the next worker, and the runs end."""
    engine = process_engine()
    engine.call(engine.studio.leases.give_all_back())


worker_init.connect(_warm_up)
worker_shutting_down.connect(_hand_over)
