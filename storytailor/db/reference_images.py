"""Pictures of what a character looks like: their keys, and whether anything still shows them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from storytailor.db.connection import Connection, Database, Row, fetch
from storytailor.errors import NotFound, ValidationError

MOST_IMAGES = 4


class ReferenceImages:
    """The reference images of users' characters."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def require_room(self, user_id: UUID, character_id: UUID, key: str | None = None) -> None:
        """Look whether another image (this one, if its key is known) may be added. Raises as `add` does."""
        async with self._database.as_user(user_id) as connection:
            await _room(connection, user_id, character_id, key)

    async def add(self, user_id: UUID, character_id: UUID, key: str) -> Row:
        """Give the character a stored image; one it has already changes nothing. The character.

        Raises NotFound, and ValidationError when it has as many as it may have.
        """
        async with self._database.as_user(user_id) as connection:
            await _room(connection, user_id, character_id, key)
            (row,) = await fetch(connection, "characters/add_image", character_id=character_id, key=key)
            return row

    async def remove(self, user_id: UUID, character_id: UUID, key: str) -> list[str]:
        """Take the image from the character; keys to be removed from the store. Raises NotFound."""
        async with self._database.as_user(user_id) as connection:
            if not await fetch(connection, "characters/remove_image", character_id=character_id, key=key):
                raise NotFound("character", str(character_id))
            return await no_longer_shown(connection, user_id, [key])


async def no_longer_shown(connection: Connection, user_id: UUID, keys: Sequence[str]) -> list[str]:
    """Those of these images that no character and no story of the user shows any more."""
    rows = await fetch(connection, "characters/unused_images", user_id=user_id, keys=list(keys))
    return [row["key"] for row in rows]


async def _room(connection: Connection, user_id: UUID, character_id: UUID, key: str | None) -> None:
    rows = await fetch(connection, "characters/lock", user_id=user_id, character_id=character_id)
    if not rows:
        raise NotFound("character", str(character_id))
    images = rows[0]["reference_images"]
    if len(images) >= MOST_IMAGES and key not in images:
        what = f"the character has {MOST_IMAGES} reference images, as many as it may"
        raise ValidationError(
            f"The image was not taken: {what}. Remove one first.", [{"where": "body.image", "what": what}]
        )
