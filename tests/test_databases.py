"""A database that a test gets is as good as new, whatever the test before it did."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.databases import Databases
from tests.postgres import url_of

THIS_DATABASE = "DO $$ BEGIN EXECUTE format('{}', current_database()); END $$"
CHANGES = {
    "a table more": "CREATE TABLE toys (name text)",
    "a column less": "ALTER TABLE characters DROP COLUMN traits",
    "a trigger less": "ALTER TABLE stories DISABLE TRIGGER ALL",
    "a function changed": "ALTER FUNCTION account_for_story() COST 7",
    "a policy less": "DROP POLICY makers ON stories",
    "a right more": "GRANT SELECT ON stories TO public",
    "a right to the database less": THIS_DATABASE.format("REVOKE ALL ON DATABASE %I FROM public"),
    "a setting": THIS_DATABASE.format("ALTER DATABASE %I SET work_mem = 128"),
    "another installation": "UPDATE installation SET id = gen_random_uuid()",
    "many rows": "INSERT INTO users (id) SELECT gen_random_uuid() FROM generate_series(1, 20000)",
}
FAMILY = """
WITH family AS (INSERT INTO users (id) VALUES (gen_random_uuid()) RETURNING id),
     removal AS (INSERT INTO object_removals (owner_user_id, prefix) SELECT id, 'x' FROM family)
INSERT INTO libraries (owner_user_id, name) SELECT id, 'Home' FROM family
"""


@pytest.fixture
def lent(postgres: str, migrated_template: str) -> Iterator[Databases]:
    with Databases(postgres, migrated_template) as databases:
        yield databases


def oid(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    """What a database keeps under any name."""
    return connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()


def test_what_the_former_test_wrote_is_gone_and_numbers_begin_again(postgres: str, lent: Databases) -> None:
    name = lent.take()
    with psycopg.connect(url_of(postgres, name)) as connection:
        connection.execute(FAMILY)
        first = oid(connection)
    lent.give_back(name)
    with psycopg.connect(url_of(postgres, lent.take())) as connection:
        assert oid(connection) == first  # the same one
        for table in ("users", "libraries", "object_removals"):
            assert connection.execute(f"SELECT FROM {table}".encode()).rowcount == 0
        connection.execute(FAMILY)
        assert connection.execute("SELECT id FROM object_removals").fetchall() == [(1,)]


def test_whoever_is_still_connected_is_cut_off_and_does_not_come_back(postgres: str, lent: Databases) -> None:
    name = lent.take()
    with psycopg.connect(url_of(postgres, name)) as left_over:
        left_over.execute("LOCK TABLE users")
        lent.give_back(name)
        with pytest.raises(psycopg.OperationalError):
            left_over.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url_of(postgres, name))


@pytest.mark.parametrize("change", CHANGES)
def test_one_with_other_than_rows_changed_is_not_lent_again(postgres: str, lent: Databases, change: str) -> None:
    name = lent.take()
    with psycopg.connect(url_of(postgres, name)) as connection:
        connection.execute(CHANGES[change].encode())
        former = oid(connection)
    lent.give_back(name)
    with psycopg.connect(url_of(postgres, lent.take())) as connection:
        assert oid(connection) != former
