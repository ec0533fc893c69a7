"""Delivery: sends what is due in the outbox, and reschedules what was not taken.

A task in each API process that has the makers' login, or the process `storytailor webhooks`: see delivery.py.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from storytailor.db.outbox import Message, Outbox
from storytailor.errors import ServiceUnavailableError
from storytailor.tasks import Lasting
from storytailor.webhooks.sender import NotDeliveredError, WebhookSender

log = logging.getLogger("storytailor.webhooks")

MINUTE, HOUR = 60.0, 3600.0
DEAD = "Webhook %s of story %s is dead after attempt %d: %s"
UNREADABLE = "Your webhook secret cannot be read on our side: we have been told. A new one works at once."
SILENT = "The receiver has not answered for a day."


@dataclass(frozen=True)
class Backoff:
    """Seconds to wait after each failed attempt; with the last of them a day has passed, and no more is tried."""

    waits: tuple[float, ...] = (
        *(5.0, 30.0, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE),
        *(2 * HOUR, 5 * HOUR, 8 * HOUR, 8 * HOUR),
    )
    jitter: float = 0.2
    """Up to this share is added, so that a receiver that comes back does not get all at once."""

    @property
    def day(self) -> float:
        """Seconds from the first attempt to the last: about a day."""
        return sum(self.waits)

    def after(self, attempt: int) -> float | None:
        """How long to wait after the attempt of this number (from 1); None when it was the last."""
        if attempt > len(self.waits):
            return None
        return self.waits[attempt - 1] * (1 + random.uniform(0, self.jitter))


class WebhookDispatcher:
    """Sends what is due, at most `concurrency` messages at the same time, and half as many to receivers in doubt.

    It wakes when a story ends, and every `poll_seconds` seconds for what is due again. `on_claim` is called whenever
    the outbox has answered.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: WebhookSender,
        *,
        backoff: Backoff | None = None,
        concurrency: int = 32,
        poll_seconds: float = 5.0,
        on_claim: Callable[[], None] | None = None,
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._backoff = backoff or Backoff()
        self._concurrency = concurrency
        self._poll_seconds = poll_seconds
        self._on_claim = on_claim or (lambda: None)
        self._wake = asyncio.Event()
        self._sending: dict[asyncio.Task[None], Message] = {}
        self._gives_up_at = 0.0

    async def run(self) -> None:
        """Deliver until cancelled. What is being sent then is due again when its lease has run out."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            claims = Lasting("webhook dispatcher")
            while True:
                self._wake.clear()
                messages: list[Message] = []
                with claims.turn():
                    await self._give_up_silent()
                    messages = await self._claim()
                for message in messages:
                    task = group.create_task(self.deliver(message), name=f"webhook {message.id}")
                    self._sending[task] = message
                    task.add_done_callback(self._has_sent)
                if not messages:
                    await self._wait_for_work()

    def _has_sent(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        self._wake.set()

    async def deliver(self, message: Message) -> None:
        """Make one attempt and store its outcome."""
        try:
            failure = await self._attempt(message)
            if failure is None:
                await self._outbox.mark_delivered(message)
            else:
                await self._reschedule(message, failure)
        except Exception as failure:  # one outcome that cannot be stored must not stop the others
            unexpected = not isinstance(failure, ServiceUnavailableError)
            said = "The outcome of webhook %s could not be stored; it will be sent again."
            log.warning(said, message.id, exc_info=unexpected)

    async def _attempt(self, message: Message) -> NotDeliveredError | None:
        if message.unreadable:
            return NotDeliveredError(UNREADABLE)
        try:
            await self._sender.send(message)
        except NotDeliveredError as failure:
            return failure
        except Exception:  # one message that cannot be sent must not stop the others
            log.exception("Sending webhook %s of story %s failed.", message.id, message.story_id)
            return NotDeliveredError("Something went wrong on our side.")
        return None

    async def _reschedule(self, message: Message, failure: NotDeliveredError) -> None:
        wait = None if failure.gone else self._backoff.after(message.attempt)
        if wait is None:
            log.error(DEAD, message.id, message.story_id, message.attempt, failure)
            await self._outbox.mark_dead(message, str(failure), silent=failure.silent)
        else:
            log.info("Webhook %s, attempt %d: %s", message.id, message.attempt, failure)
            await self._outbox.reschedule(message, wait, str(failure), silent=failure.silent)

    async def _claim(self) -> list[Message]:
        room = self._concurrency - len(self._sending)
        if room == 0:
            return []
        doubtful = self._concurrency // 2 - sum(message.doubtful for message in self._sending.values())
        try:
            messages = await self._outbox.claim(room, doubtful=doubtful)
        except ServiceUnavailableError:
            log.warning("The outbox cannot be read, trying again in %g s.", self._poll_seconds)
            return []
        self._on_claim()
        return messages

    async def _give_up_silent(self) -> None:
        """Once a minute, give up what has waited a day for a receiver that has not answered for a day.

        Not a task of its own: one that asks the database without end may outlive its cancellation in Python 3.11.
        """
        if time.monotonic() < self._gives_up_at:
            return
        self._gives_up_at = time.monotonic() + MINUTE
        try:
            dead = await self._outbox.give_up_silent(self._backoff.day, SILENT)
            await self._outbox.forget_lines()
        except ServiceUnavailableError:
            return  # the claim that follows warns of it
        for message in dead:
            log.error(DEAD, message.id, message.story_id, message.attempts, SILENT)

    async def _wait_for_work(self) -> None:
        try:
            async with asyncio.timeout(self._poll_seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _listen(self) -> None:
        while True:
            try:
                async for _ in self._outbox.announced():
                    self._wake.set()
            except ServiceUnavailableError:
                log.warning("Webhooks: lost the LISTEN connection, reconnecting in %g s.", self._poll_seconds)
            await asyncio.sleep(self._poll_seconds)
