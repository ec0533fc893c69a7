"""A pooled, asynchronous connection to PostgreSQL, and how statements are run by name.

A statement is a file in `queries/`. `fetch_all` and `fetch_one` give its rows as frozen dataclasses, `fetch_values` the
values of its only column, `execute` the number of rows it touched.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from json import dumps
from pathlib import Path
from typing import LiteralString, Self, TypeVar
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow, class_row, scalar_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from storytailor.errors import ServiceUnavailableError

T = TypeVar("T")
Connection = psycopg.AsyncConnection[TupleRow]
QUERIES = Path(__file__).parent / "queries"
CONNECT_TIMEOUT = 5
STATEMENT_TIMEOUT_MS = 30_000
ACT_AS_USER = sql.SQL("BEGIN; SET LOCAL ROLE storytailor_api; SET LOCAL request.jwt.claims = {claims}")


@cache
def statement(name: str) -> LiteralString:
    """The SQL in `queries/<name>.sql`."""
    text: LiteralString = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    return text


def json(value: object) -> Jsonb | None:
    """A JSONB parameter; None stays SQL NULL."""
    return None if value is None else Jsonb(value)


@asynccontextmanager
async def unavailable_when_down() -> AsyncIterator[None]:
    """Raise ServiceUnavailableError for a database that does not answer; its URL stays out of the text."""
    try:
        yield
    except (PoolTimeout, psycopg.OperationalError) as error:
        raise ServiceUnavailableError(
            "The database does not answer. Is it up, and is DATABASE_URL right?", retry_after=5
        ) from error


class Database:
    """A pool of at most `max_size` connections bound to the event loop it was opened on.

    A statement waits up to `timeout` seconds for one of them.
    """

    def __init__(self, url: str, *, max_size: int = 10, timeout: float = 10) -> None:
        self.url = url
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=max_size,
            timeout=timeout,
            open=False,
            check=AsyncConnectionPool.check_connection,
            kwargs={
                "autocommit": True,
                "connect_timeout": CONNECT_TIMEOUT,
                "application_name": "storytailor",
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
            },
        )

    async def open(self) -> Self:
        """Start the pool. A database that is down is reported by the first statement, not here."""
        await self._pool.open()
        return self

    async def close(self) -> None:
        """Give the connections back to the server."""
        await self._pool.close()

    async def fetch_all(self, row: type[T], name: str, /, **params: object) -> list[T]:
        """Run the statement `name` in a transaction of its own; its rows, each as a `row`."""
        async with unavailable_when_down(), self._pool.connection() as connection:
            return await fetch_all(connection, row, name, **params)

    async def fetch_one(self, row: type[T], name: str, /, **params: object) -> T | None:
        """The first row of the statement `name`, or None."""
        rows = await self.fetch_all(row, name, **params)
        return rows[0] if rows else None

    async def fetch_values(self, value: type[T], name: str, /, **params: object) -> list[T]:
        """Run the statement `name` in a transaction of its own; the values of its only column."""
        async with unavailable_when_down(), self._pool.connection() as connection:
            return await fetch_values(connection, value, name, **params)

    async def execute(self, name: str, /, **params: object) -> int:
        """Run the statement `name` in a transaction of its own; how many rows it touched."""
        async with unavailable_when_down(), self._pool.connection() as connection:
            return await execute(connection, name, **params)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction: committed at the end, rolled back by an exception."""
        async with unavailable_when_down(), self._pool.connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def as_user(self, user_id: UUID) -> AsyncIterator[Connection]:
        """A transaction in which the database itself shows and takes this user's rows only.

        It runs as the role `storytailor_api`, with the user in `request.jwt.claims`; both end with it. Everything
        done for a caller goes through here; every other method is for makers, who see all tenants.
        """
        claims = dumps({"sub": str(user_id), "role": "authenticated"})
        async with unavailable_when_down(), self._pool.connection() as connection:
            # One round trip for BEGIN, role and claims: several statements, hence unprepared and without parameters.
            # The pool commits when the block ends, and rolls back when it raises.
            await connection.execute(ACT_AS_USER.format(claims=sql.Literal(claims)), prepare=False)
            yield connection


async def fetch_all(connection: Connection, row: type[T], name: str, /, **params: object) -> list[T]:
    """Run the statement `name` on this connection; its rows, each as a `row`: a dataclass with the columns' names."""
    async with connection.cursor(row_factory=class_row(row)) as cursor:
        await cursor.execute(statement(name), params)
        return await cursor.fetchall()


async def fetch_one(connection: Connection, row: type[T], name: str, /, **params: object) -> T | None:
    """The first row of the statement `name`, or None."""
    rows = await fetch_all(connection, row, name, **params)
    return rows[0] if rows else None


async def fetch_values(connection: Connection, value: type[T], name: str, /, **params: object) -> list[T]:
    """Run the statement `name` on this connection; the values of its only column, which are of type `value`."""
    async with connection.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(statement(name), params)
        return await cursor.fetchall()


async def execute(connection: Connection, name: str, /, **params: object) -> int:
    """Run the statement `name` on this connection; how many rows it touched."""
    return (await connection.execute(statement(name), params)).rowcount
