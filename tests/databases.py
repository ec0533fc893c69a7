"""Databases for tests, each as good as new, without making one for each test.

To make a database of the newest schema costs ten times what it costs to empty one.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import psycopg
from psycopg import Connection, sql

MOST_BYTES = 1_000_000
"""How large the tables of a database that is lent again may have become."""

EMPTY = """
DO $$
DECLARE it regclass;
BEGIN
    SET LOCAL session_replication_role = replica;  -- no trigger, no foreign key
    FOR it IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
          AND relname <> ALL (ARRAY[{seeded}]::name[])
    LOOP
        EXECUTE format('DELETE FROM %s', it);
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$
"""
SIZE = "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
CATALOGS = (
    *("pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_default_acl", "pg_event_trigger", "pg_extension"),
    *("pg_index", "pg_inherits", "pg_namespace", "pg_policy", "pg_proc", "pg_publication", "pg_rewrite"),
    *("pg_statistic_ext", "pg_subscription", "pg_trigger", "pg_type"),
)
NEWEST = sql.SQL("(SELECT (count(*), max(xmin::text::bigint))::text FROM {})")
SCHEMA = sql.SQL("SELECT ") + sql.SQL(", ").join(NEWEST.format(sql.Identifier(catalog)) for catalog in CATALOGS)
"""How many rows each catalog has, and which transaction wrote the newest of them."""
RIGHTS = """
SELECT (datdba, datacl, datconnlimit)::text,
    (SELECT array_agg(setting::text) FROM pg_db_role_setting AS setting WHERE setdatabase = pg_database.oid)
FROM pg_database WHERE datname = current_database()
"""
FILLED = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 ORDER BY 1
"""
ROWS = sql.SQL("SELECT kept::text FROM {} AS kept ORDER BY 1")
END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()
"""


class Databases:
    """Databases of one template on one server, lent to one test after the other.

    One that comes back is emptied. It is lent again under another name, so that nothing left over from the former test
    finds it. One whose schema, rights, settings or seeded rows have been changed, or that has grown, is dropped.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server = psycopg.connect(server, autocommit=True)
        self._template = template
        self._seeded: list[str] = []
        self._as_new: list[Any] | None = None
        self._clean: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    def take(self) -> str:
        """The name of one that is as its template."""
        if self._clean:
            return self._clean.pop()
        name = _new_name()
        self._server.execute(_named("CREATE DATABASE {} TEMPLATE {}", name, self._template))
        if self._as_new is None:
            with self._opened(name) as connection:
                self._seeded = [table for (table,) in connection.execute(FILLED)]
                self._as_new = self._state(connection)
        return name

    def give_back(self, name: str) -> None:
        """Take one back, whatever the test has done to it and whoever is still connected."""
        again = _new_name()
        try:
            self._server.execute(END_OTHERS, (name,))
            self._server.execute(_named("ALTER DATABASE {} RENAME TO {}", name, again))
        except psycopg.Error:  # gone, or somebody comes again and again
            self._server.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
            return
        with self._opened(again) as connection:
            usable = self._made_as_new(connection)
        if usable:
            self._clean.append(again)
        else:
            self._server.execute(_named("DROP DATABASE {} WITH (FORCE)", again))

    def _opened(self, name: str) -> Connection[Any]:
        return psycopg.connect(self._server.info.dsn, dbname=name, autocommit=True)

    def _made_as_new(self, connection: Connection[Any]) -> bool:
        """Empty it; whether it is as it was when it was made."""
        try:
            size = connection.execute(SIZE).fetchone()
            if size is None or size[0] > MOST_BYTES:
                return False
            connection.execute(sql.SQL(EMPTY).format(seeded=sql.SQL(", ").join(map(sql.Literal, self._seeded))))
            return self._state(connection) == self._as_new
        except psycopg.Error:  # such as a table that is locked against whoever changes it
            return False

    def _state(self, connection: Connection[Any]) -> list[Any]:
        """All that no DELETE makes as it was."""
        seeds = [connection.execute(ROWS.format(sql.Identifier(table))).fetchall() for table in self._seeded]
        return [connection.execute(SCHEMA).fetchone(), connection.execute(RIGHTS).fetchone(), seeds]


def _new_name() -> str:
    return f"test_{uuid4().hex[:12]}"


def _named(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))
