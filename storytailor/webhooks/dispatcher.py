"""Carrying messages from the outbox to their receivers: a task in each API process."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass

from storytailor.db.listener import listen
from storytailor.db.outbox import WEBHOOK_DUE, Message, Outbox
from storytailor.errors import ServiceUnavailable
from storytailor.webhooks.sender import Messenger, NotDelivered

log = logging.getLogger("storytailor.webhooks")

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True)
class Backoff:
    """Seconds to wait after each failed attempt; with the last of them a day has passed, and no more is tried."""

    waits: tuple[float, ...] = (
        *(5.0, 30.0, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE),
        *(2 * HOUR, 5 * HOUR, 8 * HOUR, 8 * HOUR),
    )
    jitter: float = 0.2
    """Up to this share is added, so that a receiver that comes back is not met by all at once."""

    def after(self, attempt: int) -> float | None:
        """How long to wait after the attempt of this number (from 1); None when it was the last."""
        if attempt > len(self.waits):
            return None
        return self.waits[attempt - 1] * (1 + random.uniform(0, self.jitter))


class Courier:
    """Sends what is due, `at_once` messages at the same time at most.

    It wakes when a story ends, and every `recheck` seconds for what is due again.
    """

    def __init__(
        self,
        outbox: Outbox,
        messenger: Messenger,
        *,
        backoff: Backoff | None = None,
        at_once: int = 16,
        recheck: float = 5.0,
    ) -> None:
        self._outbox = outbox
        self._messenger = messenger
        self._backoff = backoff or Backoff()
        self._at_once = at_once
        self._recheck = recheck
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled. What is being sent then is due again when its lease has run out."""
        under_way: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            while True:
                self._wake.clear()
                for message in await self._claim(self._at_once - len(under_way)):
                    task = group.create_task(self.deliver(message), name=f"webhook {message.id}")
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                    task.add_done_callback(lambda _: self._wake.set())
                await self._rest()

    async def deliver(self, message: Message) -> None:
        """Make one attempt and write down how it went."""
        try:
            failure = await self._attempt(message)
            if failure is None:
                await self._outbox.delivered(message)
            else:
                await self._put_back(message, failure)
        except ServiceUnavailable:
            log.warning("How webhook %s went could not be written down; it will be sent again.", message.id)

    async def _attempt(self, message: Message) -> NotDelivered | None:
        try:
            await self._messenger.send(message.url, str(message.id), message.body)
        except NotDelivered as failure:
            return failure
        except Exception:  # one message that cannot be sent must not stop the others
            log.exception("Webhook %s of story %s broke off.", message.id, message.story_id)
            return NotDelivered("Something went wrong on our side.")
        return None

    async def _put_back(self, message: Message, failure: NotDelivered) -> None:
        wait = None if failure.gone else self._backoff.after(message.attempt)
        if wait is None:
            log.error(
                "Webhook %s of story %s is given up after attempt %d: %s",
                *(message.id, message.story_id, message.attempt, failure),
            )
            await self._outbox.bury(message, str(failure))
        else:
            log.info("Webhook %s, attempt %d: %s", message.id, message.attempt, failure)
            await self._outbox.postpone(message, wait, str(failure))

    async def _claim(self, most: int) -> list[Message]:
        if most == 0:
            return []
        try:
            return await self._outbox.claim(most)
        except ServiceUnavailable:
            log.warning("The outbox cannot be read; trying again in %g s.", self._recheck)
            return []

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._recheck):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _listen(self) -> None:
        while True:
            try:
                async for _ in listen(self._outbox.url, WEBHOOK_DUE):
                    self._wake.set()
            except ServiceUnavailable:
                log.warning("The ear for webhooks is deaf; trying again in %g s.", self._recheck)
            await asyncio.sleep(self._recheck)
