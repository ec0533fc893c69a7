"""Work that takes processor time, a few pieces at a time: those of the oldest story first.

Side by side, the pieces of sixty stories would all be done late. In turns, one story after the other has its book.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from storytailor.db.leases import Age
from storytailor.line import Line

T = TypeVar("T")
P = ParamSpec("P")

AT_ONCE = 2
"""One that computes, and one whose library leaves the interpreter to others meanwhile."""


class Turns:
    """The turns of a process. Bound to one event loop."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._line = Line(missed=self._pass_on)

    @asynccontextmanager
    async def turn(self, age: Age) -> AsyncIterator[None]:
        """Wait until it is the turn of work of this age, and have it for as long as the block lasts."""
        if self._free:
            self._free -= 1
        else:
            await self._line.wait(age)
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        if not self._line.call():
            self._free += 1


_ours: ContextVar[tuple[Turns, Age] | None] = ContextVar("whose work this is", default=None)


@contextmanager
def work_of(turns: Turns, age: Age) -> Iterator[None]:
    """What is done in this block, and in tasks begun in it, is work of a story of this age."""
    token = _ours.set((turns, age))
    try:
        yield
    finally:
        _ours.reset(token)


async def in_turn(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do this in a thread, as `asyncio.to_thread` does, when it is the story's turn; at once where there is none."""
    if (ours := _ours.get()) is None:
        return await asyncio.to_thread(work, *args, **named)
    turns, age = ours
    async with turns.turn(age):
        return await asyncio.to_thread(work, *args, **named)
