"""Waiting for a provider that is busy: the one retry that belongs to the provider itself.

A busy provider is weather: to wait for it uses up none of an asset's attempts.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from storytailor.errors import ProviderBusyError, TransientError

T = TypeVar("T")

BUSY_STATUSES = frozenset({429, 502, 503, 504, *range(520, 530)})
"""Too many requests, overload, and what a proxy in front (Cloudflare's 520 to 529) says of an overloaded server."""
LONGEST_WAIT_SECONDS = 300.0
"""All waiting of one call together; beyond it the asset's own retries take over."""
SHORTEST_WAIT_SECONDS = 0.1
FIRST_WAIT_SECONDS, LARGEST_STEP_SECONDS = 1.0, 30.0
"""Where a provider does not say how long: doubled each time, up to the largest, give or take half."""
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
DURATION = r"(?:\d+(?:\.\d+)?(?:ms|s|m|h))+"
TRY_AGAIN = re.compile(rf"(?:try again|retry) (?:in|after) ({DURATION})", re.IGNORECASE)


def wait_asked_for(headers: Mapping[str, str], message: str = "") -> float | None:
    """Seconds that an answer asks to wait; None when it does not say.

    Read in this order: `retry-after-ms`, `retry-after` (seconds or a date), the reset of the limit that is used up
    (`x-ratelimit-reset-requests`, `-tokens`), and the text ("Please try again in 12s").
    """
    said = (
        _number(headers.get("retry-after-ms"), 0.001),
        _number(headers.get("retry-after"), 1.0),
        _until(headers.get("retry-after")),
        *(
            _duration(headers.get(f"x-ratelimit-reset-{what}"))
            for what in ("requests", "tokens")
            if headers.get(f"x-ratelimit-remaining-{what}") == "0"
        ),
        _duration(found[1] if (found := TRY_AGAIN.search(message)) else None),
    )
    seconds = next((seconds for seconds in said if seconds is not None), None)
    return None if seconds is None else max(seconds, SHORTEST_WAIT_SECONDS)


async def wait_while_busy(call: Callable[[], Awaitable[T]]) -> T:
    """Call until the provider stops being busy. Raises TransientError beyond LONGEST_WAIT_SECONDS."""
    left, tries = LONGEST_WAIT_SECONDS, 0
    while True:
        try:
            return await call()
        except ProviderBusyError as busy:
            seconds = _step(tries) if busy.seconds is None else busy.seconds * random.uniform(1.0, 1.1)
            if seconds > left:
                asked = f"It asked to wait {busy.seconds:.0f} s" if busy.seconds else "It stayed so"
                raise TransientError(f"{busy} {asked}, which is too long.", detail=busy.detail) from busy
            left, tries = left - seconds, tries + 1
            await asyncio.sleep(seconds)


def _step(tries: int) -> float:
    """Growing, and spread: many who were refused at the same moment do not come back at the same moment."""
    return min(FIRST_WAIT_SECONDS * 2.0**tries, LARGEST_STEP_SECONDS) * random.uniform(0.5, 1.5)


def _number(text: str | None, unit: float) -> float | None:
    try:
        return float(text) * unit if text else None
    except ValueError:
        return None


def _until(text: str | None) -> float | None:
    """Seconds until an HTTP date."""
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds() if text else None
    except (ValueError, TypeError):
        return None


def _duration(text: str | None) -> float | None:
    """Seconds of "12s", "6m0s" or "850ms"."""
    if not text or not re.fullmatch(DURATION, text):
        return None
    return sum(float(amount) * UNITS[unit] for amount, unit in re.findall(r"([\d.]+)(ms|s|m|h)", text))
