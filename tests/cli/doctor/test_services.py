"""What the doctor says of a database that poolers, limits and visitors have to do with."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from storytailor.db.migrations import migrate
from tests.cli.running import doctor, storytailor
from tests.servers import Server
from tests.supabase import make_project

WORKER = """INSERT INTO workers (id, name, slots, expires_at)
            VALUES (gen_random_uuid(), 'worker', 1, now() + interval '1 hour')"""


@pytest.fixture
def project(server_15: Server) -> str:
    """The name of a migrated database of the login `project`, with a worker: nothing there is amiss."""
    name = f"doctor_{uuid4().hex[:8]}"
    url = server_15.url(name, "project")
    make_project(server_15.url("postgres"), name, url)
    migrate(url)
    with psycopg.connect(server_15.url(name)) as connection:
        connection.execute(WORKER)
    return name


def said_of(url: str, folder: Path, **settings: str) -> str:
    """What the doctor prints, who ends with 1."""
    done = doctor(folder, DATABASE_URL=url, **settings)
    assert done.returncode == 1, done.stdout
    return done.stdout


def test_the_doctor_says_which_sizes_fit_a_login_of_fifteen_connections(
    project: str, server_15: Server, tmp_path: Path
) -> None:
    with psycopg.connect(server_15.url("postgres"), autocommit=True) as connection:
        connection.execute("ALTER ROLE project CONNECTION LIMIT 15")
        said = said_of(server_15.url(project, "project"), tmp_path)
        connection.execute("ALTER ROLE project CONNECTION LIMIT -1")
    assert "DATABASE_CONNECTIONS=2 and DAGSTER_CONNECTIONS=2" in said


def test_the_doctor_names_a_transaction_pooler_and_the_way_past_it(
    project: str, transaction_pooler: Server, tmp_path: Path
) -> None:
    assert "DATABASE_DIRECT_URL" in said_of(transaction_pooler.url(project, "project"), tmp_path)


def test_the_doctor_names_tables_of_dagster_that_anybody_with_the_publishable_key_may_read(
    project: str, server_15: Server, tmp_path: Path
) -> None:
    url = server_15.url(project, "project")
    with psycopg.connect(url) as connection:  # as dagster-postgres leaves them on a hosted Supabase
        connection.execute("CREATE TABLE event_logs (id BIGSERIAL, event TEXT)")
        connection.execute("CREATE TABLE daemon_heartbeats (daemon_type TEXT)")
    said = said_of(url, tmp_path)
    assert "✗ Database: Closed to visitors  anybody may read or write daemon_heartbeats, event_logs" in said
    assert "→ Run `storytailor migrate`, which closes them to visitors" in said

    assert storytailor("migrate", DATABASE_URL=url).returncode == 0
    healed = doctor(tmp_path, DATABASE_URL=url)
    assert (healed.returncode, "✓ Database: Closed to visitors" in healed.stdout) == (0, True), healed.stdout


def test_the_doctor_looks_for_them_in_dagsters_own_database_as_well(
    project: str, server_15: Server, tmp_path: Path
) -> None:
    name = f"{project}_dagster"
    dagsters = server_15.url(name, "project")
    make_project(server_15.url("postgres"), name, dagsters)
    with psycopg.connect(dagsters) as connection:
        connection.execute("CREATE TABLE runs (id BIGSERIAL)")
        connection.execute("CREATE TABLE daemon_heartbeats (daemon_type TEXT)")
    said = said_of(server_15.url(project, "project"), tmp_path, DAGSTER_DATABASE_URL=dagsters)
    assert "anybody may read or write daemon_heartbeats, runs" in said
    assert "REVOKE ALL ON them FROM anon, authenticated" in said
