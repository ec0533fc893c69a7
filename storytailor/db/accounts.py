"""Users, their libraries and characters, and what they may still ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from storytailor.db.connection import Connection, Database, Row, fetch
from storytailor.errors import NotFound, QuotaExceeded, RateLimited

Tier = Literal["free", "individual"]
TIER_STORIES: dict[Tier, int] = {"free": 2, "individual": 30}
"""Stories a tier includes: `free` once and for all, `individual` each calendar month (UTC)."""
UPGRADES = {"free": ["individual", "story_pack_5"], "individual": ["story_pack_5"]}


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

    @property
    def source(self) -> Literal["tier", "credit"]:
        """What pays for the next story. Raises QuotaExceeded when nothing does."""
        if self.used_of_tier < TIER_STORIES[self.tier]:
            return "tier"
        if self.credits > 0:
            return "credit"
        raise QuotaExceeded(
            "You've reached your story limit. Upgrade to create more stories.",
            {
                "tier": self.tier,
                "storiesUsed": self.stories_used,
                "storyLimit": self.story_limit,
                "upgradeOptions": UPGRADES[self.tier],
            },
        )


class Accounts:
    """Reading a user's own things."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def allowance(self, user_id: UUID) -> Allowance:
        """What the user has used and may use."""
        async with self._database.as_user(user_id) as connection:
            return _allowance(await ensure_user(connection, user_id))

    async def characters(
        self, user_id: UUID, *, limit: int, before: tuple[str, UUID] | None = None
    ) -> list[Row]:
        """The user's characters, newest first, from after the (created_at, id) given in `before`."""
        created_at, character_id = before or (None, None)
        async with self._database.as_user(user_id) as connection:
            return await fetch(
                connection,
                "accounts/characters",
                user_id=user_id,
                limit=limit,
                before_created_at=created_at,
                before_id=character_id,
            )

    async def libraries(self, user_id: UUID) -> list[Row]:
        """The user's libraries, oldest first: the first is where stories go by default."""
        async with self._database.as_user(user_id) as connection:
            return await fetch(connection, "accounts/libraries", user_id=user_id)


async def ensure_user(connection: Connection, user_id: UUID) -> Row:
    """The user's row with what was used, locked until the transaction ends; made at first sight.

    The lock makes a user's creating requests queue up, so that two cannot spend the same story.
    """
    await fetch(connection, "accounts/ensure_user", user_id=user_id)
    await fetch(connection, "accounts/lock_user", user_id=user_id)
    (user,) = await fetch(connection, "accounts/user", user_id=user_id)
    return user


async def own_library(connection: Connection, user_id: UUID, library_id: UUID | None) -> UUID:
    """The library asked for, or the user's first. Raises NotFound."""
    rows: list[dict[str, Any]] = await fetch(connection, "accounts/libraries", user_id=user_id)
    for row in rows:
        if library_id in (None, row["id"]):
            found: UUID = row["id"]
            return found
    raise NotFound("library", str(library_id or ""))


async def require_patience(connection: Connection, user_id: UUID, per_minute: int) -> None:
    """See that the user has paid for fewer than so many stories within the last minute. Raises RateLimited.

    Call it with the user's row locked: then it holds for any number of API processes.
    """
    rows = await fetch(connection, "accounts/create_rate", user_id=user_id, most=per_minute)
    if rows:
        seconds = rows[0]["seconds"]
        raise RateLimited(
            f"That is more than {per_minute} stories a minute. Ask again in {seconds} s.", retry_after=seconds
        )


async def debit(connection: Connection, user: Row, story_id: UUID) -> None:
    """Pay for the story, in the transaction that creates it. Raises QuotaExceeded."""
    await fetch(connection, "accounts/debit", story_id=story_id, source=_allowance(user).source)


def _allowance(user: Row) -> Allowance:
    return Allowance(user["tier"], user["used_of_tier"], user["used_credits"], user["credits"])
