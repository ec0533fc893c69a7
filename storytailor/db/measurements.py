"""What is counted of all stories: durations, lost leases, dollars. Numbers only, so the API may hold it.

Triggers insert a measurement where it happens, in the transaction that it is about; the sweep folds them into sums.
What is told here of both only ever grows, as Prometheus asks of a counter, whichever process tells it.
"""

from __future__ import annotations

from dataclasses import dataclass

from storytailor.db.connection import Database

KEPT_HOURS = 24.0
"""For which single stories are known; what ended before is in the sums alone."""


@dataclass(frozen=True)
class Measured:
    """How often an amount fell into one bucket, whose upper bound is `bucket`, and what those came to together."""

    metric: str
    stage: str
    outcome: str
    bucket: float
    times: int
    total: float


@dataclass(frozen=True)
class InTime:
    """Of the stories that ended, how many could be read in time; `overdue` ones have not, and are too late."""

    ended: int
    in_time: int
    overdue: int = 0

    @property
    def percent(self) -> float | None:
        """Of all that are known to be in time or not; None where there is none."""
        known = self.ended + self.overdue
        return 100 * self.in_time / known if known else None


class Measurements:
    """The measurements of one database, all tenants'."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def so_far(self) -> list[Measured]:
        """All that was ever measured, by bucket."""
        return await self._database.fetch_all(Measured, "measurements/so_far")

    async def in_time(self, seconds: float, *, hours: float = KEPT_HOURS) -> InTime:
        """How whole stories fared that ended in the last hours, or should have; what somebody cancelled is left out."""
        (found,) = await self._database.fetch_all(InTime, "measurements/in_time", hours=hours, seconds=seconds)
        return found

    async def held_leases(self) -> int:
        """How many leases workers hold now."""
        (held,) = await self._database.fetch_values(int, "measurements/held_leases")
        return held

    async def fold(self, most: int = 100_000) -> int:
        """Add what was measured to the sums, at most so many measurements; how many those were."""
        (folded,) = await self._database.fetch_values(int, "measurements/fold", hours=KEPT_HOURS, most=most)
        return folded
