"""Changing many stories at once without waiting for any: somebody's lock on one of them stops no other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

from storytailor.db.connection import Connection, Database, fetch_all, fetch_values

T = TypeVar("T")


async def sweep(
    database: Database, row: type[T], name: str, *, finds: str, which: Mapping[str, object], how: Mapping[str, object]
) -> list[T]:
    """Run the statement `name` on those of the stories that the statement `finds` finds which nobody has locked.

    Its rows, each as a `row`. The turn of a story that is locked comes with the next sweep. `which` are parameters of
    both statements; `name` has `how` and `stories` as well.
    """
    stories = await database.fetch_values(UUID, finds, **which)
    if not stories:
        return []

    async def change_free_ones(connection: Connection) -> list[T]:
        free = await fetch_values(connection, UUID, "queue/lock_free_stories", stories=stories)
        return await fetch_all(connection, row, name, stories=free, **which, **how) if free else []

    return await database.in_transaction(change_free_ones)
