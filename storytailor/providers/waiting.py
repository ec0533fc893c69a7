"""What a busy provider says of itself: how long to wait, and how much it takes in a minute; and whether one is away."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

BUSY_STATUSES = frozenset({429, 502, 503, 504, *range(520, 530)})
"""Too many requests, overload, and what a proxy in front (Cloudflare's 520 to 529) says of an overloaded server."""
SHORTEST_WAIT_SECONDS = 0.1
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
DURATION = r"(?:\d+(?:\.\d+)?(?:ms|s|m|h))+"
TRY_AGAIN = re.compile(rf"(?:try again|retry) (?:in|after) ({DURATION})", re.IGNORECASE)
LIMIT = re.compile(
    r".*\bon (?P<what>[\w -]+?) per min(?:ute)?\b[^:]*: Limit (?P<limit>[\d,]+)(?:.*?Requested (?P<requested>[\d,]+))?"
)


_NOT_CONNECTED = frozenset({"ConnectError", "ConnectTimeout"})
"""What httpx calls it, and the successor of it that comes with OpenAI's SDK."""


def is_away(error: BaseException | None) -> bool:
    """Whether a call failed before it was sent: nobody listens there, or the name leads nowhere.

    A certificate that nobody vouches for is no such weather: that lasts until somebody acts.
    """
    if type(error).__name__ not in _NOT_CONNECTED:
        return False
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is None


class MinuteLimit(NamedTuple):
    """What a refusal says of a limit: of what, how many a minute, and how many this one call asked for."""

    what: str  # "images", "input-images", "requests", "tokens"
    per_minute: int
    requested: int | None


def limit_named(message: str) -> MinuteLimit | None:
    """The limit in "Rate limit reached … on input-images per min: Limit 5, Used 5, Requested 1."; None for none."""
    if (found := LIMIT.match(message)) is None:
        return None
    limit, requested = (int(said.replace(",", "")) if said else None for said in found.group("limit", "requested"))
    return MinuteLimit(found["what"], limit or 0, requested)


def wait_asked_for(headers: Mapping[str, str], message: str = "") -> float | None:
    """Seconds that an answer asks to wait; None when it does not say.

    Read in this order: `retry-after-ms`, `retry-after` (seconds or a date), the reset of the limit that is used up
    (`x-ratelimit-reset-requests`, `-tokens`), and the text ("Please try again in 12s").
    """
    said = (
        _number(headers.get("retry-after-ms"), 0.001),
        _number(headers.get("retry-after"), 1.0),
        _until(headers.get("retry-after"), headers.get("date")),
        *(
            _duration(headers.get(f"x-ratelimit-reset-{what}"))
            for what in ("requests", "tokens")
            if headers.get(f"x-ratelimit-remaining-{what}") == "0"
        ),
        _duration(found[1] if (found := TRY_AGAIN.search(message)) else None),
    )
    seconds = next((seconds for seconds in said if seconds is not None), None)
    return None if seconds is None else max(seconds, SHORTEST_WAIT_SECONDS)


def _number(text: str | None, unit: float) -> float | None:
    try:
        return float(text) * unit if text else None
    except ValueError:
        return None


def _until(text: str | None, said_at: str | None) -> float | None:
    """Seconds until an HTTP date, from when it was said by the same clock, or from now where that is not told."""
    until, now = http_date(text), http_date(said_at) or datetime.now(UTC)
    return (until - now).total_seconds() if until else None


def http_date(text: str | None) -> datetime | None:
    """The time in a header; None where there is none that can be read."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, TypeError):
        return None


def _duration(text: str | None) -> float | None:
    """Seconds of "12s", "6m0s" or "850ms"."""
    if not text or not re.fullmatch(DURATION, text):
        return None
    return sum(float(amount) * UNITS[unit] for amount, unit in re.findall(r"([\d.]+)(ms|s|m|h)", text))
