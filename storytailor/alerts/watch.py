"""One look at what is wrong, and the telling of it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from storytailor.alerts.channels import Channels
from storytailor.alerts.messages import message, over, says_of_placeholders, says_of_stopped
from storytailor.alerts.stops import ProviderStops
from storytailor.db.alerts import Alert, Alerts
from storytailor.db.budgets import HouseSpending
from storytailor.db.health import QueueHealth

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """What a look came to: how many causes were due, and how many of them could not be told."""

    due: int
    untold: int


class Watch:
    """Notes what is wrong and tells it; where there is no channel, the log is told."""

    def __init__(
        self,
        alerts: Alerts,
        queue: QueueHealth,
        spending: HouseSpending,
        channels: Channels,
        *,
        repeat_hours: float,
        daily_budget: float | None,
    ) -> None:
        self._alerts, self._queue, self._spending, self._channels = alerts, queue, spending, channels
        self._repeat_seconds = repeat_hours * 3_600
        self._daily_budget = daily_budget
        self._stops = ProviderStops()

    async def look(self) -> Look:
        """Note what is wrong now, and tell what is due. Any number may look at once: each cause has one teller."""
        await self._alerts.note_failures()
        await self._note_standing()
        await asyncio.gather(*map(self._take_back, await self._alerts.claim_over()))
        due = await self._alerts.claim_due(self._repeat_seconds)
        took = await asyncio.gather(*map(self._told, due))
        await self._alerts.forget_old()
        return Look(len(due), took.count(False))

    async def _note_standing(self) -> None:
        if advice := (await self._queue.state()).advice:
            await self._alerts.note_standing("queue", advice)
        if self._daily_budget is not None:
            today = await self._spending.today()
            if today.spent >= self._daily_budget:
                spent = f"{today.spent:.2f} of {self._daily_budget:.2f} dollars, DAILY_BUDGET"
                says = f"The house's budget of today is used up ({spent}): no story is taken before midnight UTC."
                await self._alerts.note_standing("budget", says)
        for placeholders in await self._alerts.placeholders_risen():
            await self._alerts.note_standing(f"placeholders: {placeholders.reason}", says_of_placeholders(placeholders))
        for stopped in self._stops.lasting(await self._queue.circuits()):
            await self._alerts.note_standing(f"provider: {stopped.provider} {stopped.model}", says_of_stopped(stopped))

    async def _told(self, alert: Alert) -> bool:
        """Whether it was told; one that was not is due again, when its telling has run out."""
        if not await self._tell(*message(alert)):
            return False
        await self._alerts.told(alert)
        return True

    async def _take_back(self, alert: Alert) -> None:
        """Tell that it is over; what nobody took is tried again, when this telling has run out."""
        if await self._tell(*over(alert), good=True):
            await self._alerts.taken_back(alert)

    async def _tell(self, title: str, body: str, *, good: bool = False) -> bool:
        log.log(logging.INFO if good else logging.ERROR, "%s: %s", title, body.replace("\n", " "))
        return not len(self._channels) or await self._channels.tell(title, body, good=good)
