"""A store that is away is waited for: what was paid for is kept in memory and put again, not made again."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from storytailor.errors import ObjectMissingError, TransientError
from storytailor.providers.object_store.failures import Doing, damaged, given_up
from storytailor.providers.object_store.store import ObjectStore, is_as_stored

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """For how long a store is tried again, and how often: waits are doubled from `first` to `longest`, in seconds.

    Each is spread by half, so that all who were refused at one moment do not come back at one moment.
    """

    seconds: float = 180.0
    first: float = 1.0
    longest: float = 15.0

    def wait_before(self, retry: int) -> float:
        """Seconds before the `retry`-th retry (1 is the first)."""
        return min(self.first * 2.0 ** (retry - 1), self.longest) * random.uniform(0.5, 1.5)


class PatientStore:
    """The store as makers get it: `put` and `get` wait for a store that is away, busy or full.

    When patience is at its end, PermanentError: to make the thing again would cost as much again and be stored no
    better. What waiting does not help raises at once, a missing object too.
    """

    def __init__(
        self,
        store: ObjectStore,
        patience: Patience | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.store = store
        self._patience = patience or Patience()
        self._clock, self._sleep = clock, sleep

    async def put(self, key: str, body: bytes) -> None:
        """Store `body`, for as long as it takes."""
        await self._patiently("stored", key, lambda: self.store.put(key, body))

    async def get(self, key: str) -> bytes:
        """The bytes under `key`, as soon as the store gives them. Raises ObjectMissingError for damaged ones too."""
        body = await self._patiently("read", key, lambda: self.store.get(key))
        if not is_as_stored(key, body):
            raise damaged(key)
        return body

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove these, at once or not: nothing that was paid for hangs on it."""
        await self.store.delete(keys)

    async def delete_below(self, prefix: str) -> None:
        """Remove all below the prefix, at once or not."""
        await self.store.delete_below(prefix)

    def keys(self, beginning: str = "") -> AsyncIterator[list[str]]:
        """All keys that begin so, as the store lists them."""
        return self.store.keys(beginning)

    async def check(self) -> None:
        """Whether it can be used now."""
        await self.store.check()

    async def _patiently(self, doing: Doing, key: str, call: Callable[[], Awaitable[T]]) -> T:
        began, retry = self._clock(), 0
        while True:
            try:
                return await call()
            except ObjectMissingError:
                raise
            except TransientError as failure:
                retry += 1
                wait, waited = self._patience.wait_before(retry), self._clock() - began
                if waited + wait > self._patience.seconds:
                    raise given_up(doing, failure, waited) from failure
                log.warning("%s is not %s yet, again in %.1f s: %s", key, doing, wait, failure.for_operator)
            await self._sleep(wait)
