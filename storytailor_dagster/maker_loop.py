"""The engine: one event loop a process, on which every story of that process is made.

Dagster's async executor gives each run a loop of its own; pooled clients belong to one loop. So a run's
step hands its work over to this loop and awaits the result: one warm studio serves all runs side by side.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AsyncExitStack
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from storytailor.db import Lease
from storytailor.services import Studio, open_studio
from storytailor.settings import Settings, get_settings

T = TypeVar("T")

CALL_TIMEOUT = 60.0
"""Seconds a synchronous caller waits for one small piece of work, such as a database write."""


class Engine:
    """A studio on its own thread's event loop."""

    def __init__(self, settings: Settings) -> None:
        self._stack = AsyncExitStack()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="engine", daemon=True)
        self._thread.start()
        self._runs: dict[str, asyncio.Future[Lease]] = {}
        self.studio: Studio = self.call(self._stack.enter_async_context(open_studio(settings)))

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work on the engine's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, work: Coroutine[Any, Any, T], timeout: float = CALL_TIMEOUT) -> T:
        """Do a small piece of work and wait for it, from a thread that is not the engine's."""
        return self.submit(work).result(timeout)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Await work from another loop; cancelling the wait cancels the work."""
        return await asyncio.wrap_future(self.submit(work))

    async def lease_of(
        self, run_id: str, claimed: UUID | None, story_id: UUID, assets: frozenset[str]
    ) -> Lease:
        """The lease a run works under: the sensor's claim, or for a run begun by hand one taken now.

        On the engine's loop. The first step of a run gets it, the others share it.
        """
        if run_id not in self._runs:
            self._runs[run_id] = asyncio.ensure_future(self._open_lease(claimed, story_id, assets))
        return await asyncio.shield(self._runs[run_id])

    async def end_run(self, run_id: str, *, uncounted: bool = False) -> list[str]:
        """A run is over, well or not: what it left unfinished goes back into the queue. Those assets."""
        opened = self._runs.pop(run_id, None)
        if opened is None or not opened.done() or opened.exception():
            return []
        return await self.studio.leases.give_back(opened.result().token, uncounted=uncounted)

    def close(self) -> None:
        """Give the leases back, close the studio, stop the loop."""
        self.call(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_TIMEOUT)
        self._loop.close()

    async def _open_lease(self, claimed: UUID | None, story_id: UUID, assets: frozenset[str]) -> Lease:
        if claimed is not None:
            lease = Lease(story_id, claimed, tuple(assets))
        else:
            lease = await self.studio.queue.take(story_id, assets)
        self.studio.leases.hold(lease.token)
        return lease


@lru_cache(maxsize=1)
def process_engine() -> Engine:
    """This process's engine, started at first use."""
    return Engine(get_settings())
