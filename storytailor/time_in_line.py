"""How long each asset stands in line for a provider's limits, which is nobody's slowness.

A hundred stories may wait half an hour for an account that draws five pictures a minute. An asset that is being made
for too long is given up; this time is told apart from that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from storytailor.catalog import AssetName
from storytailor.db.leases import StoodInLine
from storytailor.tasks import Lasting

TELL_SECONDS = 20.0


@dataclass
class _Asset:
    """One that is being made: how many of its calls stand in line, since when one does, and for how long they did."""

    token: UUID
    name: AssetName
    calls: int = 0
    since: float = 0.0
    seconds: float = 0.0

    def count(self) -> None:
        """Count up to now."""
        now = time.monotonic()
        self.seconds += now - self.since if self.calls else 0.0
        self.since = now

    def taken(self) -> StoodInLine:
        """What was counted since the last time."""
        self.count()
        stood, self.seconds = StoodInLine(self.token, self.name, self.seconds), 0.0
        return stood


_ours: ContextVar[_Asset | None] = ContextVar("which asset this is done for", default=None)


class TimeInLine:
    """The assets that this process makes. Bound to one event loop."""

    def __init__(self) -> None:
        self._assets: list[_Asset] = []

    @contextmanager
    def of(self, token: UUID, asset: AssetName) -> Iterator[None]:
        """What is done in this block, and in tasks begun in it, is done for this asset."""
        made = _Asset(token, asset)
        self._assets.append(made)
        before = _ours.set(made)
        try:
            yield
        finally:
            _ours.reset(before)
            self._assets.remove(made)

    def taken(self) -> list[StoodInLine]:
        """For how long each of them stood in line since the last time; those that did."""
        return [stood for asset in self._assets if (stood := asset.taken()).seconds]

    async def keep_telling(self, tell: Callable[[Sequence[StoodInLine]], Awaitable[None]]) -> None:
        """Tell again and again for how long assets stood in line since the last time."""
        telling = Lasting("telling of time in line")
        while True:
            await asyncio.sleep(TELL_SECONDS)
            with telling.turn():  # what a database that is away does not hear: nobody is given up meanwhile
                if stood := self.taken():
                    await tell(stood)


@contextmanager
def standing_in_line() -> Iterator[None]:
    """A call made for an asset waits in this block until a provider takes it."""
    asset = _ours.get()
    if asset is None:
        yield
        return
    asset.count()
    asset.calls += 1
    try:
        yield
    finally:
        asset.count()
        asset.calls -= 1
