"""The workers of a fleet: each says that it is there, as long as it is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storytailor.db.connection import Database


@dataclass(frozen=True)
class WorkerCapacity:
    """The workers that are there, how many stories they can make side by side, and how many they make now."""

    workers: int
    slots: int
    busy: int


class Workers:
    """The workers of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def announce(self, worker: UUID, name: str, slots: int, seconds: float) -> None:
        """The worker is there, for so many seconds more."""
        await self._database.execute("workers/announce", id=worker, name=name, slots=slots, seconds=seconds)

    async def leave(self, worker: UUID) -> None:
        """The worker is there no longer."""
        await self._database.execute("workers/leave", id=worker)

    async def capacity(self) -> WorkerCapacity:
        """What the workers that are there can do."""
        (capacity,) = await self._database.fetch_all(WorkerCapacity, "health/worker_capacity")
        return capacity
