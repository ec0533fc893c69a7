"""The workers of a fleet: each says that it is there, as long as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from storytailor.db.connection import Database, json


@dataclass(frozen=True)
class WorkerCapacity:
    """The workers that are there, how many stories they can make side by side, and how many they make now."""

    workers: int
    slots: int
    busy: int


@dataclass(frozen=True)
class ProviderCircuit:
    """How many workers' calls to a model stand alike: "closed", "half_open" or "open", and an operator's reason."""

    provider: str
    model: str
    state: str
    workers: int
    reason: str


class Workers:
    """The workers of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def announce(
        self, worker: UUID, name: str, slots: int, seconds: float, *, circuits: Sequence[Mapping[str, str]] = ()
    ) -> None:
        """The worker is there, for so many seconds more.

        Each of `circuits` has the `provider`, `model`, `state` and `reason` of a line of calls.
        """
        await self._database.execute(
            "workers/announce", id=worker, name=name, slots=slots, seconds=seconds, circuits=json(list(circuits))
        )

    async def leave(self, worker: UUID) -> None:
        """The worker is there no longer."""
        await self._database.execute("workers/leave", id=worker)

    async def circuits(self) -> list[ProviderCircuit]:
        """How the calls of the workers that are there stand, by provider, model and state."""
        return await self._database.fetch_all(ProviderCircuit, "health/provider_circuits")

    async def capacity(self) -> WorkerCapacity:
        """What the workers that are there can do."""
        (capacity,) = await self._database.fetch_all(WorkerCapacity, "health/worker_capacity")
        return capacity
