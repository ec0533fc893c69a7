"""Rows of `stories` whole, read as the user who watches them: the database shows nobody else's."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from storytailor.db.connection import Database, Row, fetch


class StoryRows:
    """The stories of one database as rows; all reads are confined to one user's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def columns(self, user_id: UUID) -> list[Row]:
        """The table's columns in order: `name` and PostgreSQL `type`."""
        async with self._database.as_user(user_id) as connection:
            return await fetch(connection, "realtime/columns")

    async def revisions(self, user_id: UUID, ids: Iterable[UUID] | None, *, most: int) -> list[Row]:
        """`id`, `revision` and `created_at` of the user's newest stories, of these ids if any are given."""
        async with self._database.as_user(user_id) as connection:
            return await fetch(
                connection,
                "realtime/revisions",
                user_id=user_id,
                ids=None if ids is None else list(ids),
                most=most,
            )

    async def record(self, user_id: UUID, story_id: UUID) -> Row | None:
        """`revision`, `created_at` and the whole row as JSON in `record`; None when it is not the user's."""
        async with self._database.as_user(user_id) as connection:
            rows = await fetch(connection, "realtime/record", user_id=user_id, story_id=story_id)
        return rows[0] if rows else None
