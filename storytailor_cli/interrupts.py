"""Ctrl-C once stops in good order, a second time at once; SIGTERM and a closing terminal do the same."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class UserInterruptError(Exception):
    """The user asked to stop, and everything has stopped."""


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
    """Run `main(force)`: the first signal cancels it, the next one sets `force`. Raises UserInterruptError."""

    async def guarded() -> T:
        task = asyncio.current_task()
        assert task is not None
        force = asyncio.Event()

        def on_signal() -> None:
            if task.cancelling():
                force.set()
            else:
                task.cancel()

        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, on_signal)
        return await main(force)

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        raise UserInterruptError from None
