"""What is borrowed from inside Dagster, with the reason for each: nothing else here uses a private name of it.

Checked on dagster 1.13.27, dagster-celery and dagster-postgres 0.29.27; test_dagster_internals.py and the tests of the
executor in tests/dagster/ call every one, so that an upgrade which moves something is red at once.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

import dagster as dg
from celery import Celery
from celery.apps import worker as celery_worker
from dagster._cli.api import _execute_run_command_body
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS, EngineEventData
from dagster._core.execution import context_creation_job
from dagster._core.execution.api import ExecuteRunWithPlanIterable
from dagster._core.execution.context.system import PlanExecutionContext, PlanOrchestrationContext, StepExecutionContext
from dagster._core.execution.context_creation_job import PlanExecutionContextManager
from dagster._core.execution.plan.active import ActiveExecution
from dagster._core.execution.plan.execute_plan import _trigger_hook, dagster_event_sequence_for_step
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode, get_retries_config
from dagster._core.execution.tags import get_tag_concurrency_limits_config
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqlEventLogStorageTable
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import unpack_value
from dagster._utils.interrupts import capture_interrupts
from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.make_app import make_app
from dagster_postgres import PostgresEventLogStorage, PostgresRunStorage, PostgresScheduleStorage
from dagster_postgres.utils import create_pg_connection

from storytailor.db.engines import repeat_when_lost
from storytailor_dagster.partitions import stories

RUN_TASK = TASK_EXECUTE_JOB_NAME
"""The name of the Celery task by which dagster-celery's CeleryRunLauncher starts a run."""

JUST_MADE_SECONDS, MOST_JUST_MADE = 120.0, 1_000
UNUSED_URL = "postgresql+psycopg2://"
IN_TRANSACTION = "storytailor: in a transaction"


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


AskedRun: TypeAlias = PlanOrchestrationContext
"""A run as an executor is given it."""
Plan: TypeAlias = ExecutionPlan
"""The steps it is to execute."""
OpenRun: TypeAlias = PlanExecutionContext
"""It, with its resources opened."""
StepTry: TypeAlias = StepExecutionContext
"""One try at one step of it."""
Retries: TypeAlias = RetryMode
"""Whether a step that asks for it is tried again."""


def with_resources(
    asked: AskedRun, plan: Plan, execute: Callable[[OpenRun, Plan], Iterator[dg.DagsterEvent]]
) -> Iterator[dg.DagsterEvent]:
    """The events of `execute`, for which the run's resources are opened before and closed after, with their events.

    As Dagster's in-process executor has it; an interrupt of the process is kept meanwhile for whoever asks for it.
    """
    opening = PlanExecutionContextManager(
        job=asked.job,
        execution_plan=plan,
        run_config=asked.run_config,
        dagster_run=asked.dagster_run,
        instance=asked.instance,
        retry_mode=asked.retry_mode,
        raise_on_error=asked.raise_on_error,
        output_capture=asked.output_capture,
    )
    yield from ExecuteRunWithPlanIterable(
        execution_plan=plan,
        iterator=lambda job_context, execution_plan: execute(job_context, execution_plan),
        execution_context_manager=opening,
    )


@contextmanager
def progress_of(run: OpenRun, plan: Plan, retries: Retries, limits: Mapping[str, Any]) -> Iterator[ActiveExecution]:
    """Which steps may begin, wait, are to be skipped or tried again: Dagster's own book-keeping for executors."""
    with (
        InstanceConcurrencyContext(run.instance, run.dagster_run) as pools,
        plan.start(retry_mode=retries, instance_concurrency_context=pools, **limits) as progress,
    ):
        yield progress


def await_on(run: OpenRun, loop: Any) -> None:
    """Have the coroutines of this run's steps awaited by `loop.run_until_complete`, the one thing Dagster calls of it.

    Dagster gives every run an event loop of its own, which runs in the thread of one step only.
    """
    run._event_loop = loop


def step_events(step: StepTry) -> Iterator[dg.DagsterEvent]:
    """Compute a step in this thread; its events as they are kept, those of its failure and of its hooks as well."""
    told: list[dg.DagsterEvent] = []
    for event in dagster_event_sequence_for_step(step):
        told.append(event)
        yield event
    yield from _trigger_hook(step, told)


