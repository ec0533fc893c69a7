"""Users, their libraries, and what they may still ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

import psycopg

from storytailor.db.connection import Connection, Database, ask, ask_values, fetch_all, fetch_values, send
from storytailor.errors import NotFoundError, QuotaExceededError, RateLimitedError, UnauthorizedError

Tier = Literal["free", "individual"]
TIER_STORIES: dict[Tier, int] = {"free": 2, "individual": 30}
"""Stories a tier includes: `free` once and for all, `individual` each calendar month (UTC)."""
REST_HOURS = 24
"""After an account was deleted, its user can begin no other for so long: a forgotten tab must not bring it back."""
LIMIT_REACHED = "You've reached your story limit. Upgrade to create more stories."
UPGRADES = {"free": ["individual", "story_pack_5"], "individual": ["story_pack_5"]}


@dataclass(frozen=True)
class LibraryRow:
    """A place for stories and characters."""

    id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True)
class Allowance:
    """What a user has used and may use."""

    tier: Tier
    used_of_tier: int
    used_credits: int
    credits: int

    @property
    def stories_used(self) -> int:
        """Stories paid for and not given back."""
        return self.used_of_tier + self.used_credits

    @property
    def story_limit(self) -> int:
        """Stories the user could have made in all: the tier's, and those bought."""
        return TIER_STORIES[self.tier] + self.used_credits + self.credits

    def pay(self, refusal: str | None = None) -> Literal["tier", "credit"]:
        """What pays for the next debit. Raises QuotaExceededError, with the words `refusal`, when nothing does."""
        if self.used_of_tier < TIER_STORIES[self.tier]:
            return "tier"
        if self.credits > 0:
            return "credit"
        raise QuotaExceededError(refusal or LIMIT_REACHED, self.told())

    def told(self) -> dict[str, object]:
        """This, as whoever has reached a limit is told it."""
        return {
            "tier": self.tier,
            "storiesUsed": self.stories_used,
            "storyLimit": self.story_limit,
            "upgradeOptions": UPGRADES[self.tier],
        }


class RequireRoom(Protocol):
    """Raises where nothing is left of a day's budget: see Orders, which knows them."""

    async def require_room(self, connection: Connection, user_id: UUID, allowance: Allowance) -> None:
        """QuotaExceededError for the user's, ServiceUnavailableError for the house's."""


class Accounts:
    """A user's own account; every method sees this user's rows only.

    `refused_per_minute` requests may be refused by the judges within a minute before none is judged any more.
    """

    def __init__(self, database: Database, *, refused_per_minute: int | None = None) -> None:
        self._database = database
        self._refused_per_minute = refused_per_minute

    async def allowance(self, user_id: UUID) -> Allowance:
        """What the user has used and may use."""
        async with self._database.as_user(user_id) as connection:
            return await ensure_user(connection, user_id)

    async def libraries(self, user_id: UUID) -> list[LibraryRow]:
        """The user's libraries, oldest first: the first is where stories go by default."""
        async with self._database.as_user(user_id) as connection:
            return await fetch_all(connection, LibraryRow, "accounts/libraries", user_id=user_id)

    async def require_patience(self, user_id: UUID, budgets: RequireRoom | None = None) -> None:
        """Raise RateLimitedError when so much of what the user sent was refused within the last minute.

        And what `budgets` raise where the day's are used up.
        """
        if self._refused_per_minute is None and budgets is None:
            return
        async with self._database.as_user(user_id) as connection:
            allowance = await ensure_user(connection, user_id)
            if self._refused_per_minute is not None:
                await enforce_rate(connection, user_id, self._refused_per_minute, debits=False)
            if budgets is not None:
                await budgets.require_room(connection, user_id, allowance)

    async def note_judging(self, user_id: UUID, usd: float, *, refused: bool) -> None:
        """Something of the user's was judged for so many dollars, which count in the day's budgets.

        What was refused counts in the rate for a minute.
        """
        if not (usd or refused):
            return
        async with self._database.as_user(user_id) as connection:
            if usd:
                await send(connection, "accounts/spend_on_judging", usd=usd)
            if refused:
                await send(connection, "accounts/note_refusal")


async def ensure_user(connection: Connection, user_id: UUID) -> Allowance:
    """What the user has used and may use, with the user's row locked until the transaction ends.

    Creates the user's row when there is none. The lock makes a user's creating requests queue up, so that two cannot
    spend the same story. Raises UnauthorizedError for one whose account was deleted within the last REST_HOURS.
    """
    locked = await ask_values(connection, UUID, "accounts/lock_user", user_id=user_id)
    asked = await ask(connection, Allowance, "accounts/allowance", user_id=user_id)
    if not await locked.fetchall():
        (seconds,) = await fetch_values(connection, int, "accounts/begin", hours=REST_HOURS)
        if seconds:
            raise UnauthorizedError(
                f"This account was deleted. A new one can be begun in {seconds / 3600:.0f} hours; "
                "stories used before count on."
                if seconds > 3600
                else "This account was deleted. A new one can be begun within the hour; stories used before count on."
            )
        await send(connection, "accounts/lock_user", user_id=user_id)
        asked = await ask(connection, Allowance, "accounts/allowance", user_id=user_id)
    (allowance,) = await asked.fetchall()
    return allowance


async def find_library(connection: Connection, user_id: UUID, library_id: UUID | None) -> UUID:
    """The library asked for, or the user's first. Raises NotFoundError."""
    return await chosen_library(await ask_libraries(connection, user_id), library_id)


async def ask_libraries(connection: Connection, user_id: UUID) -> psycopg.AsyncCursor[LibraryRow]:
    """Ask for the user's libraries, for `chosen_library` to choose from."""
    return await ask(connection, LibraryRow, "accounts/libraries", user_id=user_id)


async def chosen_library(asked: psycopg.AsyncCursor[LibraryRow], library_id: UUID | None) -> UUID:
    """The library asked for, or the user's first. Raises NotFoundError."""
    for library in await asked.fetchall():
        if library_id in (None, library.id):
            return library.id
    raise NotFoundError("library", str(library_id or ""))


async def enforce_rate(
    connection: Connection, user_id: UUID, per_minute: int, *, debits: bool = True, judged_usd: float = 0.0
) -> None:
    """Raise RateLimitedError when the user has paid so many debits, or was refused so often, within the last minute.

    On the same way to the database, what judging the request has cost is added to the day's.

    Call it with the user's row locked: then it holds for any number of API processes.
    """
    asked = await ask_rate(connection, user_id, per_minute, debits=debits, judged_usd=judged_usd)
    require_no_wait(await asked.fetchone(), per_minute)


async def ask_rate(
    connection: Connection, user_id: UUID, per_minute: int, *, debits: bool = True, judged_usd: float = 0.0
) -> psycopg.AsyncCursor[int]:
    """Ask as `enforce_rate` does: the seconds to wait, for `require_no_wait`."""
    return await ask_values(
        connection, int, "accounts/create_rate", user_id=user_id, limit=per_minute, debits=debits, usd=judged_usd
    )


def require_no_wait(wait: int | None, per_minute: int) -> None:
    """Raise RateLimitedError for so many seconds of waiting, if there are any."""
    if wait:
        raise RateLimitedError(
            f"That is more than {per_minute} requests a minute. Ask again in {wait} s.", retry_after=wait
        )
