"""What a user or an address may hold open at a time, so that one of them does not hold it all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from storytailor.errors import RateLimitedError

SECONDS = 10
"""What is told as `Retry-After`: when something is closed, nobody knows."""


class ConcurrencyLimit:
    """So many at a time for each key."""

    def __init__(self, most: int, what: str) -> None:
        """`what`: what they are, as in "50 event streams at a time are the most"."""
        self._most = most
        self._what = what
        self._held: Counter[Hashable] = Counter()

    def take(self, key: Hashable) -> None:
        """Hold one more, until it is given back. Raises RateLimitedError."""
        if self._held[key] >= self._most:
            message = f"{self._most:,} {self._what} at a time are the most. Close one, or use one for several things."
            raise RateLimitedError(message, retry_after=SECONDS)
        self._held[key] += 1

    def give_back(self, key: Hashable) -> None:
        """Hold one less."""
        self._held[key] -= 1
        if self._held[key] <= 0:
            del self._held[key]

    @contextmanager
    def one(self, key: Hashable) -> Iterator[None]:
        """Hold one until the block ends. Raises RateLimitedError."""
        self.take(key)
        try:
            yield
        finally:
            self.give_back(key)
