"""What a CDN is to be told to forget: files of books that are deleted in the store, until it has taken the order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from storytailor.db.connection import Database

LEASE_SECONDS = 120.0
"""How long whoever has claimed an entry may take to order it."""


@dataclass(frozen=True)
class CdnPurge:
    """A key, or the folder that several begin with (then `prefix` ends in a slash)."""

    id: int
    prefix: str


@dataclass(frozen=True)
class WaitingPurges:
    """What is still to be ordered."""

    entries: int
    oldest_seconds: float


class CdnPurges:
    """The purges of one database, all tenants'; `OrphanedObjects.deleted` writes them down."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, limit: int) -> list[CdnPurge]:
        """Lease up to so many that are due; who does not settle them leaves them due again."""
        return await self._database.fetch_all(CdnPurge, "cdn_purges/claim", limit=limit, seconds=LEASE_SECONDS)

    async def done(self, purges: Iterable[CdnPurge]) -> None:
        """The CDN has taken the order: there is nothing left to do."""
        await self._database.execute("cdn_purges/done", ids=[purge.id for purge in purges])

    async def put_off(self, purges: Iterable[CdnPurge], reason: str) -> None:
        """It has not: they are due again, later each time, an hour at the most."""
        await self._database.execute("cdn_purges/put_off", ids=[purge.id for purge in purges], reason=reason)

    async def waiting(self) -> WaitingPurges:
        """How much is left to do."""
        return await self._database.fetch_one(WaitingPurges, "cdn_purges/waiting") or WaitingPurges(0, 0)
