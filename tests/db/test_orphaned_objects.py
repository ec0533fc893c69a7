"""The sweep: what nothing shows is deleted, what is shown again is not, and one refusal holds nothing else up."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from storytailor.db import Database
from storytailor.db.orphaned_objects import OrphanedObjects
from storytailor.errors import PermanentError, TransientError
from storytailor.object_cleanup import TIMES_AWAY, delete_orphans
from storytailor.providers.object_store import Folder
from storytailor.providers.object_store.failures import transient


@pytest.fixture
async def maya(database: Database, user: UUID) -> UUID:
    """The user's character."""
    async with database.transaction() as connection:
        ((character,),) = await (await connection.execute("SELECT id FROM characters")).fetchall()
    return UUID(str(character))


async def orphaned(database: Database, folder: Folder, user: UUID, *keys: str) -> None:
    """Stored objects that nothing shows, of which each was due longer ago than the next."""
    async with database.transaction() as connection:
        for key in keys:
            await folder.put(key, b"a picture")
            await connection.execute(
                "INSERT INTO object_removals (owner_user_id, prefix, due_at) VALUES (%s, %s, clock_timestamp())",
                (user, key),
            )


async def waiting(database: Database) -> list[str]:
    async with database.transaction() as connection:
        found = await (await connection.execute("SELECT prefix FROM object_removals ORDER BY due_at")).fetchall()
    return [prefix for (prefix,) in found]


async def stored(folder: Folder) -> list[str]:
    return [key async for listed in folder.keys() for key in listed]  # noqa: SIM118  no dictionary


async def test_what_comes_into_use_while_the_sweep_is_at_others_stays(
    database: Database, folder: Folder, user: UUID, maya: UUID
) -> None:
    first, second = f"stories/{uuid4()}/", f"characters/{maya}/portrait-0123456789ab.png"

    class WhileOneIsDeleted(Folder):
        async def delete_below(self, prefix: str) -> None:
            async with database.transaction() as connection:
                await connection.execute(
                    "INSERT INTO portraits (character_id, sheet_hash, object_key) VALUES (%s, '', %s)", (maya, second)
                )
            await super().delete_below(prefix)

    await orphaned(database, folder, user, f"{first}cover-0123456789ab.png", second)
    assert await delete_orphans(OrphanedObjects(database), WhileOneIsDeleted(folder.root)) == 2
    assert await stored(folder) == [second]
    assert await waiting(database) == []


async def test_what_the_store_does_not_let_go_is_told_and_holds_up_nothing_behind_it(
    database: Database, folder: Folder, user: UUID, maya: UUID
) -> None:
    stuck, others = f"characters/{maya}/portrait-0", [f"characters/{maya}/portrait-{n}.png" for n in range(1, 4)]
    await asyncio.to_thread((folder.root / stuck).mkdir, parents=True)  # what unlink refuses
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO object_removals (owner_user_id, prefix, due_at) VALUES (%s, %s, clock_timestamp())",
            (user, stuck),
        )
    await orphaned(database, folder, user, *others)
    with pytest.raises(PermanentError, match="could not be removed"):
        await delete_orphans(OrphanedObjects(database), folder)
    assert await stored(folder) == []
    assert await waiting(database) == [stuck]


async def test_a_store_that_is_away_is_not_asked_for_one_after_the_other(
    database: Database, folder: Folder, user: UUID, maya: UUID
) -> None:
    asked = []

    class Away(Folder):
        async def delete_below(self, prefix: str) -> None:
            asked.append(prefix)
            raise transient("removed", "It is away.", "")

    keys = [f"characters/{maya}/portrait-{n}.png" for n in range(2 * TIMES_AWAY)]
    await orphaned(database, folder, user, *keys)
    with pytest.raises(TransientError):
        await delete_orphans(OrphanedObjects(database), Away(folder.root))
    assert asked == keys[:TIMES_AWAY]
    assert await waiting(database) == keys
