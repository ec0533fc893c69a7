"""What an operator asks of all stories at once: what is made, what fails, what waits. Without a family's words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storytailor.catalog import ALL_ASSETS, AssetName
from storytailor.db.connection import Database
from storytailor.db.queue import CANCELLED_BY_OPERATOR
from storytailor.db.story_actions import CANCELLED

WANTED = [CANCELLED, CANCELLED_BY_OPERATOR]
"""Failures that somebody asked for."""
MOST_CAUSES = 10


@dataclass(frozen=True)
class UnderWay:
    """Stories that are being made; `stillest` is the one whose row nobody has changed for longest."""

    stories: int
    average_seconds: float
    stillest: UUID | None
    still_seconds: float


@dataclass(frozen=True)
class Made:
    """One asset's last 24 hours; how many failed by themselves, and not for lack of another."""

    asset: AssetName
    made: int
    average_seconds: float | None
    failed: int


@dataclass(frozen=True)
class Failure:
    """One cause of failures in the last 24 hours."""

    says: str
    stages: list[AssetName]
    stories: int
    last_story: UUID


@dataclass(frozen=True)
class Placeholders:
    """Pictures that could not be drawn in the last 24 hours, for one reason."""

    reason: str
    stages: list[AssetName]
    stories: int
    last_story: UUID


@dataclass(frozen=True)
class Webhooks:
    """Those that wait, and those that were given up in the last 24 hours."""

    waiting: int
    oldest_seconds: float
    dead: int


@dataclass(frozen=True)
class Standing:
    """Something that keeps everybody from something."""

    cause: str
    says: str


class Operations:
    """The questions, of one database and by the makers' login."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def under_way(self) -> UnderWay:
        """What is being made now."""
        (found,) = await self._database.fetch_all(UnderWay, "operations/under_way")
        return found

    async def made(self) -> list[Made]:
        """The last 24 hours by asset, upstream first."""
        rows = await self._database.fetch_all(Made, "operations/made", wanted=WANTED)
        return sorted(rows, key=lambda row: ALL_ASSETS.index(row.asset))

    async def failures(self) -> list[Failure]:
        """What failed in the last 24 hours, by cause, most stories first."""
        return await self._database.fetch_all(Failure, "operations/failures", wanted=WANTED, most=MOST_CAUSES)

    async def placeholders(self) -> list[Placeholders]:
        """Which pictures are placeholders, by why."""
        return await self._database.fetch_all(Placeholders, "operations/placeholders")

    async def webhooks(self) -> Webhooks:
        """How the outbox is."""
        (found,) = await self._database.fetch_all(Webhooks, "operations/webhooks")
        return found

    async def incomplete(self) -> int:
        """How many assets are shown as ready without anything to show."""
        (assets,) = await self._database.fetch_values(int, "operations/incomplete")
        return assets

    async def standing(self) -> list[Standing]:
        """What keeps everybody from something, as somebody has seen it in the last minutes."""
        return await self._database.fetch_all(Standing, "operations/standing")