def began_event(asked: AskedRun, message: str) -> dg.DagsterEvent:
    """Tell the run's page which process makes it."""
    data = EngineEventData.in_process(os.getpid(), asked.execution_plan.step_keys_to_execute)
    return dg.DagsterEvent.engine_event(asked, message, event_specific_data=data)


EXECUTOR_SETTINGS = {
    "retries": get_retries_config(),  # type: ignore[no-untyped-call]
    "tag_concurrency_limits": get_tag_concurrency_limits_config(),  # type: ignore[no-untyped-call]
}
"""What Dagster's own executors may be given in a run's config."""


def partitioned_check(name: str, asset: str, description: str) -> dg.AssetCheckSpec:
    """A check whose results are kept for each story. That checks have partitions is public, but a preview."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(name, asset=asset, description=description, partitions_def=stories)


SENSOR_LOOP, SENSOR_LOOP_SECONDS = "MIN_INTERVAL_LOOP_TIME", 1
"""How often the daemon looks which sensor is due. Every five seconds, as it does by itself, is what a story waits that
is queued while another has just been claimed."""

CONSOLE_LOGGERS = "default_system_loggers"
SAY = "safe_say"


def print_no_events() -> None:
    """Keep Dagster from printing every event of every run, which it keeps in its database as well.

    `python_logs` in dagster.yaml would drop what is logged to a run's page along with what is printed.
    """
    setattr(context_creation_job, CONSOLE_LOGGERS, lambda _instance: [])


def print_no_shutdown() -> None:
    """Keep Celery from writing past every log that it stops: whatever reads JSON trips over that line."""
    setattr(celery_worker, SAY, lambda *_args, **_named: None)


class StorageConnections:
    """An engine's connections for Dagster's storages: while a thread holds one, it is given the same again.

    Dagster asks for another now and then: whether a table exists, in the transaction that stores an event. With a pool
    that all threads share, each would hold one and wait for the next.
    """

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self._threads = threading.local()

    @property
    def _held(self) -> list[Any]:
        """What this thread holds, the innermost last."""
        if not hasattr(self._threads, "held"):
            self._threads.held = []
        held: list[Any] = self._threads.held
        return held

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """A connection whose statements commit by themselves, or belong to the transaction this thread is in."""
        if self._held:
            yield self._held[-1]
            return
        with create_pg_connection(self.engine) as connection, self._holding(connection):
            repeat_when_lost(connection)
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A connection in a transaction: the one this thread is in, or a new one on a connection of its own."""
        if self._held and self._held[-1].info.get(IN_TRANSACTION):
            yield self._held[-1]
            return
        with create_pg_connection(self.engine) as pooled:
            connection = pooled.execution_options(isolation_level="READ COMMITTED")
            connection.info[IN_TRANSACTION] = True
            try:
                with connection.begin(), self._holding(connection):
                    yield connection
            finally:
                connection.info[IN_TRANSACTION] = False

    @contextmanager
    def _holding(self, connection: Any) -> Iterator[None]:
        held = self._held
        held.append(connection)
        try:
            yield
        finally:
            held.remove(connection)


class _OnGivenConnections:
    """A storage of dagster-postgres on what it is given; it would make an engine of its own and lets nobody choose."""

    def __init__(self, connections: StorageConnections) -> None:
        self._connections = connections
        super().__init__(UNUSED_URL)  # type: ignore[call-arg]  # a storage comes after this class

    @property
    def _engine(self) -> Any:
        return self._connections.engine

    @_engine.setter
    def _engine(self, made: object) -> None:
        """What the storage makes never connects."""

    def connect(self, *_: object) -> AbstractContextManager[Any]:
        """What run and schedule storage ask for."""
        return self._connections.connect()

    def _connect(self) -> AbstractContextManager[Any]:
        """What the event log asks for."""
        return self._connections.connect()

    def optimize_for_webserver(self, *_: object, **__: object) -> None:
        """Pooled already; Dagster would put a larger pool in its place."""

    def dispose(self) -> None:
        """Give the connections back to the server."""
        super().dispose()  # type: ignore[misc]  # likewise
        self._engine.dispose()


