"""Stories as their owner sees them: created in one transaction, and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import psycopg

from storytailor.catalog import ALL_ASSETS, TEXT_ONLY, AssetName
from storytailor.db.accounts import (
    Allowance,
    Tier,
    ask_libraries,
    ask_rate,
    chosen_library,
    ensure_user,
    require_no_wait,
)
from storytailor.db.connection import Connection, Database, ask, fetch_all, fetch_one, json, send
from storytailor.db.idempotency import IdempotencyKey, ReplayedStory, save_response, saved_response
from storytailor.db.orders import Orders
from storytailor.db.origins import this_request
from storytailor.db.portraits import KeptPortrait
from storytailor.db.rows import BriefJson, CharacterJson, StoryRow, StoryStatusRow, StorySummaryRow
from storytailor.errors import NotFoundError
from storytailor.status import Priority, StoryState, first_status
from storytailor.story import Character, StoryType


@dataclass(frozen=True)
class NewStory:
    """A story as it is asked for; without a library it goes to the user's first."""

    character_ids: Sequence[UUID]
    story_type: StoryType
    themes: Sequence[str]
    title: str | None = None
    library_id: UUID | None = None
    age: int = 6
    language: str = "en"
    voice_id: str | None = None
    webhook_url: str | None = None
    generate_assets: bool = True
    priority: Priority = "normal"


@dataclass(frozen=True)
class Cast:
    """The characters of a new story, and the (character, looks) of which there are portraits."""

    characters: list[Character]
    portraits: set[tuple[UUID, str]]


@dataclass(frozen=True)
class _Named:
    """What a new story names: its characters as they are now, and the library it goes to."""

    characters: list[Character]
    library_id: UUID


@dataclass(frozen=True)
class _Admission:
    """What is known of a request before anybody is asked about it. `wait`: seconds, by the rate."""

    tier: Tier
    used_of_tier: int
    used_credits: int
    credits: int
    wait: int | None
    has_library: bool
    characters: list[CharacterJson]

    @property
    def allowance(self) -> Allowance:
        return Allowance(self.tier, self.used_of_tier, self.used_credits, self.credits)


class Stories:
    """The stories of one database; every method sees those of one user only.

    A user may ask for `per_minute` of them a minute, if that is given, on the terms of `orders`.
    """

    def __init__(self, database: Database, *, per_minute: int | None = None, orders: Orders | None = None) -> None:
        self._database = database
        self._per_minute = per_minute
        self._orders = orders or Orders()

    async def create(
        self,
        user_id: UUID,
        new: NewStory,
        key: IdempotencyKey | None = None,
        *,
        judged: Sequence[Character] | None = None,
        judged_usd: float = 0.0,
    ) -> StoryStatusRow:
        """Story, order with its debit, and jobs in one transaction, or nothing.

        `judged` are the characters as they were judged, which cost so much: the story is about them as they were then,
        however they were changed since. With `key`, a request made before gets the answer it got then, as a
        ReplayedStory. Raises QuotaExceededError, IdempotencyConflictError, RateLimitedError, ServiceUnavailableError
        when the house's budget is used up, and NotFoundError for a character or library that is not the user's.
        """
        async with self._database.as_user(user_id) as connection:
            allowance = await ensure_user(connection, user_id)
            if key and (answer := await saved_response(connection, user_id, key)):
                return answer
            named = await self._look_up(connection, user_id, new, judged_usd)
            characters = named.characters if judged is None else _as_judged(judged, named.characters)
            brief = _brief(new, characters)
            assets = _assets(new)
            story = await _insert(connection, user_id, named.library_id, new, brief, assets)
            await self._orders.place(connection, user_id, story.id, brief, assets, allowance)
            await send(
                connection,
                "stories/queue_assets",
                story_id=story.id,
                assets=list(assets),
                priority=new.priority,
                **this_request(),
            )
            if key:
                await save_response(connection, user_id, key, story)
            return story

    async def _look_up(self, connection: Connection, user_id: UUID, new: NewStory, judged_usd: float) -> _Named:
        """What a new story names, in one round trip with whether the user may ask for one now."""
        limit = self._per_minute
        rate = None if limit is None else await ask_rate(connection, user_id, limit, judged_usd=judged_usd)
        characters = await _ask_characters(connection, user_id, new)
        libraries = await ask_libraries(connection, user_id)
        if rate is not None:
            require_no_wait(await rate.fetchone(), limit or 0)
        found = _all_of(new, await characters.fetchall())
        return _Named(found, await chosen_library(libraries, new.library_id))

    async def replay(self, user_id: UUID, key: IdempotencyKey) -> ReplayedStory | None:
        """What a request made before was answered; None when it is new, or under way.

        Raises IdempotencyConflictError.
        """
        async with self._database.as_user(user_id) as connection:
            return await saved_response(connection, user_id, key)

    async def require_admission(self, user_id: UUID, new: NewStory) -> list[Character]:
        """The characters a new story names, when all that can be refused without asking anybody is not to be refused.

        Raises what `create` would, RateLimitedError and QuotaExceededError first. Nothing is taken yet: it is `create`
        that holds all of it against others who ask at the same time.
        """
        async with self._database.as_user(user_id) as connection:
            asked = await _admission(connection, user_id, new, self._per_minute)
            require_no_wait(asked.wait, self._per_minute or 0)
            allowance = asked.allowance
            allowance.pay()
            if not asked.has_library:
                raise NotFoundError("library", str(new.library_id or ""))
            characters = _all_of(new, [Character.model_validate(row) for row in asked.characters])
            brief = _brief(new, characters)
            await self._orders.require_budget(connection, user_id, brief, _assets(new), allowance)
            return characters

    async def cast(self, user_id: UUID, new: NewStory) -> Cast:
        """Who a new story is about, and which portraits there are of them; nothing is written.

        Raises NotFoundError for a character or library that is not the user's.
        """
        async with self._database.as_user(user_id) as connection:
            asked = await _ask_characters(connection, user_id, new)
            libraries = await ask_libraries(connection, user_id)
            portraits = await ask(connection, KeptPortrait, "portraits/of_characters", ids=list(new.character_ids))
            characters = _all_of(new, await asked.fetchall())
            await chosen_library(libraries, new.library_id)
            kept = await portraits.fetchall()
        return Cast(characters, {(portrait.character_id, portrait.sheet_hash) for portrait in kept})

    async def get(self, user_id: UUID, story_id: UUID) -> StoryRow:
        """One of the user's stories, whole. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            row = await fetch_one(connection, StoryRow, "stories/get", user_id=user_id, story_id=story_id)
        if row is None:
            raise NotFoundError("story", str(story_id))
        return row

    async def page(
        self,
        user_id: UUID,
        *,
        limit: int,
        status: StoryState | None = None,
        before: tuple[str, UUID] | None = None,
    ) -> list[StorySummaryRow]:
        """The user's stories, newest first, from after the (created_at, id) given in `before`."""
        created_at, story_id = before or (None, None)
        async with self._database.as_user(user_id) as connection:
            return await fetch_all(
                connection,
                StorySummaryRow,
                "stories/page",
                user_id=user_id,
                status=status,
                limit=limit,
                before_created_at=created_at,
                before_id=story_id,
            )


