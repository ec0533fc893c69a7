"""What an operator is to be told of: noted once a cause, told by one, and again when it is met long after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storytailor.db.connection import Connection, Database, execute
from storytailor.db.queue import CANCELLED_BY_OPERATOR
from storytailor.db.story_actions import CANCELLED

AT_ONCE = 20
"""Alerts told in one look, at the most."""
TELLING_SECONDS = 120.0
"""For a teller to tell: after that another may."""
OVER_AFTER_SECONDS = 600.0
"""What stands in the way is seen more often than that: the sweep begins every five minutes."""
KEPT_DAYS = 30


PLACEHOLDER_SECONDS, PLACEHOLDER_BOOKS, PLACEHOLDER_SHARE = 3_600.0, 3, 0.1
"""Placeholders are told of when so many books of the last hour, and such a share of them, have one for one cause."""


@dataclass(frozen=True)
class Placeholders:
    """Why pictures could not be drawn, in the words that families read: in so many `stories`, of `of_stories` drawn."""

    reason: str
    stages: list[str]
    stories: int
    of_stories: int
    last_story: UUID


@dataclass(frozen=True)
class Alert:
    """One cause. `says` is for operators, without a family's words; `stories` met it since it was told last, at the
    `stages` named, `story_id` the last of them. What is `standing` keeps everybody from something, whoever asks.
    """

    cause: str
    says: str
    stages: list[str]
    story_id: UUID | None
    stories: int
    first_at: datetime
    standing: bool


class Alerts:
    """The alerts of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note_standing(self, cause: str, says: str) -> None:
        """Something keeps everybody from something, now. To be noted again as long as it does."""
        await self._database.execute("alerts/note_standing", cause=cause, says=says)

    async def note_failures(self) -> int:
        """Note what has failed for good of late, but for what was cancelled; how many causes were met."""

        async def note_in_turn(connection: Connection) -> int:
            await execute(connection, "alerts/take_turn")
            return await execute(connection, "alerts/note_failures", wanted=[CANCELLED, CANCELLED_BY_OPERATOR])

        return await self._database.in_transaction(note_in_turn)

    async def placeholders_risen(self) -> list[Placeholders]:
        """Why more books than usual have pictures that could not be drawn; each why that is met often enough."""
        return await self._database.fetch_all(
            Placeholders,
            "alerts/placeholders_risen",
            seconds=PLACEHOLDER_SECONDS,
            least=PLACEHOLDER_BOOKS,
            share=PLACEHOLDER_SHARE,
        )

    async def claim_due(self, repeat_seconds: float) -> list[Alert]:
        """Those that nobody was told of, or that were met again so long after: the caller's to tell."""
        return await self._database.fetch_all(
            Alert, "alerts/claim_due", most=AT_ONCE, telling_seconds=TELLING_SECONDS, repeat_seconds=repeat_seconds
        )

    async def told(self, alert: Alert) -> None:
        """It was told."""
        await self._database.execute("alerts/told", cause=alert.cause)

    async def claim_over(self) -> list[Alert]:
        """What had been told to stand in the way and does no longer: the caller's to take back."""
        return await self._database.fetch_all(
            Alert, "alerts/claim_over", seconds=OVER_AFTER_SECONDS, telling_seconds=TELLING_SECONDS
        )

    async def taken_back(self, alert: Alert) -> None:
        """It was told that this is over. What is noted of it from now on is news."""
        await self._database.execute("alerts/taken_back", cause=alert.cause)

    async def forget_old(self) -> None:
        """Forget what was met last KEPT_DAYS ago."""
        await self._database.execute("alerts/forget", days=KEPT_DAYS)
