"""Dagster's tables know children's names: they are where PostgREST does not serve them, and closed to visitors."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from dagster._core.storage.event_log import SqlEventLogStorageMetadata
from dagster._core.storage.runs import RunStorageSqlMetadata
from dagster._core.storage.schedules import ScheduleStorageSqlMetadata
from psycopg.errors import InsufficientPrivilege

from storytailor.db.engines import DAGSTER_TABLES, open_engine
from storytailor.db.inspection import inspect_database
from storytailor.db.migrations import migrate
from storytailor.settings import Settings
from storytailor_dagster.dagster_internals import EventLogStorage, RunStorage, ScheduleStorage, StorageConnections
from tests.servers import Server
from tests.supabase import make_project


@pytest.fixture
def project_url(server_15: Server) -> str:
    name = f"tables_{uuid4().hex[:8]}"
    url = server_15.url(name, "project")
    make_project(server_15.url("postgres"), name, url)
    return url


def make_tables(url: str) -> None:
    engine = open_engine(url, max_connections=2)
    connections = StorageConnections(engine)
    for storage in (RunStorage(connections), EventLogStorage(connections), ScheduleStorage(connections)):
        storage.dispose()


def test_we_know_all_tables_of_dagster() -> None:
    metadata = (RunStorageSqlMetadata, SqlEventLogStorageMetadata, ScheduleStorageSqlMetadata)
    assert {table for tables in metadata for table in tables.tables} | {"alembic_version"} == set(DAGSTER_TABLES)


@pytest.mark.parametrize("visitor", ["anon", "authenticated"])
def test_visitors_can_do_nothing_with_dagsters_tables(project_url: str, visitor: str) -> None:
    migrate(project_url)
    make_tables(project_url)
    with psycopg.connect(project_url, autocommit=True) as connection:
        assert connection.execute("SELECT to_regclass('public.event_logs')").fetchone() == (None,)
        connection.execute(f"SET ROLE {visitor}".encode())
        for attempt in (
            "SELECT * FROM dagster.event_logs",
            "DELETE FROM dagster.runs",
            "INSERT INTO dagster.kvs (key, value) VALUES ('a', 'b')",
            "CREATE TABLE dagster.mine (id INT)",
        ):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(attempt.encode())


async def test_tables_that_an_earlier_version_put_into_public_are_found_open_and_closed_by_migrate(
    project_url: str,
) -> None:
    with psycopg.connect(project_url) as connection:  # what dagster-postgres did by itself
        connection.execute("CREATE TABLE event_logs (id BIGSERIAL, event TEXT)")
        connection.execute("CREATE TABLE asset_keys (id BIGSERIAL)")
        connection.execute("CREATE TABLE daemon_heartbeats (daemon_type TEXT)")
        connection.execute("CREATE TABLE theirs (id BIGSERIAL)")
    settings = Settings(_env_file=None, database_url=project_url)
    opened = await inspect_database(settings)
    assert opened.exposed_tables == ("asset_keys", "daemon_heartbeats", "event_logs")
    (finding,) = [finding for finding in opened.findings if finding.name == "Closed to visitors"]
    assert finding.remedy is not None
    assert "storytailor migrate" in finding.remedy
    migrate(project_url)
    assert (await inspect_database(settings)).exposed_tables == ()
    with psycopg.connect(project_url, autocommit=True) as connection:
        connection.execute("SET ROLE anon")
        with pytest.raises(InsufficientPrivilege):
            connection.execute("SELECT * FROM event_logs")
        connection.execute("SELECT * FROM theirs")  # not ours to close
