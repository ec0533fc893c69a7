"""LISTEN connections, which wake when the database announces a change."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg

from storytailor.db.connection import CONNECT_TIMEOUT, unavailable_when_down

STORY_CHANGED = "story_changed"
STORY_QUEUED = "story_queued"


async def listen(url: str, channel: str) -> AsyncIterator[str]:
    """Yield "" once the connection listens, then the payload of each NOTIFY on `channel`.

    Raises ServiceUnavailableError when the connection ends; what was announced meanwhile is lost,
    so callers read the tables again after every start.
    """
    async with unavailable_when_down():
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=CONNECT_TIMEOUT, application_name="storytailor listen"
        )
        async with connection:
            await connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
            yield ""
            async for notice in connection.notifies():
                yield notice.payload


class Listener:
    """A synchronous LISTEN connection kept open between calls: the sensor waits for work with it."""

    def __init__(self, url: str, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._connection: psycopg.Connection | None = None

    def wait(self, seconds: float) -> bool:
        """Whether something was announced within so many seconds, or since the last call.

        True as well right after (re)connecting, since announcements may have been missed.
        """
        if self._connection is None or self._connection.closed:
            self._connection = self._listen()
            return True
        return any(True for _ in self._connection.notifies(timeout=seconds, stop_after=1))

    def _listen(self) -> psycopg.Connection:
        connection = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT,
            application_name="storytailor sensor",
        )
        try:
            connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(self._channel)))
        except psycopg.Error:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
