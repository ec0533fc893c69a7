"""Ctrl-C once stops in good order, twice in a hurry; a terminal that closes and SIGTERM count as well."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """The user has had enough; everything is stopped."""


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
    """Run `main(hurry)`: the first signal cancels it, the next one sets `hurry`. Raises Interrupted."""

    async def guarded() -> T:
        task = asyncio.current_task()
        assert task is not None
        hurry = asyncio.Event()

        def hear() -> None:
            if task.cancelling():
                hurry.set()
            else:
                task.cancel()

        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, hear)
        return await main(hurry)

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        raise Interrupted from None
