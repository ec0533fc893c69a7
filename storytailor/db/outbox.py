"""The outbox: messages that stories left when they ended, to be claimed, sent, and settled.

A trigger writes them in the transaction that ends the story (migration 0004). Any number of dispatchers work
side by side: a claim is a lease, and once it has run out the message is due again, under the same id. A dispatcher is a
maker: it sees all tenants' messages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from storytailor.db.announcements import WEBHOOK_DUE
from storytailor.db.connection import Database


@dataclass(frozen=True)
class Message:
    """A message to be sent now. `attempt` counts from 1; `body` is sent as it is."""

    id: UUID
    story_id: UUID
    url: str
    body: str
    attempt: int
    lease: UUID


class Outbox:
    """The messages of one database. `lease_seconds` must outlast a delivery."""

    def __init__(self, database: Database, *, lease_seconds: float = 30.0) -> None:
        self._database = database
        self._lease_seconds = lease_seconds

    def announced(self) -> AsyncIterator[str]:
        """Yields when messages may have become due; see Announcements.listen."""
        return self._database.announcements.listen(WEBHOOK_DUE)

    async def claim(self, limit: int) -> list[Message]:
        """Lease up to `limit` messages that are due, the longest due first."""
        return await self._database.fetch_all(Message, "outbox/claim", limit=limit, seconds=self._lease_seconds)

    async def mark_delivered(self, message: Message) -> None:
        """The receiver has taken it."""
        await self._settle(message, "delivered")

    async def reschedule(self, message: Message, seconds: float, reason: str) -> None:
        """It was not taken: due again in so many seconds."""
        await self._settle(message, "waiting", reason, seconds)

    async def mark_dead(self, message: Message, reason: str) -> None:
        """It was not taken, and no more attempts are made."""
        await self._settle(message, "dead", reason)

    async def _settle(
        self,
        message: Message,
        state: Literal["waiting", "delivered", "dead"],
        reason: str | None = None,
        seconds: float = 0,
    ) -> None:
        """Changes nothing when the lease has ended: the dispatcher with the message's present lease settles it."""
        await self._database.execute(
            "outbox/settle", id=message.id, lease=message.lease, state=state, reason=reason, seconds=seconds
        )
