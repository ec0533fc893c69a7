"""The lock that only one of Dagster's daemons holds: it ends with the session, and so with the process."""

from __future__ import annotations

from contextlib import suppress

import psycopg
from psycopg.rows import TupleRow

from storytailor.db.connecting import Connection, bounded, cut_after, unavailable_when_down
from storytailor.db.connection import statement
from storytailor.errors import ServiceUnavailableError

ANSWER_SECONDS = 3.0
"""The server has so long to answer; then the connection is given up."""
PREFIX = "storytailor daemon "
SERVER_LIMITS = (
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 3; SET tcp_keepalives_count = 3;"
    "SET tcp_user_timeout = 10000; SET idle_session_timeout = 0"
)
"""A machine that lost its power says nothing: by these, the server notices within twenty seconds, not in two hours."""


class DaemonSession:
    """A connection that asks for the lock and keeps it. It must lead to a session of its own: no transaction pooler."""

    def __init__(self, url: str, name: str) -> None:
        self._conninfo = bounded(url, application_name=f"{PREFIX}{name}")
        self._connection: Connection | None = None

    async def take(self) -> bool:
        """Whether this session has the lock now. Raises ServiceUnavailableError when the database does not answer."""
        ((taken,),) = await self._ask("dagster/take_daemon_lock")
        return bool(taken)

    async def holder(self) -> str:
        """Who has the lock, in words. Raises ServiceUnavailableError when the database does not answer."""
        found = await self._ask("dagster/daemon_lock_holder")
        if not found:
            return "one that has just ended"
        ((name, since),) = found
        return f"{str(name).removeprefix(PREFIX)}, since {since:%Y-%m-%d %H:%M:%S %Z}"

    async def is_alive(self) -> bool:
        """Whether the session, and the lock with it, is still there; it is given up if not."""
        if self._connection is None:
            return False
        try:
            async with cut_after(self._connection, ANSWER_SECONDS):
                await self._connection.execute("SELECT 1", prepare=False)
        except psycopg.OperationalError:
            await self._give_up()
            return False
        return True

    async def _ask(self, name: str) -> list[TupleRow]:
        try:
            async with unavailable_when_down():
                if self._connection is None:
                    self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
                    await self._connection.execute(SERVER_LIMITS, prepare=False)
                async with cut_after(self._connection, ANSWER_SECONDS):
                    return await (await self._connection.execute(statement(name), prepare=False)).fetchall()
        except ServiceUnavailableError:
            await self._give_up()
            raise

    async def _give_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                await connection.close()
