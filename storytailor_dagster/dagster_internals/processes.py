"""Dagster's processes, and how a run is made in one of them."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
from celery import Celery
from dagster._cli.api import _execute_run_command_body
from dagster._core.instance.ref import InstanceRef
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import unpack_value
from dagster._utils.interrupts import capture_interrupts
from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.make_app import make_app

from storytailor.db.patience import RUN_PATIENCE, patient

RUN_TASK = TASK_EXECUTE_JOB_NAME
"""The name of the Celery task by which dagster-celery's CeleryRunLauncher starts a run."""

SENSOR_LOOP, SENSOR_LOOP_SECONDS = "MIN_INTERVAL_LOOP_TIME", 1
"""How often the daemon looks which sensor is due. Every five seconds, as it does by itself, is what a story waits that
is queued while another has just been claimed."""


def celery_app(broker: str) -> Celery:
    """The Celery app as CeleryRunLauncher expects it. make_app is public, but nowhere documented."""
    app: Celery = make_app({"broker": broker, "backend": broker, "task_default_queue": "dagster"})  # type: ignore[no-untyped-call]
    return app


def run_id_of(task_argument: Any) -> str:
    """The run a task of CeleryRunLauncher's asks for: its argument is packed by Dagster's own serialisation."""
    return unpack_value(task_argument, as_type=ExecuteRunArgs).run_id


def execute_run(instance: dg.DagsterInstance, run_id: str) -> int:
    """Execute a run in this process as Dagster's own launchers do; there is no public way. The exit code.

    All that is done for it in a database, its steps' work as well, waits for the database as a run does.
    """
    with patient(RUN_PATIENCE):
        return _execute_run_command_body(
            run_id=run_id, instance=instance, write_stream_fn=lambda _event: None, set_exit_code_on_failure=False
        )


def run_daemon(instance: dg.DagsterInstance, workspace: str, log_format: str) -> None:
    """Run Dagster's daemon on this workspace file until it is stopped, as `dagster-daemon run` does."""
    from dagster._core.workspace.load_target import WorkspaceFileTarget
    from dagster._daemon import sensor  # two seconds, which others need not wait
    from dagster._daemon.controller import daemon_controller_from_instance

    logging.getLogger("dagster").propagate = False  # it prints by itself
    setattr(sensor, SENSOR_LOOP, SENSOR_LOOP_SECONDS)
    target = WorkspaceFileTarget([workspace])
    with (
        capture_interrupts(),
        daemon_controller_from_instance(
            instance, target, log_format="json" if log_format == "json" else "colored"
        ) as controller,
    ):
        controller.check_daemon_loop()


def serve_definitions(module: str, location: str, *, host: str, port: int, log_format: str) -> None:
    """Serve a module's definitions until it is stopped, as `dagster api grpc` does, whose log has no other setting."""
    from dagster._cli.api import api_cli  # a second, which others need not wait

    where = ("--host", host, "--port", str(port), "--location-name", location)
    printed = ("--log-format", "json" if log_format == "json" else "colored")
    # Dagster gives SIGTERM what SIGINT has, which is nothing in a process that a script has put into the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
    api_cli(["grpc", "-m", module, *where, *printed], standalone_mode=False)


@contextmanager
def opened_ui(instance: dg.DagsterInstance, workspace: str) -> Iterator[Any]:
    """Dagster's UI on this workspace file as an ASGI application, as `dagster-webserver` opens it.

    That program would listen by itself, where every page that finds its port could give it commands.
    """
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import WorkspaceFileTarget
    from dagster_webserver.app import create_app_from_workspace_process_context
    from dagster_webserver.version import __version__

    logging.getLogger("dagster").propagate = False  # it prints by itself
    with WorkspaceProcessContext(
        instance, version=__version__, workspace_load_target=WorkspaceFileTarget([workspace])
    ) as context:
        yield create_app_from_workspace_process_context(context, live_data_poll_rate=2000)


def instance_defaults(base_dir: str) -> Mapping[str, Any]:
    """Dagster's defaults for what dagster.yaml leaves out; a subclass of DagsterInstance has to give them."""
    return InstanceRef.config_defaults(base_dir)
