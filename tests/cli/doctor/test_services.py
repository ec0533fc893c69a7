"""What the doctor says of a database that poolers, limits and visitors have to do with."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from storytailor.db.migrations import migrate
from tests.cli.running import storytailor
from tests.servers import Server
from tests.supabase import make_project


@pytest.fixture
def project(server_15: Server) -> str:
    """The name of a migrated database of the login `project`."""
    name = f"doctor_{uuid4().hex[:8]}"
    url = server_15.url(name, "project")
    make_project(server_15.url("postgres"), name, url)
    migrate(url)
    return name


def said_of(url: str, folder: Path) -> str:
    """What the doctor prints, who ends with 1."""
    done = storytailor("doctor", STORYTAILOR_STATE_DIR=str(folder), DATABASE_URL=url)
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
