"""Stored objects that no row shows, to be deleted once no worker can be writing them any more.

A story's file or a portrait is written down before it is stored, and taken off by the write that shows it: whatever
becomes of its worker in between, it belongs to somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from storytailor.db.connection import Database

BATCH = 100


@dataclass(frozen=True)
class OrphanedObject:
    """A key, or what several begin with."""

    id: int
    prefix: str


class OrphanedObjects:
    """The orphaned objects of one database, all tenants'; triggers write most of them down (migration 0003)."""

    def __init__(self, database: Database, *, behind_cdn: bool = False) -> None:
        """`behind_cdn`: what is deleted of books is to leave a CDN as well, see `cdn_purges`."""
        self._database = database
        self._behind_cdn = behind_cdn

    async def due(self, *, but: Iterable[int] = ()) -> list[OrphanedObject]:
        """What is due but for these ids, the longest due first; at most BATCH."""
        return await self._database.fetch_all(OrphanedObject, "orphaned_objects/due", but=list(but), limit=BATCH)

    async def is_unused(self, orphan: OrphanedObject) -> bool:
        """Whether nothing shows it now. To be asked right before it is deleted: it may have come into use since."""
        unused = await self._database.fetch_values(bool, "orphaned_objects/unused", id=orphan.id)
        return unused == [True]

    async def add(self, story_id: UUID, keys: Sequence[str]) -> list[int]:
        """Write down what nothing shows yet: if nothing does in an hour, it is deleted. Their ids.

        Empty for a story that is gone: what is stored of it from now on would be nobody's.
        """
        return await self._database.fetch_values(int, "orphaned_objects/add", story_id=story_id, keys=list(keys))

    async def deleted(self, ids: Iterable[int]) -> None:
        """Take these from the list: the store has them no more. In the same statement the CDN's turn comes."""
        await self._database.execute("orphaned_objects/forget", ids=list(ids), purge=self._behind_cdn)

    async def forget(self, ids: Iterable[int]) -> None:
        """Take these from the list: they are in use again."""
        await self._database.execute("orphaned_objects/forget", ids=list(ids), purge=False)
