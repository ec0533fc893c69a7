"""Rows of `stories` as Supabase's Realtime shows them, read as the user who watches them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from storytailor.db.connection import Database, fetch_all, fetch_one


@dataclass(frozen=True)
class ColumnRow:
    """A column of `stories` and its PostgreSQL type."""

    name: str
    type: str


@dataclass(frozen=True)
class RevisionRow:
    """Which revision a story is at."""

    id: UUID
    revision: int
    created_at: datetime


@dataclass(frozen=True)
class RecordRow:
    """A story's row, whole, as JSON in `record`."""

    revision: int
    created_at: datetime
    record: dict[str, JsonValue]


class StoryRecords:
    """The stories of one database as records; every method sees those of one user only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def columns(self, user_id: UUID) -> list[ColumnRow]:
        """The table's columns in order."""
        async with self._database.as_user(user_id) as connection:
            return await fetch_all(connection, ColumnRow, "realtime/columns")

    async def revisions(self, user_id: UUID, ids: Iterable[UUID] | None, *, limit: int) -> list[RevisionRow]:
        """Revisions of the user's newest stories, of these ids if any are given."""
        async with self._database.as_user(user_id) as connection:
            return await fetch_all(
                connection,
                RevisionRow,
                "realtime/revisions",
                user_id=user_id,
                ids=None if ids is None else list(ids),
                limit=limit,
            )

    async def record(self, user_id: UUID, story_id: UUID) -> RecordRow | None:
        """The story's record; None when it is not the user's."""
        async with self._database.as_user(user_id) as connection:
            return await fetch_one(connection, RecordRow, "realtime/record", user_id=user_id, story_id=story_id)
