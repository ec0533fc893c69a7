"""How every connection to PostgreSQL is opened: no wait on it is without an end, and a pooler in between is known.

A connection may end without a word: a firewall forgets it, a server fails over, a proxy goes silent. TCP's own limits
(`TCP_LIMITS`) notice the first two; `cut_after` the third, and a statement that takes too long.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.rows import TupleRow
from psycopg_pool import PoolTimeout

from storytailor.errors import ServiceUnavailableError

log = logging.getLogger(__name__)

Connection = psycopg.AsyncConnection[TupleRow]

CONNECT_TIMEOUT = 5
TCP_LIMITS = {
    "connect_timeout": CONNECT_TIMEOUT,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""libpq's parameters, in seconds, the last one in milliseconds; Unix sockets have no use for them."""
TRUSTED_SECONDS = 1.0
"""For which a connection need not show again that it leads to the server."""
CANCEL_SECONDS = 2.0
"""For the server to end a statement when it is asked to, before the connection is cut."""


def bounded(url: str, **parameters: str) -> str:
    """The URL as libpq's conninfo, with TCP's limits and these parameters; what the URL sets itself stays.

    Never startup `options`: PgBouncer refuses them.
    """
    scheme, separator, rest = url.partition("://")
    given = conninfo_to_dict(f"{scheme.partition('+')[0]}{separator}{rest}")
    return make_conninfo(**{**TCP_LIMITS, **parameters, **given})  # type: ignore[arg-type]  # its first is conninfo


def place_of(url: str) -> str:
    """`host:port/name` of a database's URL, for a log: without user, password and parameters."""
    scheme, separator, rest = url.partition("://")
    given = conninfo_to_dict(f"{scheme.partition('+')[0]}{separator}{rest}")
    return f"{given.get('host') or 'local'}:{given.get('port') or 5432}/{given.get('dbname') or ''}"


async def configure(connection: Connection, statement_seconds: float) -> None:
    """Prepare a new connection of a pool for what stands between it and the server.

    A pooler hands out a process id of its own. It may give each transaction another server connection, so nothing is
    prepared through one, which costs up to five times as much a statement, and nothing is set for longer than a
    transaction: it would stay behind in somebody else's.
    """
    if await is_pooled(connection):
        connection.prepare_threshold = None
    else:
        await connection.execute(f"SET statement_timeout = {int(statement_seconds * 1000)}".encode())


async def is_pooled(connection: Connection) -> bool:
    """Whether a pooler stands between this connection and the server."""
    return await server_process(connection) != connection.info.backend_pid


def shares_sessions(turns: list[tuple[int, int]]) -> bool:
    """Whether two connections, asked in turn for their server's process, were ever served by the same one."""
    mine, others = zip(*turns, strict=True)
    return len(set(mine)) > 1 or not set(mine).isdisjoint(others)


async def server_process(connection: Connection) -> int:
    """The id of the server's process that serves the connection at this moment."""
    cursor = await connection.execute("SELECT pg_backend_pid()", prepare=False)
    ((process,),) = await cursor.fetchall()
    return int(process)


def is_trusted(socket: int, used_before: float) -> bool:
    """Whether a connection that was used so many seconds ago leads to the server, without a way there and back.

    What comes by the socket of one that nobody has asked anything is its end.
    """
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return used_before < TRUSTED_SECONDS and not waiting.poll(0)


@asynccontextmanager
async def unavailable_when_down() -> AsyncIterator[None]:
    """Raise ServiceUnavailableError for a database that is away or read-only; its URL stays out of the text."""
    try:
        yield
    except ReadOnlySqlTransaction as error:
        raise ServiceUnavailableError(
            "The database is read-only now. Is its disk full, and does DATABASE_URL lead to the primary?", retry_after=5
        ) from error
    except (PoolTimeout, psycopg.OperationalError) as error:
        raise ServiceUnavailableError(
            "The database does not answer. Is it up, and is DATABASE_URL right?", retry_after=5
        ) from error


@asynccontextmanager
async def closed_when_read_only(connection: Connection) -> AsyncIterator[None]:
    """Close the connection when the server takes no writes by it, so that what is to be written is lost on it.

    After a failover it may lead to what is a standby now; and a session begun while a server was read-only stays so.
    """
    try:
        yield
    except ReadOnlySqlTransaction:
        await connection.close()
        raise


@asynccontextmanager
async def cut_after(connection: Connection, seconds: float) -> AsyncIterator[None]:
    """Give what is done on the connection so many seconds; then its statement is cancelled and, a little later, it.

    Whoever waits on the connection gets an OperationalError. (Cancelling the waiting task instead would not do: psycopg
    then waits for the server to confirm.)
    """
    cutting = asyncio.create_task(_cut(connection, seconds))
    try:
        yield
    finally:
        cutting.cancel()


async def _cut(connection: Connection, seconds: float) -> None:
    await asyncio.sleep(seconds)
    log.warning("The database did not answer within %g s: cancelling the statement.", seconds)
    with suppress(psycopg.Error):
        await connection.cancel_safe(timeout=CANCEL_SECONDS)
        await asyncio.sleep(CANCEL_SECONDS)
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as dead:
        dead.shutdown(socket.SHUT_RDWR)
