"""What may be spent in a day, by a user and by the house, in US dollars, known before anything is spent.

A day is one of UTC by the database's clock. What counts is what was used, in tries that failed too, and what is still
expected of work under way; both are read with those locked who could add to it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from storytailor.db.accounts import Allowance
from storytailor.db.connection import Connection, Database, fetch_all, send
from storytailor.errors import QuotaExceededError, ServiceUnavailableError

log = logging.getLogger(__name__)

WORK_ENDS = 300
"""Seconds after which to ask again, when a budget is filled by work under way."""
HOUSE_IS_FULL = "No more stories can be made today than are under way. Try again later."


@dataclass(frozen=True)
class Budgets:
    """US dollars a day; None: as much as is asked for."""

    user: float | None = None
    house: float | None = None

    @property
    def any(self) -> bool:
        """Whether there is one."""
        return self.user is not None or self.house is not None


@dataclass(frozen=True)
class Spending:
    """US dollars spent today, and still expected of work under way; seconds left of the day."""

    spent: float
    under_way: float
    seconds_left: int


class HouseSpending:
    """What all tenants together have spent today. Numbers only, so the API may hold it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def today(self) -> Spending:
        """The day so far."""
        (spending,) = await self._database.fetch_all(Spending, "orders/spending", whose=None)
        return spending


async def enforce_budgets(
    connection: Connection,
    user_id: UUID,
    allowance: Allowance,
    budgets: Budgets,
    expected: float | None,
    *,
    hold: bool = True,
) -> None:
    """Raise when this much more would be too much: QuotaExceededError for a user's budget, ServiceUnavailableError for
    the house's. `expected` is None when it is not known: then nothing may be spent of a budget.

    The user's row is locked, so two requests of one user come one after the other; for the house's budget all do,
    unless it is only looked at (`hold=False`).
    """
    if expected is None and budgets.any:
        log.error(
            "A budget is set, and what a story will cost is not known: nothing is made. Put the prices of your models "
            "into storytailor/making/prices.toml, or unset DAILY_BUDGET and USER_DAILY_BUDGET."
        )
        raise ServiceUnavailableError(HOUSE_IS_FULL, retry_after=WORK_ENDS)
    if budgets.user is not None and expected is not None:
        (own,) = await fetch_all(connection, Spending, "orders/spending", whose=user_id)
        if own.spent + own.under_way + expected > budgets.user:
            raise _over_for_user(own, expected, budgets.user, allowance)
    if budgets.house is not None and expected is not None:
        if hold:
            await send(connection, "orders/lock_house")
        (house,) = await fetch_all(connection, Spending, "orders/spending", whose=None)
        if house.spent + house.under_way + expected > budgets.house:
            raise _over_for_house(house, expected, budgets.house)


def _over_for_user(own: Spending, expected: float, budget: float, allowance: Allowance) -> QuotaExceededError:
    opens_at, wait = None, None
    if expected > budget:
        message = "This would take more than may be made for one account in a day. Ask for less at once."
    else:
        wait = own.seconds_left if own.spent + expected > budget else min(WORK_ENDS, own.seconds_left)
        opens_at = (datetime.now(UTC) + timedelta(seconds=wait)).isoformat(timespec="seconds").replace("+00:00", "Z")
        message = f"You've had made what may be made for one account in a day. Ask again after {opens_at}."
    return QuotaExceededError(message, {**allowance.told(), "opensAt": opens_at}, retry_after=wait)


def _over_for_house(house: Spending, expected: float, budget: float) -> ServiceUnavailableError:
    log.error(
        "DAILY_BUDGET of %.2f USD is used up: %.2f spent today, %.2f expected of what is under way, %.2f asked for. "
        "Requests are refused until it is raised, or the day (UTC) is over.",
        budget,
        house.spent,
        house.under_way,
        expected,
    )
    wait = house.seconds_left if house.spent + expected > budget else min(WORK_ENDS, house.seconds_left)
    return ServiceUnavailableError(HOUSE_IS_FULL, retry_after=max(wait, 1))
