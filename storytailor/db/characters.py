"""Characters: who stories can be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from storytailor.db.accounts import ensure_user, own_library
from storytailor.db.connection import Connection, Database, Row, fetch, json
from storytailor.db.reference_images import no_longer_shown
from storytailor.errors import NotFound


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
    """The characters of one database, each seen by its owner only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, user_id: UUID, new: NewCharacter) -> Row:
        """Write a new character down. Raises NotFound for a library that is not the user's."""
        async with self._database.as_user(user_id) as connection:
            await ensure_user(connection, user_id)
            library = await own_library(connection, user_id, new.library_id)
            (row,) = await fetch(
                connection,
                "characters/create",
                user_id=user_id,
                library_id=library,
                called=new.name,
                age=new.age,
                species=new.species,
                appearance=new.appearance,
                traits=list(new.traits),
            )
            return row

    async def get(self, user_id: UUID, character_id: UUID) -> Row:
        """One of the user's characters. Raises NotFound."""
        async with self._database.as_user(user_id) as connection:
            return await _one(connection, "characters/get", user_id, character_id)

    async def change(self, user_id: UUID, character_id: UUID, changes: CharacterChanges) -> Row:
        """Change a character; stories asked for before keep it as it was then. Raises NotFound."""
        async with self._database.as_user(user_id) as connection:
            if "library_id" in changes:
                await own_library(connection, user_id, changes["library_id"])
            written: dict[str, Any] = {**changes}
            if "library_id" in written:
                written["library_id"] = str(written["library_id"])
            return await _one(connection, "characters/change", user_id, character_id, changes=json(written))

    async def delete(self, user_id: UUID, character_id: UUID) -> list[str]:
        """Delete a character; keys of its images that no story shows. Raises NotFound."""
        async with self._database.as_user(user_id) as connection:
            row = await _one(connection, "characters/delete", user_id, character_id)
            return await no_longer_shown(connection, user_id, row["reference_images"])


async def _one(
    connection: Connection, statement: str, user_id: UUID, character_id: UUID, **params: Any
) -> Row:
    rows = await fetch(connection, statement, user_id=user_id, character_id=character_id, **params)
    if not rows:
        raise NotFound("character", str(character_id))
    return rows[0]
