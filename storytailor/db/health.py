"""What the database says about the queue, of all tenants at once: for readiness and metrics."""

from __future__ import annotations

import time
from dataclasses import dataclass

from storytailor.db.connection import Database
from storytailor.db.workers import ProviderCircuit, WorkerCapacity, Workers

LONGEST_WAIT = 300.0
"""Work that waits for so long though a worker has a place free means that nobody claims it."""
LONGEST_WITHOUT_WORKERS = 30.0
"""So long a restart of the workers may take."""
STILL_SECONDS = 60.0
"""For so long nothing must have been seen to move before it is said that nobody takes what waits. Which places are free
is known less well: each worker says every ten seconds how many it has, which may be those that it had in use."""
MOVED_SECONDS = 1.0
"""The oldest of what waits is another one if it is so much younger; less is how long the question was under way."""


@dataclass(frozen=True)
class QueueState:
    """Seconds the job has waited that nobody makes and that has waited longest, None when none waits; and who could.

    `left_lying` says whether a worker could make another story, and none has been seen to be taken for a while.
    """

    oldest_seconds: float | None
    workers: int
    left_lying: bool

    @property
    def advice(self) -> str | None:
        """What is wrong and what to do. That all workers are busy is not: work waits for them, and none is lost."""
        waited = self.oldest_seconds or 0.0
        if waited > LONGEST_WITHOUT_WORKERS and not self.workers:
            return (
                f"Work has waited {waited:.0f} s and no worker is there to do it. Start one; nothing is lost meanwhile."
            )
        if waited > LONGEST_WAIT and self.left_lying:
            return (
                f"Work has waited {waited:.0f} s in the queue and nobody takes it. "
                "Is the Dagster daemon up, and its story_queue_sensor running?"
            )
        return None


@dataclass(frozen=True)
class _JobCount:
    state: str
    jobs: int


class QueueHealth:
    """How much waits in the queue of one database, and for how long. Numbers only, so the API may hold it.

    It remembers what it saw, so that of several looks the later ones tell whether work is taken.
    """

    def __init__(self, database: Database, *, in_flight: int) -> None:
        self._database = database
        self._in_flight = in_flight
        self._oldest_since = float("-inf")
        self._taken_at = float("-inf")

    async def state(self) -> QueueState:
        """How long work waits, and whether anybody is there to do it."""
        oldest, capacity = await self.age(), await self.capacity()
        place_free = capacity.busy < min(capacity.slots, self._in_flight)
        now = time.monotonic()
        if self._has_moved(now, oldest) or not place_free:
            self._taken_at = now
        return QueueState(oldest, capacity.workers, place_free and now - self._taken_at >= STILL_SECONDS)

    def _has_moved(self, now: float, oldest: float | None) -> bool:
        """Whether what waited longest at the last look has been taken since."""
        before, self._oldest_since = self._oldest_since, now - (oldest or 0.0)
        return before > float("-inf") and self._oldest_since - before > MOVED_SECONDS

    async def age(self) -> float | None:
        """Seconds the longest-waiting job has waited that nobody makes, claimed or not; None when there is none."""
        (seconds,) = await self._database.fetch_values(float, "health/queue_age") or (None,)
        return seconds

    async def capacity(self) -> WorkerCapacity:
        """The workers that are there, and what they can do."""
        return await Workers(self._database).capacity()

    async def circuits(self) -> list[ProviderCircuit]:
        """How the workers' calls to each model stand."""
        return await Workers(self._database).circuits()

    async def unfinished_jobs(self) -> dict[str, int]:
        """How many jobs are `waiting` for a claim, `claimed` and not begun, `generating`."""
        counts = await self._database.fetch_all(_JobCount, "health/unfinished_jobs")
        return {count.state: count.jobs for count in counts}
