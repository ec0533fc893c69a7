"""Reference images of characters: their keys, and whether anything still shows them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from storytailor.db.connection import Connection, Database, fetch_all, fetch_values, send
from storytailor.db.rows import CharacterRow
from storytailor.errors import NotFoundError, QuotaExceededError, ValidationError

MAX_IMAGES = 4
PICTURES_DIGITS = 8
"""Of the twelve hexadecimal digits in a key so many are the picture's, the others the upload's."""


def new_key(character_id: UUID, picture: bytes) -> str:
    """A key for this picture (a JPEG) that no earlier upload of it has, but for one in 65,536.

    So a deletion that was decided of the same picture, when the character had it before, does not take this one.
    """
    digits = hashlib.sha256(picture).hexdigest()[:PICTURES_DIGITS] + secrets.token_hex(6 - PICTURES_DIGITS // 2)
    return f"characters/{character_id}/reference-{digits}.jpg"


class ReferenceImages:
    """The reference images of one database; every method sees those of one user's characters only."""

    def __init__(self, database: Database, *, most: int | None = None, most_bytes: int | None = None) -> None:
        """`most`, `most_bytes`: how many the user's characters may have together, and of what size, if there is an end.

        `most_bytes` is of all that are kept for the user, for stories too; a few at once may pass it by their own size.
        """
        self._database = database
        self._most = most
        self._most_bytes = most_bytes

    async def require_room(self, user_id: UUID, character_id: UUID) -> None:
        """Check whether another image may be added, which may be one that the character has. Raises as `add` does."""
        async with self._database.as_user(user_id) as connection:
            await self._has(connection, user_id, character_id, None, 1)

    async def has(self, user_id: UUID, character_id: UUID, key: str, *, size: int) -> bool:
        """Whether the character has the picture of this `new_key` already, under another. Raises as `add` does."""
        async with self._database.as_user(user_id) as connection:
            return await self._has(connection, user_id, character_id, key, size)

    async def expect(self, user_id: UUID, key: str) -> None:
        """Write down that this image is about to be stored: it is deleted if no character shows it in an hour."""
        async with self._database.as_user(user_id) as connection:
            await send(connection, "characters/expect_upload", key=key)

    async def add(self, user_id: UUID, character_id: UUID, key: str, *, size: int, wording: str) -> CharacterRow:
        """Give the character a stored image, and write down the user's consent to these words. The character.

        A picture that it has already changes nothing.

        Raises NotFoundError, ValidationError when it has as many as it may have, and QuotaExceededError when the user's
        take up as many bytes as they may.
        """
        async with self._database.as_user(user_id) as connection:
            owned = {"user_id": user_id, "character_id": character_id}
            if not await self._has(connection, user_id, character_id, key, size):
                await send(connection, "characters/add_image", **owned, key=key)
                await send(
                    connection, "characters/record_consent", user_id=user_id, key=key, wording=wording, size=size
                )
            (row,) = await fetch_all(connection, CharacterRow, "characters/get", **owned)
            return row

    async def remove(self, user_id: UUID, character_id: UUID, keys: Sequence[str]) -> list[str]:
        """Take the images from the character; keys to be deleted from the store. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            owned = {"user_id": user_id, "character_id": character_id}
            for key in keys:
                if not await fetch_values(connection, UUID, "characters/remove_image", **owned, key=key):
                    raise NotFoundError("character", str(character_id))
            return await unreferenced_images(connection, user_id, keys)

    async def _has(self, connection: Connection, user_id: UUID, character_id: UUID, key: str | None, size: int) -> bool:
        """Whether the character has this picture. Raises where it has not, and none may be added."""
        owned = {"user_id": user_id, "character_id": character_id}
        locked = await fetch_values(connection, list[str], "characters/lock", **owned)
        if not locked:
            raise NotFoundError("character", str(character_id))
        (images,) = locked
        if key is not None:
            same = key[: key.rindex("-") + 1 + PICTURES_DIGITS]
            if any(image.startswith(same) for image in images):
                return True
        if len(images) >= MAX_IMAGES:
            raise _full(f"the character has {MAX_IMAGES} reference images, as many as it may")
        if self._most is not None and (await count_kept(connection, user_id)).pictures >= self._most:
            raise _full(f"your characters have {self._most:,} reference images, as many as they may")
        if self._most_bytes is not None:
            (kept,) = await fetch_values(connection, int, "characters/bytes_kept", user_id=user_id)
            if kept + size > self._most_bytes:
                raise QuotaExceededError(
                    f"Your pictures take up {kept / 1e6:.1f} of the {self._most_bytes / 1e6:.0f} MB they may, and this "
                    "one would be too much. Remove some, also with stories you no longer want, and send it again.",
                    {"keptBytes": kept, "mostBytes": self._most_bytes},
                )
        return False


@dataclass(frozen=True)
class Kept:
    """What a user keeps."""

    characters: int
    pictures: int


async def count_kept(connection: Connection, user_id: UUID) -> Kept:
    """How much the user keeps now."""
    (kept,) = await fetch_all(connection, Kept, "characters/count", user_id=user_id)
    return kept


async def unreferenced_images(connection: Connection, user_id: UUID, keys: Sequence[str]) -> list[str]:
    """Those of these images that no character and no story of the user shows any more."""
    return await fetch_values(connection, str, "characters/unreferenced_images", user_id=user_id, keys=list(keys))


def _full(what: str) -> ValidationError:
    return ValidationError(
        f"The image was not taken: {what}. Remove one first.", [{"where": "body.image", "what": what}]
    )
