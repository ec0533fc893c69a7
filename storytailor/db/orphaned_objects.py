"""Stored objects whose row is gone, to be removed once no worker can be writing them any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storytailor.db.connection import Database

A_BATCH = 100


@dataclass(frozen=True)
class Removal:
    """A key, or what several begin with. `unused` says whether nothing shows it."""

    id: int
    prefix: str
    unused: bool


class Removals:
    """The removals of one database; triggers write them (migration 0003)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self) -> list[Removal]:
        """What is due, the longest due first; at most A_BATCH."""
        return [Removal(**row) for row in await self._database.fetch("orphaned_objects/due", most=A_BATCH)]

    async def forget(self, removals: Iterable[Removal]) -> None:
        """These are dealt with."""
        await self._database.fetch("orphaned_objects/forget", ids=[removal.id for removal in removals])
