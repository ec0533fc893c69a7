"""Renewing a process's leases from a thread of its own, with a connection of its own.

Makers share one event loop and a small pool. A picture that is being encoded, a slow statement or a full pool would
hold a renewal up there, and the stories of a worker that is merely busy would be taken for lost.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from storytailor.db import Database, Queue
from storytailor.leases import LeaseKeeper
from storytailor.tasks import Lasting


@asynccontextmanager
async def renewing(keeper: LeaseKeeper, connect: Callable[[], Database], *, every: float) -> AsyncIterator[None]:
    """Renew what the keeper holds every so many seconds, as long as the block lasts.

    `connect` gives a database that is not opened yet; that is done when there is a first lease to renew.
    """
    renewal = _Renewal(keeper, connect, every, asyncio.get_running_loop())
    thread = threading.Thread(target=lambda: asyncio.run(renewal.keep()), name="lease renewal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        renewal.ended.set()
        await asyncio.to_thread(thread.join)


class _Renewal:
    """What the thread does."""

    def __init__(
        self, keeper: LeaseKeeper, connect: Callable[[], Database], every: float, makers: asyncio.AbstractEventLoop
    ) -> None:
        self._keeper = keeper
        self._connect = connect
        self._every = every
        self._makers = makers
        self.ended = threading.Event()

    async def keep(self) -> None:
        """Renew until it is ended."""
        database: Database | None = None
        renewals = Lasting("renewal of leases")
        try:
            while not self.ended.wait(self._every):
                with renewals.turn():
                    if self._keeper.held and database is None:
                        database = await self._connect().open()
                    if database is not None:
                        await self._renew(database)
        finally:
            if database is not None:
                await database.close()

    async def _renew(self, database: Database) -> None:
        tokens = self._keeper.held
        if not tokens:
            return
        asked = time.monotonic()
        renewed = await Queue(database, lease_seconds=self._keeper.lease_seconds).renew(tokens)
        self._keeper.note_renewed(renewed, asked)
        for token in tokens - renewed:
            self._makers.call_soon_threadsafe(self._keeper.stop, token)
