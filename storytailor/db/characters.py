"""Characters, as their owner sees and changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from storytailor.db.accounts import ensure_user, find_library
from storytailor.db.connection import Database, fetch_all, fetch_one, fetch_values, json
from storytailor.db.reference_images import count_kept, unreferenced_images
from storytailor.db.rows import CharacterRow
from storytailor.errors import NotFoundError, ValidationError


@dataclass(frozen=True)
class NewCharacter:
    """A character as it is described; without a library it goes to the user's first."""

    name: str
    age: int | None = None
    species: str = "human"
    appearance: str = ""
    traits: Sequence[str] = ()
    library_id: UUID | None = None


class CharacterChanges(TypedDict, total=False):
    """What is to be changed of a character; what is not named stays."""

    name: str
    age: int | None
    species: str
    appearance: str
    traits: list[str]
    library_id: UUID


class Characters:
    """The characters of one database; every method sees those of one user only."""

    def __init__(self, database: Database, *, most: int | None = None) -> None:
        """`most`: how many a user may keep, if there is an end to it."""
        self._database = database
        self._most = most

    async def create(self, user_id: UUID, new: NewCharacter) -> CharacterRow:
        """Create a character.

        Raises NotFoundError for a library that is not the user's, and ValidationError when they have as many
        characters as they may.
        """
        async with self._database.as_user(user_id) as connection:
            await ensure_user(connection, user_id)
            if self._most is not None and (await count_kept(connection, user_id)).characters >= self._most:
                what = f"you have {self._most:,} characters, as many as you may"
                raise ValidationError(
                    f"The character was not kept: {what}. Delete one first.", [{"where": "body", "what": what}]
                )
            library = await find_library(connection, user_id, new.library_id)
            (row,) = await fetch_all(
                connection,
                CharacterRow,
                "characters/create",
                user_id=user_id,
                library_id=library,
                character_name=new.name,
                age=new.age,
                species=new.species,
                appearance=new.appearance,
                traits=list(new.traits),
            )
            return row

    async def get(self, user_id: UUID, character_id: UUID) -> CharacterRow:
        """One of the user's characters. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            row = await fetch_one(
                connection, CharacterRow, "characters/get", user_id=user_id, character_id=character_id
            )
        return _found(row, character_id)

    async def page(self, user_id: UUID, *, limit: int, before: tuple[str, UUID] | None = None) -> list[CharacterRow]:
        """The user's characters, newest first, from after the (created_at, id) given in `before`."""
        created_at, character_id = before or (None, None)
        async with self._database.as_user(user_id) as connection:
            return await fetch_all(
                connection,
                CharacterRow,
                "characters/page",
                user_id=user_id,
                limit=limit,
                before_created_at=created_at,
                before_id=character_id,
            )

    async def change(self, user_id: UUID, character_id: UUID, changes: CharacterChanges) -> CharacterRow:
        """Change a character; stories asked for before keep it as it was then. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            library_id: dict[str, str] = {}
            if "library_id" in changes:
                await find_library(connection, user_id, changes["library_id"])
                library_id["library_id"] = str(changes["library_id"])
            row = await fetch_one(
                connection,
                CharacterRow,
                "characters/change",
                user_id=user_id,
                character_id=character_id,
                changes=json({**changes, **library_id}),
            )
            return _found(row, character_id)

    async def delete(self, user_id: UUID, character_id: UUID) -> list[str]:
        """Delete a character; keys of its images that no story shows. Raises NotFoundError."""
        async with self._database.as_user(user_id) as connection:
            images = await fetch_values(
                connection, list[str], "characters/delete", user_id=user_id, character_id=character_id
            )
            if not images:
                raise NotFoundError("character", str(character_id))
            return await unreferenced_images(connection, user_id, images[0])


def _found(row: CharacterRow | None, character_id: UUID) -> CharacterRow:
    if row is None:
        raise NotFoundError("character", str(character_id))
    return row
