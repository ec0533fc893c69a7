"""What the stories' side of retention asks of the database. Stories, books and money are not touched by it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from storytailor.db.connection import Connection, Database, fetch_values
from storytailor.errors import SettingsError

T = TypeVar("T")
DAY = 86_400.0


class Retention:
    """The retention of one database, all tenants'."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def installation(self) -> UUID:
        """Which installation this database is. Raises SettingsError for one that is none."""
        found = await self._database.fetch_values(UUID, "retention/installation")
        if not found:
            raise SettingsError("The table installation of DATABASE_URL's database is empty: restore it from a backup.")
        return found[0]

    async def while_finished(self, story_ids: Sequence[UUID], work: Callable[[Sequence[UUID]], T]) -> T | None:
        """Do `work`, in a thread, with those of these stories that exist and of which nothing is to be made.

        They are locked meanwhile: no sensor claims them, and what their families ask for waits. What somebody has
        locked is left for the next time. `work` may be done again; it must take less than a statement may.
        """

        async def lock_and_work(connection: Connection) -> T | None:
            locked = await fetch_values(connection, UUID, "retention/lock_stories", stories=list(story_ids))
            finished = await fetch_values(connection, UUID, "retention/finished_stories", stories=locked)
            return await asyncio.to_thread(work, sorted(finished)) if finished else None

        return await self._database.in_transaction(lock_and_work)

    async def forget_webhooks(self, days: float, most: int) -> int:
        """Forget up to so many messages that were delivered, or given up, longer ago; how many those were."""
        return await self._database.execute("retention/forget_webhooks", seconds=days * DAY, most=most)
