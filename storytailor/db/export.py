"""All that is kept of a family, as it is handed to that family: rows as JSON, files by their keys."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg import sql
from pydantic import JsonValue

from storytailor.db.connection import Database, fetch_all, fetch_one, fetch_values, statement

Facts = dict[str, JsonValue]


@dataclass(frozen=True)
class ExportedCharacter:
    """A character's row, and the keys of its pictures."""

    id: UUID
    facts: Facts
    pictures: list[str]


@dataclass(frozen=True)
class ExportedStory:
    """A story's row, its files' keys by name, and the keys of the pictures it was asked for with."""

    facts: Facts
    objects: dict[str, str]
    pictures: list[str]


@dataclass(frozen=True)
class _Table:
    name: str
    columns: list[str]


class Export:
    """Reads one user's everything, some at a time; the database shows that user's rows only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def account(self, user_id: UUID) -> dict[str, list[Facts]]:
        """The rows of every table that has something of the user's, but characters, stories and their jobs."""
        account: dict[str, list[Facts]] = {}
        async with self._database.as_user(user_id) as connection:
            for table in await fetch_all(connection, _Table, "export/tables"):
                columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
                query = sql.SQL(statement("export/rows")).format(columns=columns, table=sql.Identifier(table.name))
                account[table.name] = [row for (row,) in await (await connection.execute(query)).fetchall()]
        return account

    async def characters(self, user_id: UUID) -> list[ExportedCharacter]:
        """The user's characters, oldest first."""
        async with self._database.as_user(user_id) as connection:
            return await fetch_all(connection, ExportedCharacter, "export/characters", user_id=user_id)

    async def stories(self, user_id: UUID) -> list[UUID]:
        """The ids of the user's stories, oldest first."""
        async with self._database.as_user(user_id) as connection:
            return await fetch_values(connection, UUID, "export/stories", user_id=user_id)

    async def story(self, user_id: UUID, story_id: UUID) -> ExportedStory | None:
        """One of them; None when it was deleted meanwhile."""
        async with self._database.as_user(user_id) as connection:
            return await fetch_one(connection, ExportedStory, "export/story", user_id=user_id, story_id=story_id)
