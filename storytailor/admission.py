"""Which of the claimed stories a worker begins, and when: the oldest, while it has processor time to spare.

With all of them begun at once, sixty stories are all done at the end. A story that waits here is claimed and its lease
renewed, but not begun: waiting costs no claim.
"""

from __future__ import annotations

import asyncio
from typing import Protocol
from uuid import UUID

from storytailor.db.leases import Age
from storytailor.line import Line
from storytailor.process_load import ProcessLoad
from storytailor.tasks import start, stop

ALWAYS = 3
"""So many are made side by side however busy the machine is: most of a story's time its providers take."""
IN_A_ROW = 8
"""So many are begun at once by a worker that had time to spare: stories do not come evenly."""


class Load(Protocol):
    """What the admission looks at."""

    seconds_a_story: float
    """Of processor time."""

    @property
    def is_busy(self) -> bool:
        """Whether one story more would only make the others slower."""

    def story_begun(self, *, alone: bool) -> None:
        """A story was begun, `alone` or beside others."""

    def story_over(self) -> None:
        """A story is over."""

    async def sample(self) -> None:
        """Look for a moment."""


class Admission:
    """The stories a worker has begun, and those that wait for it. Bound to one event loop.

    Beyond the first few it begins, on average, one in the time that one takes of a processor, since it cannot make them
    faster: what a story that was just begun will take does not show in the load yet.
    """

    def __init__(self, load: Load | None = None) -> None:
        self._load = load or ProcessLoad()
        self._line = Line()
        self._under_way: set[UUID] = set()
        self._worked_off_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    async def enter(self, token: UUID, age: Age) -> None:
        """Begin the story of this lease: at once if there is room and none waits, else when its turn comes."""
        if self._line or not self._has_room():
            self._look()
            await self._line.wait(age)
        self._load.story_begun(alone=not self._under_way)
        self._under_way.add(token)
        self._worked_off_at = max(self._worked_off_at, _now()) + self._load.seconds_a_story
        self._look()

    def leave(self, token: UUID) -> None:
        """The story of this lease is over, begun or not."""
        if token in self._under_way:
            self._under_way.remove(token)
            self._load.story_over()

    @property
    def waiting(self) -> int:
        """How many stories wait for their turn."""
        return len(self._line)

    def places(self, slots: int) -> int:
        """How many stories this worker makes side by side: `slots`, or as many as now while others wait for it."""
        return max(1, len(self._under_way)) if self._line else slots

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            await stop([self._looking])

    def _has_room(self) -> bool:
        if len(self._under_way) < ALWAYS:
            return True
        ahead = self._worked_off_at - _now()
        return ahead <= IN_A_ROW * self._load.seconds_a_story and not self._load.is_busy

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = start(self._keep_looking(), "admission of stories")

    async def _keep_looking(self) -> None:
        while self._under_way or self._line:
            await self._load.sample()
            if self._has_room():
                self._line.call()


def _now() -> float:
    return asyncio.get_running_loop().time()
