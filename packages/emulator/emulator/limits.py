"""A provider's limits a minute: how many requests, pictures and reference pictures a model takes.

Each limit is a bucket that fills evenly over the minute, which is what OpenAI's waits come from: at 5 a minute the
sixth picture is asked to try again in 12 s. A call that is refused counts as a request, so that asking again and again
keeps an empty bucket empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic

from pydantic import BaseModel, ConfigDict, Field

from emulator.log import Call
from emulator.real_answers.bodies import duration
from emulator.wire_errors import WireError, openai_error

_ORGANIZATION = "org-a1B2c3D4e5F6g7H8i9J0k1L2"
_LEARN = "Visit https://platform.openai.com/account/rate-limits to learn more."


class Limits(BaseModel):
    """How many a minute each of OpenAI's models takes; None is no limit.

    `minute_seconds` is how long a minute lasts, `headers` whether a refusal says the wait in headers too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    requests: int | None = Field(default=None, ge=1)
    images: int | None = Field(default=None, ge=1)
    input_images: int | None = Field(default=None, ge=1)
    minute_seconds: float = Field(default=60, gt=0, le=3600)
    headers: bool = True


@dataclass(frozen=True)
class _Kind:
    """One limit: how OpenAI's text and the error's type name it."""

    words: str
    type: str


_REQUESTS = _Kind("requests per min (RPM)", "requests")
_IMAGES = _Kind("images per min", "images")
_INPUT_IMAGES = _Kind("input-images per min", "input-images")


class Limiter:
    """What is left of the limits of each model, by a clock in seconds. Lives on the event loop."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._buckets: dict[tuple[str, _Kind], _Bucket] = {}

    def admit(self, call: Call) -> None:
        """Counts the call against its model's limits. Raises the 429 of OpenAI for one beyond them."""
        if call.provider != "openai" or call.model is None:
            return
        wanted = (
            (_REQUESTS, self._limits.requests, 1),
            (_IMAGES, self._limits.images, call.pictures),
            (_INPUT_IMAGES, self._limits.input_images, call.input_pictures),
        )
        taken = [(self._bucket(call.model, kind, limit), count) for kind, limit, count in wanted if limit and count]
        full = next(((bucket, count) for bucket, count in taken if not bucket.holds(count)), None)
        for bucket, count in taken:
            if full is None or bucket.kind is _REQUESTS:
                bucket.take(count)
        if full is not None:
            raise self._refusal(call.model, *full)

    def _bucket(self, model: str, kind: _Kind, limit: int) -> _Bucket:
        key = model, kind
        if key not in self._buckets:
            self._buckets[key] = _Bucket(kind, limit, self._limits.minute_seconds, self._clock)
        return self._buckets[key]

    def _refusal(self, model: str, bucket: _Bucket, count: int) -> WireError:
        where = f"{model} (for limit gpt-image)" if bucket.kind is not _REQUESTS else model
        place = f"{where} in organization {_ORGANIZATION} on {bucket.kind.words}: Limit {bucket.limit}"
        if count > bucket.limit:
            text = f"Request too large for {place}, Requested {count}. {_LEARN}"
            return openai_error(429, text, code="rate_limit_exceeded", kind=bucket.kind.type)
        wait = bucket.wait(count)
        used = f"Used {bucket.used}, Requested {count}. Please try again in {duration(wait)}."
        error = openai_error(
            429, f"Rate limit reached for {place}, {used} {_LEARN}", code="rate_limit_exceeded", kind=bucket.kind.type
        )
        if self._limits.headers:
            error.headers |= {"retry-after": str(ceil(wait)), "retry-after-ms": str(ceil(wait * 1000))}
        return error


class _Bucket:
    """What one model has left of one limit."""

    def __init__(self, kind: _Kind, limit: int, minute_seconds: float, clock: Callable[[], float]) -> None:
        self.kind, self.limit, self._clock = kind, limit, clock
        self._a_second = limit / minute_seconds
        self._left, self._at = float(limit), clock()

    def holds(self, count: int) -> bool:
        """Whether so many are left now."""
        now = self._clock()
        self._left = min(self.limit, self._left + (now - self._at) * self._a_second)
        self._at = now
        return self._left >= count

    def take(self, count: int) -> None:
        """Counts so many; what is not left is not owed."""
        self._left = max(0.0, self._left - count)

    def wait(self, count: int) -> float:
        """Seconds until so many are left."""
        return (count - self._left) / self._a_second

    @property
    def used(self) -> int:
        """How many of the limit are used up."""
        return ceil(self.limit - self._left)
