"""Changed stories that wait for a channel to read their rows."""

from __future__ import annotations

import asyncio

ANY = ""
"""Stands for: any story may have changed."""


class PendingChanges:
    """A subscriber that keeps the ids of at most `limit` changed stories, each once: its reader takes the latest row.

    When they are more, they become the one entry that any may have changed: nothing is lost, only looked up.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._story_ids: dict[str, None] = {}  # in the order they came
        self._some = asyncio.Event()

    def notify(self, story_id: str) -> None:
        """This story changed; "" when any may have."""
        if ANY not in self._story_ids:
            if story_id == ANY or len(self._story_ids) == self._limit:
                self._story_ids = {ANY: None}
            else:
                self._story_ids[story_id] = None
        self._some.set()

    async def wait(self, seconds: float) -> None:
        """Wait for a change, so long at most; when none came, any story may have changed without notice."""
        try:
            async with asyncio.timeout(seconds):
                await self._some.wait()
        except TimeoutError:
            self.notify(ANY)

    def pop(self) -> str | None:
        """The story that changed first, taken out; None when there is none."""
        story_id = next(iter(self._story_ids), None)
        if story_id is None:
            self._some.clear()
        else:
            del self._story_ids[story_id]
        return story_id
