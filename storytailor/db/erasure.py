"""Deleting an account, with everything of its family."""

from __future__ import annotations

from uuid import UUID

import psycopg

from storytailor.db.connection import Database, fetch_values, send
from storytailor.errors import ServiceUnavailableError

TRIES = 20


class Erasure:
    """Deletes accounts of one database, each as its own user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase(self, user_id: UUID) -> list[str]:
        """Delete the user's account in one transaction; what the keys of its stored objects begin with.

        Stories under way are stopped: their workers lose their leases. No account is as good as a deleted one.
        Raises ServiceUnavailableError when something of it is being written to all the time.

        Whoever holds a lock of it is waited for less than PostgreSQL waits before it ends a deadlock: then all is let
        go and tried again, as `lock_story` does.
        """
        for _ in range(TRIES):
            async with self._database.as_user(user_id) as connection:
                try:
                    await send(connection, "stories/short_lock_timeout")
                    return await fetch_values(connection, str, "accounts/erase")
                except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                    await connection.rollback()
        raise ServiceUnavailableError("The account is being written to without a pause. Try again.", retry_after=1)

    async def forget(self, days: float, most: int = 100_000) -> int:
        """Forget who deleted an account longer ago, at most so many; how many those were. Not as a user: for makers."""
        return await self._database.execute("accounts/forget_erased", days=days, most=most)
