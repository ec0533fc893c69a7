"""Whether requests can be moderated: remembered from the last call, asked again while they cannot."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from storytailor.db.alerts import Alerts
from storytailor.errors import MakingError, PermanentError, RequestError, ServiceUnavailableError
from storytailor.providers.openai import OpenAI
from storytailor.safety.verdicts import concerns_in
from storytailor.tasks import Lasting

log = logging.getLogger("storytailor.api")

Remedy = Literal["wait", "operator"]
SECOND_LOOK = 1.0
"""Seconds after a first failure."""
HARMLESS = "Once upon a time."
LASTING_SECONDS = 180.0
"""Moderation that fails for less is weather."""


class ModerationHealth:
    """How moderation answered last. Nobody has to ask it in order to tell: `/ready` costs no call."""

    def __init__(self, openai: OpenAI, alerts: Alerts, *, retry_seconds: float) -> None:
        self._openai = openai
        self._alerts = alerts
        self._retry_seconds = retry_seconds
        self._failures = 0
        self._failing_since = 0.0
        self._last: MakingError | None = None
        self._failed = asyncio.Event()

    @property
    def remedy(self) -> Remedy | None:
        """What helps when no request can be moderated; None when it can, or nobody knows yet.

        What waiting may help against counts from its second time in a row: one call may always fail.
        """
        if isinstance(self._last, PermanentError):
            return "operator"
        return "wait" if self._failures > 1 else None

    @property
    def reason(self) -> str:
        """Why, in words for an operator, without the provider's own."""
        return (self._last.remedy or str(self._last)) if self._last else ""

    async def run(self) -> None:
        """Ask at the start, which also opens the connection for the first request, and for as long as that fails."""
        watching = Lasting("watch on moderation")
        while True:
            with watching.turn():
                await self._ask()
            if self._failures:
                soon = min(SECOND_LOOK, self._retry_seconds)
                await asyncio.sleep(self._retry_seconds if self._failures > 1 else soon)
            else:
                await self._failed.wait()

    async def _ask(self) -> None:
        try:
            await concerns_in(self._openai, [HARMLESS])
        except MakingError as failure:
            log.warning("No story can be requested, since moderation does not work: %s", failure.for_operator)
            self._note(failure)
            await self._tell_operator()
        else:
            self._note(None)

    async def _tell_operator(self) -> None:
        """Nobody's story fails of it, so nobody would hear of it otherwise. Noted no more, it is over by itself."""
        if self.remedy == "operator" or time.monotonic() - self._failing_since >= LASTING_SECONDS:
            with suppress(ServiceUnavailableError):  # it is noted again at the next try
                says = f"No story can be requested, since moderation does not work. {self.reason}"
                await self._alerts.note_standing("moderation", says)

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Learn from a request's own moderation, whatever it ends in."""
        try:
            yield
        except ServiceUnavailableError as error:
            if isinstance(error.__cause__, MakingError):
                self._note(error.__cause__)
            raise
        except RequestError:  # it answered, though with a no
            self._note(None)
            raise
        else:
            self._note(None)

    def _note(self, failure: MakingError | None) -> None:
        self._last = failure
        if failure is None:
            self._failures = 0
            self._failed.clear()
        else:
            if not self._failures:
                self._failing_since = time.monotonic()
            self._failures += 1
            self._failed.set()
