"""A pooled, asynchronous connection to PostgreSQL, and how statements are run by name.

A statement is a file in `queries/`. `fetch_all` and `fetch_one` give its rows as frozen dataclasses, `fetch_values` the
values of its only column, `execute` the number of rows it touched.

What is done for a caller is done in a pipeline: `send` and `ask` go out with whatever is fetched next, in one round
trip. On a busy machine each round trip waits twice for its turn, here and at the server, and they add up.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from json import dumps
from pathlib import Path
from typing import LiteralString, Self, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from storytailor.db import connecting
from storytailor.db.announcements import Announcements
from storytailor.db.connecting import (
    bounded,
    closed_when_read_only,
    configure,
    cut_after,
    is_trusted,
    unavailable_when_down,
)
from storytailor.db.patience import patience
from storytailor.db.repeating import Presence, Work, only_reads
from storytailor.settings import Settings

T = TypeVar("T")
Connection = connecting.Connection
QUERIES = Path(__file__).parent / "queries"
CHECK_SECONDS = 2.0
"""For a connection of the pool to show that it still leads to the server, before it is lent out."""
CUT_GRACE = 2.0
"""Seconds a statement may go on after the server should have ended it, before we do."""
WAIT_SLICE = 3.0
"""A statement asks the pool so often for a connection: a pool whose server is away tries again when it is asked."""
IDLE_SECONDS = 60.0
"""After which a connection that a burst has opened is given back to the server."""


@cache
def statement(name: str) -> LiteralString:
    """The SQL in `queries/<name>.sql`."""
    text: LiteralString = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    return text


def json(value: object) -> Jsonb | None:
    """A JSONB parameter; None stays SQL NULL."""
    return None if value is None else Jsonb(value)


class Database:
    """A pool of `min_size` to `max_size` connections bound to the event loop it was opened on.

    A statement waits up to `timeout` seconds for one of them, in a run longer (`storytailor.db.patience`), and may take
    `statement_seconds`. One whose connection breaks is repeated as long as that time lasts, and never done twice: see
    `storytailor.db.repeating`. `announcements` are heard at `listen_url`: another way to the same database, where a
    pooler does not let LISTEN through. With `account_key` is hashed who has deleted an account.
    """

    def __init__(
        self,
        url: str,
        *,
        listen_url: str | None = None,
        min_size: int = 1,
        max_size: int = 10,
        timeout: float = 10,
        statement_seconds: float = 30,
        account_key: bytes = b"",
    ) -> None:
        self.announcements = Announcements(listen_url or url, self._announce)
        self.presence = Presence()
        self.before_use: Callable[[Connection], Awaitable[None]] | None = None
        """Asked before anything else is done here; what it raises, everybody gets who wants a connection."""
        self._account_key = account_key
        self._timeout = timeout
        self._statement_seconds = statement_seconds
        self._returned = WeakKeyDictionary[Connection, float]()
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            bounded(url, application_name="storytailor"),
            min_size=min_size,
            max_size=max_size,
            max_idle=IDLE_SECONDS,
            timeout=timeout,
            reconnect_timeout=WAIT_SLICE,
            open=False,
            check=self._check,
            configure=self._configure,
            reset=self._note_return,
            kwargs={"autocommit": True},
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
        return await self._run(name, lambda connection: fetch_all(connection, row, name, **params))

    async def fetch_one(self, row: type[T], name: str, /, **params: object) -> T | None:
        """The first row of the statement `name`, or None."""
        rows = await self.fetch_all(row, name, **params)
        return rows[0] if rows else None

    async def fetch_values(self, value: type[T], name: str, /, **params: object) -> list[T]:
        """Run the statement `name` in a transaction of its own; the values of its only column."""
        return await self._run(name, lambda connection: fetch_values(connection, value, name, **params))

    async def execute(self, name: str, /, **params: object) -> int:
        """Run the statement `name` in a transaction of its own; how many rows it touched."""
        return await self._run(name, lambda connection: execute(connection, name, **params))

    async def in_transaction(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do this work in a transaction, once; what it returns. It may be begun again: it changes the database only."""
        return await self._finish(Work(work, reads=False, patience=patience(self._timeout)))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction: committed at the end, rolled back by an exception."""
        async with unavailable_when_down(), self._connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def as_user(self, user_id: UUID) -> AsyncIterator[Connection]:
        """A transaction in which the database itself shows and takes this user's rows only.

        It runs as the role `storytailor_api`, with the user in `request.jwt.claims`; both end with it. Everything
        done for a caller goes through here; every other method is for makers, who see all tenants. The connection is
        in a pipeline: an error of what was sent is raised by what is fetched next, or at the end; whoever goes on after
        an error rolls back first.
        """
        mark = hmac.digest(self._account_key, user_id.bytes, hashlib.sha256).hex()
        claims = dumps({"sub": str(user_id), "role": "authenticated", "mark": mark})
        async with unavailable_when_down(), self._connection() as connection, connection.pipeline():
            await connection.execute("BEGIN", prepare=False)
            timeout = str(int(self._statement_seconds * 1000))
            await send(connection, "accounts/act_as_user", claims=claims, timeout=timeout)
            yield connection
            await connection.execute("COMMIT", prepare=False)  # goes out with what was sent last, as the pipeline ends

    async def _run(self, name: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await self._finish(Work(work, reads=only_reads(statement(name)), patience=patience(self._timeout)))

    async def _finish(self, work: Work[T]) -> T:
        async with unavailable_when_down():
            while True:
                connection, asked = None, time.monotonic()
                try:
                    async with self._connection(max(0.1, min(work.seconds_left, WAIT_SLICE))) as connection:
                        result = await work.on(connection)
                    self.presence.see(asked)
                    return result
                except psycopg.Error as error:
                    self.presence.miss(error, connection)
                    if not await work.pause_after(error, connection):
                        raise

    @asynccontextmanager
    async def _connection(self, timeout: float | None = None) -> AsyncIterator[Connection]:
        limit = self._statement_seconds + CUT_GRACE
        async with (
            self._pool.connection(timeout) as connection,
            closed_when_read_only(connection),
            cut_after(connection, limit),
        ):
            if self.before_use is not None:
                await self.before_use(connection)
                self.before_use = None
            yield connection

    async def _announce(self, channel: str) -> None:
        await self.execute("announcements/probe", channel=channel)

    async def _configure(self, connection: Connection) -> None:
        await configure(connection, self._statement_seconds)

    async def _note_return(self, connection: Connection) -> None:
        self._returned[connection] = time.monotonic()

    async def _check(self, connection: Connection) -> None:
        """Let it show that it leads to the server, unless it did so a moment ago."""
        if is_trusted(connection.fileno(), time.monotonic() - self._returned.get(connection, 0.0)):
            return
        async with cut_after(connection, CHECK_SECONDS):
            await AsyncConnectionPool.check_connection(connection)


def database_of(
    settings: Settings,
    *,
    timeout: float,
    statement_seconds: float,
    kept_open: bool = False,
    account_key: bytes = b"",
) -> Database:
    """The database of DATABASE_URL, not yet opened. Raises SettingsError when there is none.

    With `kept_open` all connections stay open: a new one takes a tenth of a second on a busy server, its first
    statements as long again, and somebody may be waiting.
    """
    return Database(
        settings.database,
        listen_url=settings.direct_database,
        min_size=settings.database_connections if kept_open else 1,
        max_size=settings.database_connections,
        timeout=timeout,
        statement_seconds=statement_seconds,
        account_key=account_key,
    )


async def fetch_all(connection: Connection, row: type[T], name: str, /, **params: object) -> list[T]:
    """Run the statement `name` on this connection; its rows, each as a `row`: a dataclass with the columns' names."""
    return await (await ask(connection, row, name, **params)).fetchall()


