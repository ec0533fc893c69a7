"""Background tasks: started so that a breakdown is heard of, ended for certain."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from storytailor.errors import ServiceUnavailableError

log = logging.getLogger(__name__)


def start(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """A task for work that goes on by itself; should it break, the log says so at once."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_say_if_broken)
    return task


async def stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel until all have ended: `wait_for` of Python 3.11, as the connection pool uses it, can lose a cancel."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.5)


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Do these side by side until one breaks or this is cancelled; then all of them have ended.

    Unlike a TaskGroup, which cancels its tasks once, and waits for ever for one that has lost it.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        ending = asyncio.ensure_future(stop(tasks))
        while not ending.done():
            with suppress(asyncio.CancelledError):  # cancelled again meanwhile: they end all the same
                await asyncio.shield(ending)
    for task in done:
        task.result()


class Lasting:
    """Work that goes on for ever, a turn after the other, whatever becomes of one of them.

    What cannot be reached is warned of each time; what nobody expected is told with its trace, once until a turn goes
    well.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._broken = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One of them: it may fail."""
        try:
            yield
        except ServiceUnavailableError as down:
            log.warning("The %s waits: %s", self._name, down)
        except Exception:
            if not self._broken:
                log.exception("The %s failed, and goes on.", self._name)
            self._broken = True
        else:
            self._broken = False


def _say_if_broken(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("The %s broke and stays so until a restart.", task.get_name(), exc_info=error)
