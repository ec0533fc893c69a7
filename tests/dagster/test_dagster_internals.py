"""Each thing borrowed from inside Dagster is called once, so that an upgrade which moves it is red at once."""

from __future__ import annotations

import inspect
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg
import psycopg
import pytest
import sqlalchemy
from celery.apps import worker as celery_worker
from dagster._core.definitions.data_version import DATA_VERSION_TAG
from dagster._core.events import StepMaterializationData
from dagster._core.execution import context_creation_job
from dagster._core.test_utils import instance_for_test
from dagster._daemon import sensor
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import pack_value
from dagster_celery.tasks import create_execute_job_task
from dagster_postgres import PostgresEventLogStorage

from storytailor.db.engines import open_engine
from storytailor_dagster.dagster_internals import (
    RUN_TASK,
    EventLogStorage,
    RunStorage,
    ScheduleStorage,
    StorageConnections,
    celery_app,
    execute_run,
    instance_defaults,
    partitioned_check,
    print_no_events,
    print_no_shutdown,
    run_id_of,
    storages,
)
from storytailor_dagster.dagster_internals.processes import SENSOR_LOOP
from storytailor_dagster.dagster_internals.quiet import CONSOLE_LOGGERS, SAY
from storytailor_dagster.instance import WarmInstance
from storytailor_dagster.partitions import stories


@dg.op
def greet() -> str:
    return "hello"


@dg.job(executor_def=dg.in_process_executor)
def greeting() -> None:
    greet()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with instance_for_test() as opened:
        yield opened


@pytest.fixture
def run(instance: dg.DagsterInstance) -> dg.DagsterRun:
    origin = dg.reconstructable(greeting).get_python_origin()
    return instance.create_run_for_job(greeting, job_code_origin=origin)


