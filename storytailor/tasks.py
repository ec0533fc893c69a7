"""Background tasks: started so that a breakdown is heard of, ended for certain."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

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


def _say_if_broken(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("The %s broke and stays so until a restart.", task.get_name(), exc_info=error)
