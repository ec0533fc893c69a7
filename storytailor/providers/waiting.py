"""Waiting for a provider that says how long: the one retry that belongs to the provider itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from storytailor.errors import ProviderBusyError, TransientError

T = TypeVar("T")

LONGEST_WAIT_SECONDS = 300.0
"""All waiting of one call together; beyond it the asset's own retries take over."""
DEFAULT_WAIT_SECONDS = 2.0
SHORTEST_WAIT_SECONDS = 0.1


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds the answer's `retry-after-ms` or `retry-after` asks for; a little when it asks for nothing."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(float(headers[name]) * unit, SHORTEST_WAIT_SECONDS)
        except (KeyError, ValueError):
            continue
    return DEFAULT_WAIT_SECONDS


async def wait_while_busy(call: Callable[[], Awaitable[T]]) -> T:
    """Call until the provider stops asking to wait. Raises TransientError beyond LONGEST_WAIT_SECONDS."""
    left = LONGEST_WAIT_SECONDS
    while True:
        try:
            return await call()
        except ProviderBusyError as busy:
            if busy.seconds > left:
                raise TransientError(
                    f"{busy} It asked to wait {busy.seconds:.0f} s, which is too long."
                ) from busy
            left -= busy.seconds
            await asyncio.sleep(busy.seconds)
