"""What is drawn from, and what is deleted, are a tenant's own images, whatever a statement of the API's role names."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.types.json import Jsonb

from storytailor.db import Accounts, Database
from storytailor.db.orphaned_objects import OrphanedObjects
from storytailor.object_cleanup import delete_orphans
from storytailor.providers.object_store import Folder


class Family:
    """Somebody with a library, a character, and a photo of that character in the store."""

    def __init__(self, user: UUID, library: UUID, character: UUID) -> None:
        self.id, self.library, self.character = user, library, character
        self.photo = f"characters/{character}/reference-0123456789ab.png"


@pytest.fixture
async def me(database: Database, folder: Folder) -> Family:
    return await create_family(database, folder)


@pytest.fixture
async def them(database: Database, folder: Folder) -> Family:
    return await create_family(database, folder)


async def create_family(database: Database, folder: Folder) -> Family:
    user_id = uuid4()
    await Accounts(database).allowance(user_id)
    (library,) = await Accounts(database).libraries(user_id)
    async with database.as_user(user_id) as connection:
        cursor = await connection.execute(
            "INSERT INTO characters (library_id, owner_user_id, name) VALUES (%s, %s, 'Maya') RETURNING id",
            (library.id, user_id),
        )
        ((character,),) = await cursor.fetchall()
        family = Family(user_id, library.id, character)
        await connection.execute("UPDATE characters SET reference_images = ARRAY[%s]", (family.photo,))
    await folder.put(family.photo, b"a photo")
    return family


def foreign_keys(them: Family) -> list[str]:
    """Ways to name what is somebody else's: a photo, all of a character's, everybody's, a portrait, a book."""
    return [
        them.photo,
        f"characters/{them.character}/",
        f"characters/{them.character}/portrait-",
        f"characters/{str(them.character)[:8]}/../{them.character}/reference-0123456789ab.png",
        "characters/",
        "stories/",
        "",
    ]


async def test_no_story_or_character_can_name_somebody_elses_image(
    database: Database, me: Family, them: Family
) -> None:
    for key in foreign_keys(them):
        with pytest.raises(InsufficientPrivilege, match="reference image"):
            await write_story(database, me, [{"id": str(me.character), "reference_images": [me.photo, key]}])
        with pytest.raises(InsufficientPrivilege, match="reference image"):
            await write_story(database, me, {"reference_images": key})  # not even a list
        with pytest.raises(InsufficientPrivilege, match="reference image"):
            async with database.as_user(me.id) as connection:
                await connection.execute("UPDATE characters SET reference_images = ARRAY[%s]", (key,))
        with pytest.raises(InsufficientPrivilege, match="reference image"):
            async with database.as_user(me.id) as connection:
                await connection.execute(
                    "INSERT INTO characters (library_id, owner_user_id, name, reference_images)"
                    " VALUES (%s, %s, 'Mallory', ARRAY[%s])",
                    (me.library, me.id, key),
                )


async def test_deleting_what_named_somebody_elses_image_before_this_was_refused_leaves_the_image(
    database: Database, database_url: str, me: Family, them: Family, folder: Folder
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")  # as it was: nothing looked at what was written
        for key in foreign_keys(them):
            brief = Jsonb({"characters": [{"reference_images": [key]}]})
            connection.execute(
                "INSERT INTO stories (library_id, creator_user_id, title, brief) VALUES (%s, %s, 'x', %s)",
                (me.library, me.id, brief),
            )
        connection.execute(
            "UPDATE characters SET reference_images = %s WHERE id = %s", (foreign_keys(them), me.character)
        )
    async with database.as_user(me.id) as connection:
        await connection.execute("DELETE FROM stories")
        await connection.execute("DELETE FROM characters")
    await sweep(database, folder)
    assert await folder.get(them.photo) == b"a photo"


async def test_a_familys_own_images_go_with_the_last_that_shows_them(
    database: Database, me: Family, them: Family, folder: Folder
) -> None:
    await write_story(database, me, [{"id": str(me.character), "reference_images": [me.photo]}])
    async with database.as_user(me.id) as connection:
        await connection.execute("DELETE FROM characters")
    await sweep(database, folder)
    assert await folder.get(me.photo) == b"a photo"
    async with database.as_user(me.id) as connection:
        await connection.execute("DELETE FROM stories")
    await sweep(database, folder)
    assert not (folder.root / me.photo).exists()
    assert await folder.get(them.photo) == b"a photo"


async def write_story(database: Database, family: Family, characters: Any) -> None:
    async with database.as_user(family.id) as connection:
        await connection.execute(
            "INSERT INTO stories (library_id, creator_user_id, title, brief) VALUES (%s, %s, 'x', %s)",
            (family.library, family.id, Jsonb({"characters": characters})),
        )


async def sweep(database: Database, folder: Folder) -> None:
    async with database.transaction() as connection:
        await connection.execute("UPDATE object_removals SET due_at = due_at - interval '2 hours'")
    await delete_orphans(OrphanedObjects(database), folder)