def test_a_run_is_executed_in_this_process(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    assert execute_run(instance, run.run_id) == 0
    ended = instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status == dg.DagsterRunStatus.SUCCESS


def test_a_check_of_each_story_is_made_without_a_warning() -> None:
    spec = partitioned_check("fine", "cover", "It is.")
    assert (spec.name, spec.partitions_def) == ("fine", stories)


def test_celery_writes_nothing_past_the_log_when_it_stops(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celery_worker, SAY, getattr(celery_worker, SAY))  # put back afterwards
    celery_worker.safe_say("worker: Warm shutdown", sys.__stderr__)
    assert "Warm shutdown" in capfd.readouterr().err
    print_no_shutdown()
    celery_worker.safe_say("worker: Warm shutdown", sys.__stderr__)
    assert capfd.readouterr().err == ""


def test_runs_print_no_events(
    instance: dg.DagsterInstance,
    run: dg.DagsterRun,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(context_creation_job, CONSOLE_LOGGERS, getattr(context_creation_job, CONSOLE_LOGGERS))
    print_no_events()
    assert execute_run(instance, run.run_id) == 0
    assert capfd.readouterr() == ("", "")
    assert len(instance.all_logs(run.run_id)) > 5


def test_the_argument_of_a_run_task_names_the_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    assert run.job_code_origin is not None
    sent = pack_value(ExecuteRunArgs(run.job_code_origin, run.run_id, instance.get_ref()))
    assert run_id_of(sent) == run.run_id


def test_the_run_task_has_the_name_by_which_the_launcher_calls_it() -> None:
    app = celery_app("memory://")
    assert create_execute_job_task(app).name == RUN_TASK
    assert app.conf.task_default_queue == "dagster"


def test_the_defaults_of_an_instance_are_dagsters_own() -> None:
    assert set(instance_defaults("/nowhere")) >= {"run_launcher", "run_coordinator", "local_artifact_storage"}


def test_the_daemons_loop_over_sensors_waits_as_long_as_it_is_told() -> None:
    assert isinstance(getattr(sensor, SENSOR_LOOP), int)
    assert SENSOR_LOOP in inspect.getsource(sensor.execute_sensor_iteration_loop)


def test_dagsters_storages_share_the_engine_they_are_given(database_url: str) -> None:
    engine = open_engine(database_url, max_connections=2)
    connections = StorageConnections(engine)
    ours: list[Any] = [RunStorage(connections), EventLogStorage(connections), ScheduleStorage(connections)]
    for storage in ours:
        storage.optimize_for_webserver(statement_timeout=1, pool_recycle=1, max_overflow=9)
        assert storage._engine is engine
    tables = set(sqlalchemy.inspect(engine).get_table_names())
    assert tables >= {"runs", "event_logs", "instigators", "daemon_heartbeats", "alembic_version"}
    ours[0].dispose()


@dg.asset(check_specs=[dg.AssetCheckSpec("fine", asset="told")], partitions_def=dg.StaticPartitionsDefinition(["a"]))
def told() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster would not know it
    return dg.MaterializeResult(metadata={"words": 7}, check_results=[dg.AssetCheckResult(passed=True)])


def test_an_event_is_stored_as_dagsters_own_storage_stores_it(database_url: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.materialize([told], instance=instance, partition_key="a").dagster_run
        events = instance.all_logs(run.run_id)
    engine = open_engine(database_url, max_connections=1)
    storage = EventLogStorage(StorageConnections(engine))

    def rows_when_stored_by(store: Callable[[Any, dg.EventLogEntry], None]) -> dict[str, list[Any]]:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(f"TRUNCATE {', '.join(EVENT_TABLES)} RESTART IDENTITY"))
        for event in events:
            store(storage, event)
        with engine.connect() as connection:
            return {
                table: sorted(connection.execute(rows_of(table, columns)).scalars())
                for table, columns in EVENT_TABLES.items()
            }

    ours = rows_when_stored_by(EventLogStorage.store_event)
    assert all(ours.values())
    assert ours == rows_when_stored_by(PostgresEventLogStorage.store_event)
    storage.dispose()


def test_the_version_of_what_this_process_has_just_made_is_known_without_asking_and_after_a_while_asked_for_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(database_url, max_connections=2)
    storage = EventLogStorage(StorageConnections(engine))
    statements: list[str] = []
    sqlalchemy.event.listen(engine, "before_cursor_execute", lambda *asked: statements.append(str(asked[2])))

    def versions(*partitions: str) -> dict[str, dict[str, str]]:
        statements.clear()
        made = dg.DagsterEventType.ASSET_MATERIALIZATION
        found = storage.get_latest_tags_by_partition(dg.AssetKey("cover"), made, [DATA_VERSION_TAG], list(partitions))
        return {partition: dict(tags) for partition, tags in found.items()}

    for version in ("first", "second"):
        storage.store_event(materialized("cover", "a story", {DATA_VERSION_TAG: version}))
    assert (versions("a story"), statements) == ({"a story": {DATA_VERSION_TAG: "second"}}, [])
    assert versions("a story", "another") == {"a story": {DATA_VERSION_TAG: "second"}}
    assert statements != []

    elsewhere = EventLogStorage(StorageConnections(engine))
    elsewhere.store_event(materialized("cover", "a story", {DATA_VERSION_TAG: "third"}))
    monkeypatch.setattr(storages, "JUST_MADE_SECONDS", 0.0)
    assert versions("a story") == {"a story": {DATA_VERSION_TAG: "third"}}
    engine.dispose()


def materialized(asset: str, partition: str, tags: dict[str, str]) -> dg.EventLogEntry:
    made = dg.AssetMaterialization(asset, partition=partition, tags=tags)
    told = dg.DagsterEvent(
        dg.DagsterEventType.ASSET_MATERIALIZATION.value, "make_story", event_specific_data=StepMaterializationData(made)
    )
    return dg.EventLogEntry(None, 20, "", "a run", time.time(), None, "make_story", told)  # type: ignore[no-untyped-call]


def rows_of(table: str, columns: str) -> sqlalchemy.Select[Any]:
    whole: sqlalchemy.ColumnElement[Any] = sqlalchemy.literal_column(f"{columns}::text")
    return sqlalchemy.select(whole).select_from(sqlalchemy.table(table))


EVENT_TABLES = {
    "event_logs": "event_logs",
    "asset_keys": "(asset_key, last_materialization, last_run_id, last_materialization_timestamp, tags)",
    "asset_event_tags": "asset_event_tags",
    "asset_check_executions": "(asset_key, check_name, run_id, execution_status, evaluation_event, partition)",
}
"""What each row says; when it was written is another matter."""


def test_a_connection_of_dagsters_that_the_server_has_ended_a_moment_ago_is_not_used_again(database_url: str) -> None:
    engine = open_engine(database_url, max_connections=1)
    backend = sqlalchemy.text("SELECT pg_backend_pid()")
    with engine.connect() as connection:
        before = connection.execute(backend).scalar()
    with engine.connect() as connection:
        assert connection.execute(backend).scalar() == before
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    with engine.connect() as connection:
        assert connection.execute(backend).scalar() != before
    engine.dispose()


def test_a_thread_that_holds_a_connection_of_dagsters_does_not_wait_for_another(database_url: str) -> None:
    engine = open_engine(database_url, max_connections=1)
    connections = StorageConnections(engine)
    runs, events, schedules = RunStorage(connections), EventLogStorage(connections), ScheduleStorage(connections)
    with runs.connect() as one, events.index_connection() as two, schedules.connect() as three:
        assert one is two is three
    with events.index_transaction() as outer, events.index_transaction() as inner, events.index_connection() as one:
        assert outer is inner is one
        assert events.has_table("runs")

    def break_off() -> None:
        with events.index_transaction() as transaction:
            transaction.execute(sqlalchemy.text("INSERT INTO kvs (key, value) VALUES ('a', 'b')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert runs.get_cursor_values({"a"}) == {}
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # a QueuePool
    runs.dispose()


def test_the_instance_of_warm_processes_sets_no_logging_up() -> None:
    assert WarmInstance.config_schema() == {}
    assert WarmInstance.config_defaults("/nowhere") == instance_defaults("/nowhere")
    assert hasattr(dg.DagsterInstance, "get_yaml_python_handlers")  # what ours overrides is still asked


def test_a_statement_of_dagsters_that_loses_its_connection_is_repeated(database_url: str) -> None:
    engine = open_engine(database_url, max_connections=1)
    with StorageConnections(engine).connect() as connection, psycopg.connect(database_url) as other:
        process = connection.execute(sqlalchemy.text("SELECT pg_backend_pid()")).scalar()
        ending = threading.Timer(0.5, other.execute, ["SELECT pg_terminate_backend(%s)", [process]])
        ending.start()
        again = connection.execute(sqlalchemy.text("SELECT pg_backend_pid() FROM pg_sleep(1.5)")).scalar()
        ending.join()
    assert again not in (None, process)
    engine.dispose()
