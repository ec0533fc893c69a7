"""What is borrowed from inside Dagster, with the reason for each: nothing else here uses a private name of it.

Checked on dagster 1.13.27 and dagster-celery 0.29.27; tests/dagster/test_dagster_internals.py calls every one, so
that an upgrade which moves something is red at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from celery import Celery
from dagster._cli.api import _execute_run_command_body
from dagster._core.instance.ref import InstanceRef
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import unpack_value
from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.make_app import make_app

RUN_TASK = TASK_EXECUTE_JOB_NAME
"""The name of the Celery task by which dagster-celery's CeleryRunLauncher starts a run."""

STATEMENT_TIMEOUT_MS = 30_000
RECYCLE_SECONDS = 3_600
OVERFLOW = 16


def celery_app(broker: str) -> Celery:
    """The Celery app as CeleryRunLauncher expects it. make_app is public, but nowhere documented."""
    app: Celery = make_app({"broker": broker, "backend": broker, "task_default_queue": "dagster"})  # type: ignore[no-untyped-call]
    return app


def run_id_of(task_argument: Any) -> str:
    """The run a task of CeleryRunLauncher's asks for: its argument is packed by Dagster's own serialisation."""
    return unpack_value(task_argument, as_type=ExecuteRunArgs).run_id


def execute_run(instance: dg.DagsterInstance, run_id: str) -> int:
    """Execute a run in this process as Dagster's own launchers do; there is no public way. The exit code."""
    return _execute_run_command_body(
        run_id=run_id, instance=instance, write_stream_fn=lambda _event: None, set_exit_code_on_failure=False
    )


def instance_defaults(base_dir: str) -> Mapping[str, Any]:
    """Dagster's defaults for what dagster.yaml leaves out; a subclass of DagsterInstance has to give them."""
    return InstanceRef.config_defaults(base_dir)


def pool_connections(instance: dg.DagsterInstance) -> None:
    """Have the instance's storages keep their connections: dagster-postgres opens one for every statement."""
    for storage in (instance.run_storage, instance.event_log_storage, instance.schedule_storage):
        if storage is not None:
            storage.optimize_for_webserver(STATEMENT_TIMEOUT_MS, RECYCLE_SECONDS, OVERFLOW)
