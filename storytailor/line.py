"""A line in which the most urgent and then the oldest story stands first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from storytailor.db.leases import Age


@dataclass(frozen=True, order=True)
class _Place:
    """A place in the line: of two of the same age, who came first is first."""

    age: Age
    number: int
    called: asyncio.Future[None] = field(compare=False)


class Line:
    """Who waits. Bound to one event loop; `missed` is told of somebody who was called and had just left."""

    def __init__(self, missed: Callable[[], object] = lambda: None) -> None:
        self._places: list[_Place] = []
        self._numbers = count()
        self._missed = missed

    def __len__(self) -> int:
        return sum(not place.called.done() for place in self._places)

    async def wait(self, age: Age) -> None:
        """Stand in line until called; who is cancelled leaves it."""
        place = _Place(age, next(self._numbers), asyncio.get_running_loop().create_future())
        heappush(self._places, place)
        try:
            await place.called
        except asyncio.CancelledError:
            if not place.called.cancelled():
                self._missed()
            raise

    def call(self) -> bool:
        """Call the first in line; whether there was one."""
        while self._places:
            called = heappop(self._places).called
            if not called.done():
                called.set_result(None)
                return True
        return False
