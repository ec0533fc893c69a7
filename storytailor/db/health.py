"""What the database says about the queue, of all tenants at once: for readiness and metrics."""

from __future__ import annotations

from dataclasses import dataclass

from storytailor.db.connection import Database


@dataclass(frozen=True)
class _JobCount:
    state: str
    jobs: int


class QueueHealth:
    """How much waits in the queue of one database, and for how long. Numbers only, so the API may hold it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def age(self) -> float | None:
        """Seconds the longest-waiting unclaimed job has waited; None when the queue is empty."""
        (seconds,) = await self._database.fetch_values(float, "health/queue_age") or (None,)
        return seconds

    async def unfinished_jobs(self) -> dict[str, int]:
        """How many jobs are `waiting` for a claim, `claimed` and not begun, `generating`."""
        counts = await self._database.fetch_all(_JobCount, "health/unfinished_jobs")
        return {count.state: count.jobs for count in counts}
