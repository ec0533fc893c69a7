"""The maker loop: one event loop a process, on which all stories of that process are made.

Pooled clients belong to one loop, and this one outlives every run. So a run's step hands its work over to it and awaits
the result: the same opened services serve all runs side by side, whichever loop Dagster's step is awaited on.

Plain asyncio, not anyio's blocking portal, which was tried: its cancel scopes cancel every await of the clean-up as
well, so that each cancelled query costs a connection; and a portal nobody closes keeps the interpreter from ending.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from storytailor.admission import Admission
from storytailor.catalog import AssetName
from storytailor.db.announcements import STORY_QUEUED, Listener
from storytailor.making.carried_over import CarriedOver
from storytailor.services import Services, open_services
from storytailor.settings import Settings
from storytailor.tasks import stop
from storytailor_dagster.run_leases import RunLease, RunLeases

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")

CALL_TIMEOUT = 60.0
"""Seconds a synchronous caller waits for one small piece of work, such as a database write."""


class MakerLoop:
    """The services of a process, on an event loop in a thread of its own."""

    def __init__(self, settings: Settings, *, s3: S3Client | None = None) -> None:
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)  # of no thread yet
        self._loop = self._runner.get_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._keep_running, name="maker loop", daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        try:
            opening = self._stack.enter_async_context(open_services(settings, s3=s3))
            self.services: Services = self.call(opening)
        except BaseException:
            self._stop()
            raise
        self._queued = Listener(self.services.database.announcements, STORY_QUEUED)  # connects when it is first asked
        self._turn = 0
        self.admission = Admission()
        self.run_leases = RunLeases(self.services.queue, self.services.leases, self.admission)
        self._carried_over: WeakKeyDictionary[RunLease, dict[AssetName, CarriedOver]] = WeakKeyDictionary()

    def carried_over(self, held: RunLease, asset: AssetName) -> CarriedOver:
        """What the tries at this asset hand on to one another; it is gone when the run gives its lease back."""
        return self._carried_over.setdefault(held, {}).setdefault(asset, CarriedOver())

    def call(self, work: Coroutine[Any, Any, T], timeout: float | None = CALL_TIMEOUT) -> T:
        """Do a small piece of work and wait for it, from a thread that is not the loop's; None: as long as it takes."""
        return self._submit(work).result(timeout)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Await work from another event loop; cancelling the wait cancels the work."""
        return await asyncio.wrap_future(self._submit(work))

    def wait_for_queued(self, seconds: float) -> bool:
        """Whether a story was queued within so many seconds, or since the last call, or may have been."""
        return self.call(self._queued.wait(seconds))

    def begin_turn(self) -> int:
        """Begin a turn at the queue, which ends whatever turn was under way; its number, for `is_turn`."""
        self._turn += 1
        return self._turn

    def is_turn(self, turn: int) -> bool:
        """Whether none has begun since."""
        return turn == self._turn

    def close(self) -> None:
        """Release the leases, close the services, stop the loop."""
        try:
            self.call(self._queued.close())
            self.call(self.admission.close())
            self.call(self._stack.aclose())
        finally:
            self._stop()

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _keep_running(self) -> None:
        with self._runner:
            self._runner.run(self._until_the_end())

    async def _until_the_end(self) -> None:
        """Whatever still goes on at the end is cancelled, so that it closes what it has open."""
        await self._ended.wait()
        await stop(asyncio.all_tasks() - {asyncio.current_task()})

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(CALL_TIMEOUT)
