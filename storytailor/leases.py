"""Keeping leases alive while their holder works, and stopping the work whose lease has ended."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from storytailor.catalog import AssetName
from storytailor.db import Queue
from storytailor.errors import LeaseLostError

log = logging.getLogger(__name__)


class LeaseKeeper:
    """Every lease this process holds, and what is made under it; belongs to one event loop.

    `storytailor.lease_renewal` renews them, all in one statement.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._working: dict[UUID, set[asyncio.Task[object]]] = {}
        self._lost: set[UUID] = set()
        self._held_until: dict[UUID, float] = {}
        self._making: set[asyncio.Task[object]] = set()
        self.is_winding_down = False

    @property
    def lease_seconds(self) -> float:
        """For which a renewal holds."""
        return self._queue.lease_seconds

    @property
    def held(self) -> set[UUID]:
        """The leases to be renewed now; may be asked for from any thread."""
        return set(self._working.copy())

    def hold(self, token: UUID) -> None:
        """Renew this lease from now on."""
        self._working.setdefault(token, set())
        self.note_renewed([token], time.monotonic())

    def note_renewed(self, tokens: Iterable[UUID], asked: float) -> None:
        """These leases were renewed by a statement sent at this time of the monotonic clock; from any thread."""
        self._held_until.update({token: asked + self.lease_seconds for token in tokens if token in self._working})

    async def require(self, token: UUID) -> None:
        """To be called before whatever costs or is stored: this process may have stood still past its leases' end.

        Whoever wakes does first what was waiting to be done, and hears of a lost lease only then. As long as the lease
        cannot have run out, by this process's clock, nobody is asked. Raises LeaseLostError.
        """
        asked = time.monotonic()
        if asked < self._held_until.get(token, 0.0):
            return
        if token not in await self._queue.renew([token]):
            raise LeaseLostError("The lease ended while this worker stood still.")
        self.note_renewed([token], asked)

    def forget(self, token: UUID) -> None:
        """Renew this lease no longer: it has ended, or is another's."""
        self._working.pop(token, None)
        self._held_until.pop(token, None)
        self._lost.discard(token)

    async def release(self, token: UUID) -> list[AssetName]:
        """End this lease: what is unfinished is queued again, and not counted by a process that ends. Those assets."""
        self.forget(token)
        return await self._queue.release(token, uncounted=self.is_winding_down)

    async def wind_down(self, seconds: float) -> None:
        """An orderly shutdown: no asset is begun any more, those being made have so many seconds; the rest stops."""
        self.is_winding_down = True
        if self._making and seconds:
            await asyncio.wait(self._making, timeout=seconds)
        await self.release_all()

    async def release_all(self) -> None:
        """All work stops, and nothing this process had begun is counted against it."""
        tokens = list(self._working)
        for token in tokens:
            self.stop(token)
        self._working.clear()
        if tokens:
            await self._queue.release(*tokens, uncounted=True)

    @contextmanager
    def making(self) -> Iterator[None]:
        """The current task makes an asset, which a shutdown waits for. Raises LeaseLostError when it has begun."""
        if self.is_winding_down:
            raise LeaseLostError("This worker is stopping, and begins nothing more.")
        task = asyncio.current_task()
        assert task is not None, "an asset is made in a task"
        self._making.add(task)
        try:
            yield
        finally:
            self._making.discard(task)

    @asynccontextmanager
    async def work_under(self, token: UUID) -> AsyncIterator[None]:
        """The current task works under this lease: it is cancelled, with LeaseLostError, when the lease ends."""
        task = asyncio.current_task()
        assert task is not None, "work under a lease is done in a task"
        tasks = self._working.setdefault(token, set())
        tasks.add(task)
        try:
            yield
        except asyncio.CancelledError:
            if token in self._lost:
                task.uncancel()
                raise LeaseLostError("The lease ended while the asset was being made.") from None
            raise
        finally:
            tasks.discard(task)

    async def renew(self) -> None:
        """Renew every lease once, and stop what is being made under one that has ended."""
        tokens = list(self._working)
        if not tokens:
            return
        asked = time.monotonic()
        renewed = await self._queue.renew(tokens)
        self.note_renewed(renewed, asked)
        for token in set(tokens) - renewed:
            self.stop(token)

    def stop(self, token: UUID) -> None:
        """Stop what is being made under a lease that has ended; each work says so itself."""
        working = self._working.get(token, set())
        if working:
            self._lost.add(token)
        for task in working:
            task.cancel()