class RunStorage(_OnGivenConnections, PostgresRunStorage):
    """PostgresRunStorage on given connections."""


class EventLogStorage(_OnGivenConnections, PostgresEventLogStorage):
    """PostgresEventLogStorage on given connections, which asks and says less.

    Dagster's own asks the catalog with each event for tables and columns that earlier versions did not have, and tells
    listeners of it that there are none of since 1.13: a third of a story's statements.
    """

    def __init__(self, connections: StorageConnections) -> None:
        self._known_tables: set[str] = set()
        self._known_columns: set[str] = set()
        self._just_made: dict[tuple[dg.AssetKey, str], tuple[float, Mapping[str, str]]] = {}
        super().__init__(connections)

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Store an event, and what it says of an asset or a check."""
        with self._connect() as connection:
            stored = connection.execute(self.prepare_insert_event(event).returning(SqlEventLogStorageTable.c.id))
            event_id = int(stored.scalar_one())
        told = event.dagster_event
        if told is None:
            return
        if told.event_type in ASSET_EVENTS and told.asset_key:
            with self.index_transaction() as connection:
                self._store_asset_event_tags(connection, [event], [event_id])
                self._store_asset_event(connection, event, event_id)
            self._remember(told)
        if told.event_type in ASSET_CHECK_EVENTS:
            self.store_asset_check_event(event, event_id)

    def _remember(self, event: dg.DagsterEvent) -> None:
        made = event.step_materialization_data.materialization if event.is_step_materialization else None
        if made is None or made.partition is None:
            return
        if len(self._just_made) >= MOST_JUST_MADE:
            self._just_made.clear()
        self._just_made[made.asset_key, made.partition] = time.monotonic(), made.tags or {}

    def get_latest_tags_by_partition(
        self,
        asset_key: dg.AssetKey,
        event_type: dg.DagsterEventType,
        tag_keys: Sequence[str],
        asset_partitions: Sequence[str] | None = None,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> Mapping[str, Mapping[str, str]]:
        """The newest tags of each partition. What this process has just made is not asked for.

        Each step asks so for the version of each of its inputs, which a step before it has made: a fifth of a story's
        statements. Somebody who made it again elsewhere within JUST_MADE_SECONDS is missed: then the UI takes what is
        made of it here for out of date.
        """
        asks_for_newest = event_type == dg.DagsterEventType.ASSET_MATERIALIZATION and not (
            before_cursor or after_cursor
        )
        if asks_for_newest and asset_partitions:
            just_made = {partition: self._tags_just_made(asset_key, partition) for partition in asset_partitions}
            if all(key in tags for tags in just_made.values() for key in tag_keys):
                return {partition: {key: tags[key] for key in tag_keys} for partition, tags in just_made.items()}
        return super().get_latest_tags_by_partition(
            asset_key, event_type, tag_keys, asset_partitions, before_cursor, after_cursor
        )

    def _tags_just_made(self, asset_key: dg.AssetKey, partition: str) -> Mapping[str, str]:
        at, tags = self._just_made.get((asset_key, partition), (float("-inf"), {}))
        return tags if time.monotonic() - at < JUST_MADE_SECONDS else {}

    def has_table(self, table_name: str) -> bool:
        """Whether there is this table; no table of Dagster's goes away again."""
        if table_name not in self._known_tables and super().has_table(table_name):
            self._known_tables.add(table_name)
        return table_name in self._known_tables

    def has_asset_key_col(self, column_name: str) -> bool:
        """Whether the table of assets has this column."""
        if column_name in self._known_columns:
            return True
        with self.index_connection() as connection:
            return self._has_asset_key_col_on_connection(connection, column_name)

    def _has_asset_key_col_on_connection(self, conn: Any, column_name: str) -> bool:
        if column_name not in self._known_columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._known_columns.add(column_name)
        return column_name in self._known_columns

    @contextmanager
    def index_transaction(self) -> Iterator[Any]:
        """A connection in a transaction."""
        with self._connections.transaction() as connection:
            yield connection


class ScheduleStorage(_OnGivenConnections, PostgresScheduleStorage):
    """PostgresScheduleStorage on given connections."""
