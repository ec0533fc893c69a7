"""DELETE /me: nothing of a family stays but what is stated here, and it does not come back by itself."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from storytailor.db import Database, Queue
from storytailor.db.orphaned_objects import OrphanedObjects
from storytailor.derived_keys import derived_key
from storytailor.object_cleanup import delete_orphans
from storytailor.providers.object_store import Folder
from storytailor.settings import Settings
from tests.api.conftest import Person, create_person, finish, set_asset

NAME = "Xanthippezz"


def query(database_url: str, text: str, *params: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(database_url) as connection:
        return connection.execute(text.encode(), params or None).fetchall()


def execute(database_url: str, text: str, *params: object) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(text.encode(), params or None)


def tables_with(database_url: str, *words: object) -> set[str]:
    """The tables in which one of these stands, in whatever column."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = set()
        for (table,) in tables:
            rows = sql.SQL("SELECT count(*) FROM {} AS t WHERE t::text ~ %s").format(sql.Identifier(table))
            if connection.execute(rows, ("|".join(map(str, words)),)).fetchone() != (0,):
                found.add(table)
        return found


@pytest.fixture
def family(database_url: str) -> Person:
    """A family of the free tier with a child of a rare name, a portrait, and two bought stories."""
    person = create_person(database_url, credits=2)
    execute(database_url, "UPDATE characters SET name = %s WHERE id = %s", NAME, person.character_id)
    key = f"characters/{person.character_id}/portrait-0123456789ab.png"
    execute(database_url, "INSERT INTO portraits VALUES (%s, 'looks', %s)", person.character_id, key)
    return person


async def ask(client: httpx.AsyncClient, person: Person, **more: Any) -> str:
    headers = person.headers | {"Idempotency-Key": str(uuid4())}
    answer = await client.post("/api/v1/stories", json=person.story_request(**more), headers=headers)
    assert answer.status_code == 201, answer.text
    story_id: str = answer.json()["data"]["id"]
    return story_id


def put_files(settings: Settings, person: Person, *story_ids: str) -> Path:
    """Files of stories and the character, as makers and the API store them; the folder of all."""
    root = settings.assets_folder
    names = [f"stories/{story_id}/cover-0123456789ab.png" for story_id in story_ids]
    names += [f"characters/{person.character_id}/{kind}-0123456789ab.png" for kind in ("portrait", "reference")]
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"a picture")
    return root


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def erase(client: httpx.AsyncClient, person: Person) -> httpx.Response:
    return await client.delete("/api/v1/me", headers=person.headers)


async def test_a_deleted_account_leaves_sums_and_a_hash_and_nothing_else(
    client: httpx.AsyncClient, family: Person, maya: Person, settings: Settings, database_url: str
) -> None:
    others = await ask(client, maya)
    done, under_way, bought = [await ask(client, family, title=f"{NAME} at sea") for _ in range(3)]
    finish(database_url, done)
    set_asset(database_url, bought, "content", status="ready", progress=100, data={})
    execute(
        database_url,
        "INSERT INTO webhook_outbox (story_id, user_id, url, payload) VALUES (%s, %s, 'https://a.example', '{}')",
        *(done, family.id),
    )
    execute(database_url, "INSERT INTO spendings VALUES (%s, now(), %s, 0.4)", done, family.id)
    root = put_files(settings, family, done, under_way)

    answer = await erase(client, family)

    assert (answer.status_code, answer.content) == (204, b"")
    assert files(root) == []
    assert tables_with(database_url, NAME) == set()
    # which folders are looked at once more; what was spent, by a story that nobody knows any more
    assert tables_with(database_url, family.id, done, under_way, bought) == {"object_removals", "spendings"}
    assert query(database_url, "SELECT user_id FROM spendings WHERE usd = 0.4") == [(None,)]
    assert query(database_url, "SELECT kind, source, entries FROM ledger_of_erased ORDER BY 1, 2") == [
        ("debit", "credit", 1),
        ("debit", "tier", 2),
        ("forfeit", "credit", 1),
        ("refund", "tier", 1),
    ]
    assert query(database_url, "SELECT stories_used FROM erased_accounts") == [(1,)]
    mine = (await client.get(f"/api/v1/stories/{others}", headers=maya.headers)).json()["data"]
    assert (mine["id"], mine["status"]) == (others, "generating")


async def test_what_makers_still_write_after_the_deletion_is_deleted_too(
    client: httpx.AsyncClient, family: Person, settings: Settings, database_url: str
) -> None:
    story_id = await ask(client, family)
    database = await Database(database_url).open()
    try:
        (lease,) = await Queue(database, lease_seconds=30).claim(in_flight=10)
        assert (await erase(client, family)).status_code == 204
        assert await Queue(database, lease_seconds=30).renew([lease.token]) == set()  # its provider calls are cancelled
        root = put_files(settings, family, story_id)
        orphans, store = OrphanedObjects(database), Folder(root)
        await delete_orphans(orphans, store)
        assert files(root) == []
        put_files(settings, family, story_id)
        assert await delete_orphans(orphans, store) == 0
        execute(database_url, "UPDATE object_removals SET due_at = due_at - interval '1 hour'")
        await delete_orphans(orphans, store)
        assert files(root) == []
        assert query(database_url, "SELECT count(*) FROM object_removals") == [(0,)]
    finally:
        await database.close()


