"""Each user's requests stand in a line of their own: who sends many at once waits for oneself, not others for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from storytailor.errors import RateLimitedError

AT_ONCE = 3
"""Of a user; less than there are connections to the database."""
WAITING = 100


@dataclass
class _Line:
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    requests: int = 0


class Lines:
    """A line for each user who has a request under way."""

    def __init__(self) -> None:
        self._lines: dict[UUID, _Line] = {}

    @asynccontextmanager
    async def turn(self, user_id: UUID) -> AsyncIterator[None]:
        """Wait for one's turn, and have it until the block ends. Raises RateLimitedError when too many wait."""
        line = self._lines.setdefault(user_id, _Line())
        if line.requests >= AT_ONCE + WAITING:
            raise RateLimitedError(f"{WAITING} requests of yours are waiting for others of yours.", retry_after=1)
        line.requests += 1
        try:
            async with line.places:
                yield
        finally:
            line.requests -= 1
            if not line.requests:
                del self._lines[user_id]
