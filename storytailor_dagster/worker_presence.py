"""A worker says that it is there, so that a story which waits can tell a missing worker from a lost message."""

from __future__ import annotations

import asyncio
import os
import socket
from dataclasses import asdict
from uuid import uuid4

from storytailor.db.clock import watch_clock
from storytailor.tasks import Lasting, start, stop
from storytailor_dagster.maker_loop import MakerLoop

PRESENCE_SECONDS = 30.0
RENEW_SECONDS = 10.0


class WorkerPresence:
    """The row of this process among the workers, renewed while it is. Called from outside the maker loop."""

    def __init__(self, maker: MakerLoop) -> None:
        self._maker = maker
        self._id = uuid4()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, *, slots: int) -> None:
        """Say from now on that this worker is there and makes so many stories side by side; fewer while others wait."""
        self._maker.call(self._start(slots))

    def leave(self) -> None:
        """This worker takes nothing any more."""
        self._maker.call(self._leave())

    async def _start(self, slots: int) -> None:
        keeping = self._keep(f"{socket.gethostname()}:{os.getpid()}", slots)
        self._tasks = [
            start(keeping, "presence of this worker"),
            start(watch_clock(self._maker.services.database), "watch on the clock"),
        ]

    async def _leave(self) -> None:
        if self._tasks:
            await stop(self._tasks)
            await self._maker.services.workers.leave(self._id)

    async def _keep(self, name: str, slots: int) -> None:
        services = self._maker.services
        announcing = Lasting("presence of this worker")
        while True:
            with announcing.turn():
                await services.workers.announce(
                    self._id,
                    name,
                    self._maker.admission.places(slots),
                    PRESENCE_SECONDS,
                    circuits=[asdict(circuit) for circuit in services.circuits()],
                )
            await asyncio.sleep(RENEW_SECONDS)