def _assets(new: NewStory) -> Sequence[AssetName]:
    return ALL_ASSETS if new.generate_assets else TEXT_ONLY


async def _insert(
    connection: Connection,
    user_id: UUID,
    library_id: UUID,
    new: NewStory,
    brief: BriefJson,
    assets: Sequence[AssetName],
) -> StoryStatusRow:
    """The story's row."""
    (story,) = await fetch_all(
        connection,
        StoryStatusRow,
        "stories/create",
        library_id=library_id,
        user_id=user_id,
        title=new.title or "Untitled Story",
        status=json(first_status(assets)),
        brief=json(brief),
        webhook_url=new.webhook_url,
    )
    return story


async def _admission(connection: Connection, user_id: UUID, new: NewStory, per_minute: int | None) -> _Admission:
    params = {"user_id": user_id, "library_id": new.library_id, "ids": list(new.character_ids), "limit": per_minute}
    asked = await fetch_one(connection, _Admission, "stories/admission", **params)
    if asked is None:
        await ensure_user(connection, user_id)
        (asked,) = await fetch_all(connection, _Admission, "stories/admission", **params)
    return asked


async def _ask_characters(connection: Connection, user_id: UUID, new: NewStory) -> psycopg.AsyncCursor[Character]:
    return await ask(connection, Character, "characters/for_story", user_id=user_id, ids=list(new.character_ids))


def _all_of(new: NewStory, rows: Sequence[Character]) -> list[Character]:
    """The characters in the order they are named. Raises NotFoundError."""
    found = {row.id: row for row in rows}
    for character_id in new.character_ids:
        if character_id not in found:
            raise NotFoundError("character", str(character_id))
    return [found[character_id] for character_id in new.character_ids]


def _as_judged(judged: Sequence[Character], now: Sequence[Character]) -> list[Character]:
    """The characters in the words that were judged; with the pictures they have now, which were judged when they came.

    A picture that was taken away meanwhile may be gone from the store.
    """
    return [
        then.model_copy(update={"reference_images": one.reference_images})
        for then, one in zip(judged, now, strict=True)
    ]


def _brief(new: NewStory, characters: Sequence[Character]) -> BriefJson:
    return BriefJson(
        characters=[cast(CharacterJson, character.model_dump(mode="json")) for character in characters],
        story_type=new.story_type,
        themes=list(new.themes),
        title=new.title,
        age=new.age,
        language=new.language,
        voice_id=new.voice_id,
    )
