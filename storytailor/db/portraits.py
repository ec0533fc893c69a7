"""Portraits: what characters look like, drawn once and kept for later stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from storytailor.db.connection import Database


@dataclass(frozen=True)
class KeptPortrait:
    """A portrait that is kept of a character, and of which looks."""

    character_id: UUID
    sheet_hash: str


class Portraits:
    """The portraits of one database; the pictures themselves lie in the object store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, character_id: UUID, sheet_hash: str) -> str | None:
        """The key of the character's portrait with these looks, if there is one."""
        keys = await self._database.fetch_values(
            str, "portraits/find", character_id=character_id, sheet_hash=sheet_hash
        )
        return keys[0] if keys else None

    async def write_down(self, character_id: UUID, object_key: str) -> list[int]:
        """Write down a portrait that is to be stored as nobody's, until `keep`; its id there.

        Empty for a character that is gone: what is stored of them now, nobody may ever delete.
        """
        return await self._database.fetch_values(
            int, "portraits/write_down", character_id=character_id, object_key=object_key
        )

    async def keep(
        self, character_id: UUID, sheet_hash: str, object_key: str, orphans: Sequence[int] = ()
    ) -> str | None:
        """Keep a portrait; the key of the one that holds from now on, None for a character that is gone.

        If it is the one that holds it is nobody's no more, as which it was written down under the ids `orphans`.
        """
        keys = await self._database.fetch_values(
            str,
            "portraits/keep",
            character_id=character_id,
            sheet_hash=sheet_hash,
            object_key=object_key,
            orphans=list(orphans),
        )
        return keys[0] if keys else None

    async def forget(self, character_id: UUID, sheet_hash: str, object_key: str) -> None:
        """Keep this portrait no longer: its object is lost, or damaged and then to be deleted. Another one stays."""
        await self._database.execute(
            "portraits/forget", character_id=character_id, sheet_hash=sheet_hash, object_key=object_key
        )

    async def sit(self, character_id: UUID, sheet_hash: str, seconds: float) -> bool | None:
        """Whether the caller is to draw this portrait now: nobody else is to for so many seconds, or until `rise`.

        None for a character that is gone, whom nobody is to draw.
        """
        mine = await self._database.fetch_values(
            bool, "portraits/sit", character_id=character_id, sheet_hash=sheet_hash, seconds=seconds
        )
        return mine[0] if mine else None

    async def hold(self, character_id: UUID, sheet_hash: str, seconds: float) -> None:
        """It is still being drawn: nobody else is to for so many seconds from now."""
        await self._database.execute(
            "portraits/hold", character_id=character_id, sheet_hash=sheet_hash, seconds=seconds
        )

    async def rise(self, character_id: UUID, sheet_hash: str) -> None:
        """It is drawn, or cannot be: whoever waits goes on."""
        await self._database.execute("portraits/rise", character_id=character_id, sheet_hash=sheet_hash)
