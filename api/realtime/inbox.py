"""Notes of changed stories that wait for a channel to read their rows."""

from __future__ import annotations

import asyncio

ANY = ""
"""The note that any story may have changed."""


class Inbox:
    """Notes of at most `most` stories, one each: its reader takes the latest row, so more are never needed.

    When they are more, they become the one note that any may have changed: nothing is lost, only asked for.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._notes: dict[str, None] = {}  # in the order they came
        self._some = asyncio.Event()

    def put(self, story_id: str) -> None:
        """Leave the note that this story changed; "" when any may have."""
        if ANY not in self._notes:
            if story_id == ANY or len(self._notes) == self._most:
                self._notes = {ANY: None}
            else:
                self._notes[story_id] = None
        self._some.set()

    async def wait(self, seconds: float) -> None:
        """Wait for a note, so long at the most; when none came, any story may have changed unheard."""
        try:
            async with asyncio.timeout(seconds):
                await self._some.wait()
        except TimeoutError:
            self.put(ANY)

    def take(self) -> str | None:
        """The oldest note, taken out; None when there is none."""
        story_id = next(iter(self._notes), None)
        if story_id is None:
            self._some.clear()
        else:
            del self._notes[story_id]
        return story_id
