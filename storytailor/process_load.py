"""How busy this process is: whether what it has begun already takes all the processor time it can get."""

from __future__ import annotations

import asyncio
import math
import time

SAMPLE_SECONDS = 0.1
SMOOTHED_OVER_SECONDS = 1.0
BUSY_SHARE = 0.75
"""Of one core: Python computes on one at a time."""
FIRST_GUESS, LEARNING = 2.0, 0.2
LATE_SECONDS, LATE_SHARE = 0.05, 0.35
"""So late, and using so much: others leave this process no more. One that hardly computes is not late by itself."""


class ProcessLoad:
    """Smoothed over a second: the share of one core that this process used, and how late its event loop was.

    `seconds_a_story` of processor time a story costs, learned from those that are over.
    """

    def __init__(self) -> None:
        self.share = 0.0
        self.late = 0.0
        self.seconds_a_story = FIRST_GUESS
        self._used_before = time.process_time()
        self._seen = time.perf_counter(), time.process_time()

    @property
    def is_busy(self) -> bool:
        """Whether one story more would only make those that are under way slower."""
        return self.share >= BUSY_SHARE or (self.late >= LATE_SECONDS and self.share >= LATE_SHARE)

    def story_begun(self, *, alone: bool) -> None:
        """A story was begun, `alone` or beside others."""
        if alone:
            self._used_before = time.process_time()

    def story_over(self) -> None:
        """A story is over: what was used since the one before is, on average, what one costs."""
        before, self._used_before = self._used_before, time.process_time()
        used = min(self._used_before - before, 2 * self.seconds_a_story)  # the first of many has used more than its own
        self.seconds_a_story += LEARNING * (used - self.seconds_a_story)

    async def sample(self, seconds: float = SAMPLE_SECONDS) -> None:
        """Look for so many seconds; what was used since the last look counts too."""
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        (seen, used), self._seen = self._seen, (time.perf_counter(), time.process_time())
        took = self._seen[0] - seen
        self.note(took, share=(self._seen[1] - used) / took, late=self._seen[0] - began - seconds)

    def note(self, took: float, *, share: float, late: float) -> None:
        """What was seen in so many seconds."""
        weight = 1 - math.exp(-took / SMOOTHED_OVER_SECONDS)
        self.share += weight * (share - self.share)
        self.late += weight * (late - self.late)