async def test_deleting_again_and_at_once_is_answered_the_same(client: httpx.AsyncClient, family: Person) -> None:
    await ask(client, family)
    answers = await asyncio.gather(*(erase(client, family) for _ in range(5)))
    answers.append(await erase(client, family))
    assert {answer.status_code for answer in answers} == {204}


async def test_nobody_has_to_have_an_account_to_delete_it(client: httpx.AsyncClient, database_url: str) -> None:
    nobody = Person(uuid4(), uuid4())
    assert (await erase(client, nobody)).status_code == 204
    assert tables_with(database_url, nobody.id) == set()
    assert query(database_url, "SELECT count(*) FROM erased_accounts") == [(0,)]


async def test_a_token_that_is_still_valid_brings_nothing_back_for_a_day(
    client: httpx.AsyncClient, family: Person, database_url: str
) -> None:
    await ask(client, family)
    await erase(client, family)
    story = await client.post("/api/v1/characters", json={"name": "Maya"}, headers=family.headers)
    me = await client.get("/api/v1/me", headers=family.headers)
    for answer in (story, me):
        assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
        assert answer.json()["message"].startswith("This account was deleted. A new one can be begun in 24 hours")
    listed = await client.get("/api/v1/stories", headers=family.headers)
    assert listed.json()["data"]["items"] == []
    assert tables_with(database_url, family.id) == {"object_removals"}


@pytest.mark.parametrize("times", [1, 2])
async def test_whoever_comes_back_has_no_more_free_stories_than_before(
    client: httpx.AsyncClient, database_url: str, times: int
) -> None:
    family = create_person(database_url)
    finish(database_url, await ask(client, family))
    for _ in range(times):
        await erase(client, family)
        execute(database_url, "UPDATE erased_accounts SET erased_at = erased_at - interval '25 hours'")
        me = (await client.get("/api/v1/me", headers=family.headers)).json()["data"]
        assert (me["storiesUsed"], me["storyLimit"], me["credits"]) == (1, 2, 0)
    created = await client.post("/api/v1/characters", json={"name": "Maya"}, headers=family.headers)
    again = Person(UUID(created.json()["data"]["id"]), uuid4(), family.id)
    await ask(client, again)
    third = await client.post("/api/v1/stories", json=again.story_request(), headers=again.headers)
    assert (third.status_code, third.json()["code"]) == (403, "QUOTA_EXCEEDED")


async def test_the_database_alone_does_not_tell_whose_the_hash_is(
    client: httpx.AsyncClient, settings: Settings, family: Person, database_url: str
) -> None:
    await erase(client, family)
    ((mark,),) = query(database_url, "SELECT mark FROM erased_accounts")
    with_key = hmac.digest(derived_key(settings, "deleted accounts"), family.id.bytes, hashlib.sha256).hex()
    assert mark == with_key
    other = settings.model_copy(update={"jwt_secret": SecretStr("x" * 32)})
    assert derived_key(other, "deleted accounts") != derived_key(settings, "deleted accounts")


async def test_a_story_that_is_written_to_meanwhile_keeps_nobody_from_deleting(
    client: httpx.AsyncClient, family: Person, database_url: str
) -> None:
    story_id = await ask(client, family)
    with psycopg.connect(database_url) as worker:
        worker.execute("SELECT FROM asset_generation_jobs WHERE story_id = %s FOR UPDATE", (story_id,))
        erasing = asyncio.create_task(erase(client, family))
        await asyncio.sleep(0.8)
        assert not erasing.done()
    assert (await erasing).status_code == 204


async def test_many_who_create_and_one_who_deletes_leave_nothing(client: httpx.AsyncClient, database_url: str) -> None:
    family = create_person(database_url, tier="individual")
    creating = [client.post("/api/v1/stories", json=family.story_request(), headers=family.headers) for _ in range(8)]
    answers = await asyncio.gather(*creating[:4], erase(client, family), *creating[4:])
    assert {answer.status_code for answer in answers} <= {201, 204, 401, 404}
    assert tables_with(database_url, family.id) <= {"object_removals"}
    assert query(database_url, "SELECT count(*) FROM stories") == [(0,)]


async def test_a_deleted_character_takes_its_portraits_along_at_once(
    client: httpx.AsyncClient, family: Person, settings: Settings
) -> None:
    root = put_files(settings, family)
    answer = await client.delete(f"/api/v1/characters/{family.character_id}", headers=family.headers)
    assert answer.status_code == 204
    assert [path.name for path in files(root)] == ["reference-0123456789ab.png"]  # not among the character's own


async def test_what_the_store_does_not_let_go_is_deleted_by_the_next_sweep(
    client: httpx.AsyncClient, family: Person, settings: Settings, database_url: str
) -> None:
    root = put_files(settings, family)
    (root / "characters").chmod(0o500)
    hidden = root / "characters.away"
    (root / "characters").rename(hidden)
    (root / "characters").write_bytes(b"a file where the folder should be")
    assert (await client.delete(f"/api/v1/characters/{family.character_id}", headers=family.headers)).status_code == 204
    (root / "characters").unlink()
    hidden.rename(root / "characters")
    (root / "characters").chmod(0o700)
    database = await Database(database_url).open()
    try:
        assert await delete_orphans(OrphanedObjects(database), Folder(root)) > 0
    finally:
        await database.close()
    assert [path.name for path in files(root)] == ["reference-0123456789ab.png"]