async def fetch_one(connection: Connection, row: type[T], name: str, /, **params: object) -> T | None:
    """The first row of the statement `name`, or None."""
    rows = await fetch_all(connection, row, name, **params)
    return rows[0] if rows else None


async def fetch_values(connection: Connection, value: type[T], name: str, /, **params: object) -> list[T]:
    """Run the statement `name` on this connection; the values of its only column, which are of type `value`."""
    return await (await ask_values(connection, value, name, **params)).fetchall()


async def ask(connection: Connection, row: type[T], name: str, /, **params: object) -> psycopg.AsyncCursor[T]:
    """Begin the statement `name`, to fetch its rows from the cursor later: in a pipeline it waits for nothing."""
    return await connection.cursor(row_factory=class_row(row)).execute(statement(name), params)


async def ask_values(connection: Connection, value: type[T], name: str, /, **params: object) -> psycopg.AsyncCursor[T]:
    """As `ask`, for the values of its only column, which are of type `value`."""
    cursor: psycopg.AsyncCursor[T] = connection.cursor(row_factory=scalar_row)
    return await cursor.execute(statement(name), params)


async def send(connection: Connection, name: str, /, **params: object) -> None:
    """Run the statement `name` for what it does: in a pipeline it waits for nothing."""
    await connection.execute(statement(name), params)


async def execute(connection: Connection, name: str, /, **params: object) -> int:
    """Run the statement `name` on this connection, which is in no pipeline; how many rows it touched."""
    if connection.pgconn.pipeline_status:
        raise psycopg.ProgrammingError(f"How many rows {name} touches is not known in a pipeline: let it return them.")
    return (await connection.execute(statement(name), params)).rowcount
