"""What the database announces with NOTIFY, heard on one LISTEN connection a process.

Whether LISTEN is heard is tried at every start, since a pooler in transaction mode takes the statement and then
delivers nothing. There, or as long as nothing else can be had, listeners are woken every POLL_SECONDS seconds instead.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final
from uuid import uuid4

import psycopg
from psycopg import sql

from storytailor.db.connecting import Connection, bounded, cut_after, unavailable_when_down
from storytailor.errors import ServiceUnavailableError
from storytailor.tasks import start, stop

log = logging.getLogger(__name__)

STORY_CHANGED = "story_changed"
STORY_QUEUED = "story_queued"
WEBHOOK_DUE = "webhook_due"
CHANNELS = (STORY_CHANGED, STORY_QUEUED, WEBHOOK_DUE)

PROBE_SECONDS = 2.0
POLL_SECONDS = 2.0
POLLS_A_PROBE = 30
HEARTBEAT_SECONDS = 15.0
"""A silent connection is asked so often whether it is still there."""
HEARTBEAT_TIMEOUT = 3.0
PENDING = 1_000
"""Announcements a slow listener is owed one by one; beyond, it is told that anything may have changed."""
ANYTHING: Final = ""
DEAF = (
    "LISTEN is not heard at the database's URL: a pooler in transaction mode stands in between. Looking every "
    f"{POLL_SECONDS:g} s instead. Set DATABASE_DIRECT_URL to the direct connection or a session pooler."
)


class Announcements:
    """Tells each listener of its channel; holds a connection to `url` as long as there are listeners.

    `announce` sends an empty NOTIFY on the channel it is given, by another connection. Bound to one event loop.
    """

    def __init__(self, url: str, announce: Callable[[str], Awaitable[object]]) -> None:
        self._url = url
        self._announce = announce
        self._listeners: defaultdict[str, set[asyncio.Queue[str | None]]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._hears = False

    async def listen(self, channel: str) -> AsyncIterator[str]:
        """Yield "" once announcements are heard, then the payload of each NOTIFY on `channel`.

        "" again means that any may have been missed. Raises ServiceUnavailableError when the connection ends.
        """
        queue: asyncio.Queue[str | None] = asyncio.Queue(PENDING)
        self._listeners[channel].add(queue)
        if self._task is None or self._task.done():
            self._task = start(self._run(), "LISTEN connection")
        elif self._hears:
            queue.put_nowait(ANYTHING)
        try:
            while (payload := await queue.get()) is not None:
                yield payload
            raise ServiceUnavailableError("The LISTEN connection was lost.", retry_after=5)
        finally:
            self._listeners[channel].discard(queue)
            if not any(self._listeners.values()):
                await stop([self._task])

    async def _run(self) -> None:
        try:
            while True:
                async with unavailable_when_down():
                    await self._hear()
                log.warning(DEAF)
                self._hears = True
                for _ in range(POLLS_A_PROBE):
                    self._tell_all(ANYTHING)
                    await asyncio.sleep(POLL_SECONDS)
        except ServiceUnavailableError as lost:
            log.warning("The LISTEN connection was lost: %s", lost.__cause__)
        finally:
            self._hears = False
            self._tell_all(None)

    async def _hear(self) -> None:
        """Pass on what is announced. Returns when that is never heard, raises when the connection ends."""
        url = bounded(self._url, application_name="storytailor listen")
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            if not await is_heard(connection, self._announce):
                return
            async with cut_after(connection, HEARTBEAT_TIMEOUT):
                for channel in CHANNELS:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._hears = True
            self._tell_all(ANYTHING)
            while True:
                async for notice in connection.notifies(timeout=HEARTBEAT_SECONDS):
                    self._tell(notice.channel, notice.payload)
                async with cut_after(connection, HEARTBEAT_TIMEOUT):
                    await connection.execute("SELECT 1", prepare=False)

    def _tell(self, channel: str, payload: str | None) -> None:
        for queue in self._listeners[channel]:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                payload = payload if payload is None else ANYTHING
            queue.put_nowait(payload)

    def _tell_all(self, payload: str | None) -> None:
        for channel in CHANNELS:
            self._tell(channel, payload)


async def is_heard(connection: Connection, announce: Callable[[str], Awaitable[object]]) -> bool:
    """Whether what `announce` sends by another connection arrives at this one."""
    channel = f"storytailor_{uuid4().hex}"
    async with cut_after(connection, PROBE_SECONDS + HEARTBEAT_TIMEOUT):
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        await announce(channel)
        heard = [notice async for notice in connection.notifies(timeout=PROBE_SECONDS, stop_after=1)]
        await connection.execute(sql.SQL("UNLISTEN {}").format(sql.Identifier(channel)))
    return bool(heard)


class Listener:
    """Whether something was announced on a channel: the sensor waits for work with it."""

    def __init__(self, announcements: Announcements, channel: str, *, reconnect_seconds: float = 2.0) -> None:
        self._announcements = announcements
        self._channel = channel
        self._reconnect_seconds = reconnect_seconds
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def wait(self, seconds: float) -> bool:
        """Whether something was announced within so many seconds, or since the last call; whoever waits hears of it.

        True as well right after (re)connecting, since announcements may have been missed.
        """
        if self._task is None:
            self._task = start(self._run(), f"listener on {self._channel}")
        heard = self._heard.is_set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                heard = await self._heard.wait()
        self._heard.clear()
        return heard

    async def close(self) -> None:
        """Listen no more."""
        if self._task is not None:
            await stop([self._task])

    async def _run(self) -> None:
        while True:
            with suppress(ServiceUnavailableError):
                async for _ in self._announcements.listen(self._channel):
                    self._heard.set()
            log.warning("%s: lost the LISTEN connection, reconnecting in %g s.", self._channel, self._reconnect_seconds)
            await asyncio.sleep(self._reconnect_seconds)
