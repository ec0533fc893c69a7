"""The outbox: messages that stories left when they ended, to be claimed, sent, and settled.

A trigger writes them in the transaction that ends the story (migration 0004). Any number of dispatchers work
side by side: a claim is a lease, and once it has run out the message is due again, under the same id. A dispatcher is a
maker: it sees all tenants' messages.

What one tenant has waiting for one receiver is a line (migration 0012). Lines are served in turn, and each has its
share of what is under way, so that a receiver that hangs delays nothing but its own line.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

import psycopg

from storytailor.db.announcements import WEBHOOK_DUE
from storytailor.db.connection import Connection, Database, execute, fetch_all
from storytailor.errors import ServiceUnavailableError, UnreadableSecretError
from storytailor.sealing import Sealing

log = logging.getLogger("storytailor.webhooks")


@dataclass(frozen=True)
class Message:
    """A message to be sent now. `attempt` counts from 1; `body` is sent as it is.

    `claimed_at` is the database's time, by which it is signed: receivers refuse what is minutes off.
    `doubtful`: its receiver has left the attempt before, of whichever message of the line, without an answer.
    `own_secrets`: what its tenant has it signed with, the newest first; none: the house's secret signs, unless it is
    `unreadable`: none of those that the tenant has could be opened.
    """

    id: UUID
    story_id: UUID
    user_id: UUID
    url: str
    body: str
    attempt: int
    lease: UUID
    claimed_at: datetime
    doubtful: bool
    own_secrets: list[str] = field(repr=False)
    unreadable: bool = False


@dataclass(frozen=True)
class DeadMessage:
    """A message that is given up, after so many attempts."""

    id: UUID
    story_id: UUID
    attempts: int


@dataclass(frozen=True)
class Shares:
    """How many messages may be under way at once, over all dispatchers: of one line, receiver, tenant."""

    line: int = 4
    receiver: int = 8
    tenant: int = 8


async def may_send(database: Database) -> bool:
    """Whether this login is the makers', who see all tenants' messages."""
    (allowed,) = await database.fetch_values(bool, "outbox/may_send")
    return allowed


class Outbox:
    """The messages of one database. `lease_seconds` must outlast a delivery.

    `sealing` opens tenants' own secrets: without it, messages of those who have any wait for somebody else. So do all
    others where the house has no secret, `house_signs` being False.
    """

    def __init__(
        self,
        database: Database,
        sealing: Sealing | None = None,
        *,
        house_signs: bool = True,
        lease_seconds: float = 30.0,
        shares: Shares | None = None,
    ) -> None:
        self._database = database
        self._sealing = sealing
        self._house_signs = house_signs
        self._lease_seconds = lease_seconds
        self._shares = shares or Shares()

    def announced(self) -> AsyncIterator[str]:
        """Yields when messages may have become due; see Announcements.listen."""
        return self._database.announcements.listen(WEBHOOK_DUE)

    async def claim(self, limit: int, *, doubtful: int | None = None) -> list[Message]:
        """Lease what is due and whose turn it is: up to `limit` messages, of each line one, `doubtful` of them at most.

        There may be more: ask again until none comes.
        """
        shares = self._shares
        parameters = {
            "limit": limit,
            "doubtful": limit if doubtful is None else doubtful,
            "line_share": shares.line,
            "receiver_share": shares.receiver,
            "tenant_share": shares.tenant,
            "seconds": self._lease_seconds,
            "house_signs": self._house_signs,
            "own_sign": self._sealing is not None,
        }

        async def claim_in_turn(connection: Connection) -> list[Message]:
            await execute(connection, "outbox/take_turn")
            return await fetch_all(connection, Message, "outbox/claim", **parameters)

        try:
            messages = await self._database.in_transaction(claim_in_turn)
        except psycopg.errors.IdleInTransactionSessionTimeout as error:  # this process stood still
            raise ServiceUnavailableError("The claim took too long, and was given up.") from error
        return [self._opened(message) for message in messages]

    def _opened(self, message: Message) -> Message:
        """The message with its tenant's secrets as they sign, those that can be opened."""
        if not message.own_secrets or self._sealing is None:
            return message
        opened = []
        for stored in message.own_secrets:
            try:
                opened.append(self._sealing.open(stored, message.user_id))
            except UnreadableSecretError as error:
                log.error("A webhook secret of user %s cannot be read: %s", message.user_id, error)
        return replace(message, own_secrets=opened, unreadable=not opened)

    async def mark_delivered(self, message: Message) -> None:
        """The receiver has taken it."""
        await self._settle(message, "delivered")

    async def reschedule(self, message: Message, seconds: float, reason: str, *, silent: bool = False) -> None:
        """It was not taken: due again in so many seconds. `silent`: there was no answer at all."""
        await self._settle(message, "waiting", reason, seconds, silent=silent)

    async def mark_dead(self, message: Message, reason: str, *, silent: bool = False) -> None:
        """It was not taken, and no more attempts are made."""
        await self._settle(message, "dead", reason, silent=silent)

    async def give_up_silent(self, seconds: float, reason: str) -> list[DeadMessage]:
        """Mark dead what has waited so long for receivers that have not answered for as long; a thousand at most."""
        return await self._database.fetch_all(DeadMessage, "outbox/give_up_silent", seconds=seconds, reason=reason)

    async def forget_lines(self) -> None:
        """Delete what is known of lines that were not served for days."""
        await self._database.execute("outbox/forget_lines")

    async def _settle(
        self,
        message: Message,
        state: Literal["waiting", "delivered", "dead"],
        reason: str | None = None,
        seconds: float = 0,
        *,
        silent: bool = False,
    ) -> None:
        """Changes nothing when the lease has ended: the dispatcher with the message's present lease settles it."""
        await self._database.execute(
            "outbox/settle",
            **{"id": message.id, "lease": message.lease, "state": state},
            **{"reason": reason, "seconds": seconds, "silent": silent},
        )
