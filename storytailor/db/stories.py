"""Stories: asked for in one transaction, and read by their owners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from storytailor.catalog import ALL_ASSETS, TEXT_ONLY
from storytailor.db.accounts import debit, ensure_user, own_library, require_patience
from storytailor.db.connection import Connection, Database, Row, fetch, json
from storytailor.db.idempotency import Once, earlier_answer, remember_answer
from storytailor.errors import NotFound
from storytailor.status import Priority, first_status
from storytailor.story import Character, StoryType


@dataclass(frozen=True)
class Wish:
    """A story as it is asked for."""

    user_id: UUID
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


class Stories:
    """The stories of one database; a user may ask for `per_minute` of them a minute, if that is given."""

    def __init__(self, database: Database, *, per_minute: int | None = None) -> None:
        self._database = database
        self._per_minute = per_minute

    async def create(self, wish: Wish, once: Once | None = None) -> Row:
        """Story, jobs and debit in one transaction, or nothing: `id`, `status`, `asset_generation_status`.

        With `once`, a request made before gets the row it got then. Raises QuotaExceeded, IdempotencyConflict,
        RateLimited, and NotFound for a character or library that is not the user's.
        """
        async with self._database.as_user(wish.user_id) as connection:
            user = await ensure_user(connection, wish.user_id)
            if once and (answer := await earlier_answer(connection, wish.user_id, once)):
                return answer
            if self._per_minute is not None:
                await require_patience(connection, wish.user_id, self._per_minute)
            library = await own_library(connection, wish.user_id, wish.library_id)
            characters = await _characters(connection, wish)
            assets = ALL_ASSETS if wish.generate_assets else TEXT_ONLY
            (story,) = await fetch(
                connection,
                "stories/create",
                library_id=library,
                user_id=wish.user_id,
                title=wish.title or "Untitled Story",
                status=json(first_status(assets)),
                brief=json(_brief(wish, characters)),
                webhook_url=wish.webhook_url,
            )
            await fetch(
                connection,
                "stories/queue_assets",
                story_id=story["id"],
                assets=list(assets),
                priority=wish.priority,
            )
            await debit(connection, user, story["id"])
            if once:
                await remember_answer(connection, wish.user_id, once, story | {"id": str(story["id"])})
            return story

    async def cast(self, wish: Wish) -> list[Character]:
        """The characters a wish names. Raises NotFound for one that is not the user's."""
        async with self._database.as_user(wish.user_id) as connection:
            return [_character(row) for row in await _characters(connection, wish)]

    async def get(self, user_id: UUID, story_id: UUID) -> Row:
        """One of the user's stories, whole. Raises NotFound."""
        async with self._database.as_user(user_id) as connection:
            rows = await fetch(connection, "stories/get", user_id=user_id, story_id=story_id)
        if not rows:
            raise NotFound("story", str(story_id))
        return rows[0]

    async def page(
        self, user_id: UUID, *, limit: int, status: str | None = None, before: tuple[str, UUID] | None = None
    ) -> list[Row]:
        """The user's stories, newest first, from after the (created_at, id) given in `before`."""
        created_at, story_id = before or (None, None)
        async with self._database.as_user(user_id) as connection:
            return await fetch(
                connection,
                "stories/page",
                user_id=user_id,
                status=status,
                limit=limit,
                before_created_at=created_at,
                before_id=story_id,
            )


async def _characters(connection: Connection, wish: Wish) -> list[Row]:
    found = {
        row["id"]: row
        for row in await fetch(
            connection, "accounts/own_characters", user_id=wish.user_id, ids=list(wish.character_ids)
        )
    }
    for character_id in wish.character_ids:
        if character_id not in found:
            raise NotFound("character", str(character_id))
    return [found[character_id] for character_id in wish.character_ids]


def _character(row: Row) -> Character:
    return Character.model_validate({name: row[name] for name in Character.model_fields})


def _brief(wish: Wish, characters: list[Row]) -> dict[str, Any]:
    return {
        "characters": [_character(row).model_dump(mode="json") for row in characters],
        "story_type": wish.story_type,
        "themes": list(wish.themes),
        "title": wish.title,
        "age": wish.age,
        "language": wish.language,
        "voice_id": wish.voice_id,
    }
