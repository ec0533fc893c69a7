"""What the database says about the queue, of all tenants at once: for readiness and metrics."""

from __future__ import annotations

from dataclasses import dataclass

from storytailor.db.connection import Database
from storytailor.db.workers import ProviderCircuit, Workers

LONGEST_WAIT = 300.0
"""Work that waits for so long though a worker has a place free means that nobody claims it."""
LONGEST_WITHOUT_WORKERS = 30.0
"""So long a restart of the workers may take."""


@dataclass(frozen=True)
class QueueState:
    """Seconds the job has waited that nobody makes and that has waited longest, None when none waits; and who could.

    `place_free` says whether a worker could make another story now.
    """

    oldest_seconds: float | None
    workers: int
    place_free: bool

    @property
    def advice(self) -> str | None:
        """What is wrong and what to do. That all workers are busy is not: work waits for them, and none is lost."""
        waited = self.oldest_seconds or 0.0
        if waited > LONGEST_WITHOUT_WORKERS and not self.workers:
            return (
                f"Work has waited {waited:.0f} s and no worker is there to do it. Start one; nothing is lost meanwhile."
            )
        if waited > LONGEST_WAIT and self.place_free:
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
    """How much waits in the queue of one database, and for how long. Numbers only, so the API may hold it."""

    def __init__(self, database: Database, *, in_flight: int) -> None:
        self._database = database
        self._in_flight = in_flight

    async def state(self) -> QueueState:
        """How long work waits, and whether anybody is there to do it."""
        oldest, capacity = await self.age(), await Workers(self._database).capacity()
        return QueueState(oldest, capacity.workers, capacity.busy < min(capacity.slots, self._in_flight))

    async def age(self) -> float | None:
        """Seconds the longest-waiting job has waited that nobody makes, claimed or not; None when there is none."""
        (seconds,) = await self._database.fetch_values(float, "health/queue_age") or (None,)
        return seconds

    async def circuits(self) -> list[ProviderCircuit]:
        """How the workers' calls to each model stand."""
        return await Workers(self._database).circuits()

    async def unfinished_jobs(self) -> dict[str, int]:
        """How many jobs are `waiting` for a claim, `claimed` and not begun, `generating`."""
        counts = await self._database.fetch_all(_JobCount, "health/unfinished_jobs")
        return {count.state: count.jobs for count in counts}
