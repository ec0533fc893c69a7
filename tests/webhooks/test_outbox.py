"""What ends up in the outbox, and who may see it."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from storytailor.db import Database
from tests.api.conftest import Person, finish, set_asset
from tests.webhooks.conftest import AskForStory, Post

HOOK = "https://example.org/hook"

END = """UPDATE stories SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}',
    (SELECT jsonb_object_agg(key, '{"status": "ready", "progress": 100, "url": "u"}'::jsonb)
     FROM jsonb_object_keys(asset_generation_status->'assets') AS key)) WHERE id = %s"""
OVERALL = "SELECT asset_generation_status->>'overall' FROM stories WHERE id = %s"


async def test_the_message_and_the_end_of_the_story_are_one_transaction(
    ask: AskForStory, post: Post, database_url: str
) -> None:
    story_id = await ask(HOOK)

    def overall() -> str:
        with psycopg.connect(database_url) as onlooker:
            (state,) = onlooker.execute(OVERALL, (story_id,)).fetchone() or ("gone",)
            return str(state)

    with psycopg.connect(database_url) as connection:
        connection.execute(END, (story_id,))
        assert (overall(), post.rows()) == ("generating", [])
        connection.rollback()
        assert (overall(), post.rows()) == ("generating", [])
        connection.execute(END, (story_id,))
        connection.commit()
    assert (overall(), len(post.rows())) == ("ready", 1)


@pytest.mark.parametrize(
    ("broken", "overall", "status"),
    [
        ({}, "ready", "ready"),
        ({"audio": "No voice."}, "partial", "ready"),
        ({"cover": None}, "failed", "failed"),
    ],
)
async def test_the_message_says_how_the_story_ended(
    ask: AskForStory, post: Post, database_url: str, broken: dict[str, str | None], overall: str, status: str
) -> None:
    story_id = await ask(HOOK, title="Mäya")
    with psycopg.connect(database_url) as connection:
        (assets,) = connection.execute(
            "SELECT asset_generation_status->'assets' FROM stories WHERE id = %s", (story_id,)
        ).fetchone() or ({},)
        patch: dict[str, Any] = {
            name: {"status": "ready", "progress": 100, "url": f"https://a/{name}", "data": {"long": "…"}}
            for name in assets
        }
        for name, reason in broken.items():
            patch[name] = {"status": "failed", "progress": 0} | ({"error": reason} if reason else {})
        connection.execute("SELECT patch_story_assets(%s, %s)", (story_id, Jsonb(patch)))

    row = post.row()
    payload = row["payload"]
    assert (row["url"], row["state"], row["attempts"]) == (HOOK, "waiting", 0)
    assert list(payload) == ["type", "timestamp", "data"]
    assert payload["type"] == f"story.{overall}"
    data = payload["data"]
    assert (data["id"], data["title"], data["overall"], data["status"]) == (story_id, "Mäya", overall, status)
    assert data["errors"] == {name: reason or "no reason was recorded" for name, reason in broken.items()}
    assert data["assets"] == {
        name: {"status": "failed"} if name in broken else {"status": "ready", "url": f"https://a/{name}"}
        for name in assets
    }


async def test_who_asks_for_no_webhook_gets_none(ask: AskForStory, post: Post, database_url: str) -> None:
    finish(database_url, await ask(None))
    assert post.rows() == []


async def test_a_story_that_is_remade_ends_again_under_another_id(
    ask: AskForStory, post: Post, database_url: str
) -> None:
    story_id = await ask(HOOK)
    finish(database_url, story_id)
    set_asset(database_url, story_id, "cover", status="ready", progress=100, url="another")  # not an ending
    assert len(post.rows()) == 1

    set_asset(database_url, story_id, "cover", status="generating", progress=0)
    finish(database_url, story_id)
    first, second = post.rows()
    assert first["id"] != second["id"]
    assert first["story_id"] == second["story_id"]


async def test_every_attempt_has_the_same_body(ask: AskForStory, post: Post, database_url: str) -> None:
    finish(database_url, await ask(HOOK))
    (first,) = await post.outbox.claim(10)
    post.let_time_pass()
    (second,) = await post.outbox.claim(10)
    assert (first.id, first.body) == (second.id, second.body)
    assert json.loads(first.body)["type"] == "story.ready"


async def test_whoever_lost_the_lease_settles_nothing(
    ask: AskForStory, post: Post, database_url: str
) -> None:
    finish(database_url, await ask(HOOK))
    (slow,) = await post.outbox.claim(10)
    assert await post.outbox.claim(10) == []
    post.let_time_pass()
    (quick,) = await post.outbox.claim(10)

    await post.outbox.bury(slow, "too late")
    assert post.row()["state"] == "waiting"
    await post.outbox.delivered(quick)
    assert (post.row()["state"], post.row()["attempts"]) == ("delivered", 2)
    post.let_time_pass()
    assert await post.outbox.claim(10) == []


async def test_a_story_that_its_user_ends_leaves_a_message_too(
    ask: AskForStory, post: Post, database: Database, maya: Person
) -> None:
    story_id = await ask(HOOK)
    async with database.as_user(maya.id) as connection:
        await connection.execute(END, (story_id,))
    assert post.row()["payload"]["data"]["id"] == story_id


async def test_messages_go_with_their_story(ask: AskForStory, post: Post, database_url: str) -> None:
    story_id = await ask(HOOK)
    finish(database_url, story_id)
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM stories WHERE id = %s", (story_id,))
    assert post.rows() == []


async def test_the_api_sees_how_its_users_messages_fare_and_nothing_else(
    ask: AskForStory, database: Database, database_url: str, maya: Person, stranger: Person
) -> None:
    story_id = await ask(HOOK)
    finish(database_url, story_id)

    async def told(user_id: UUID) -> list[dict[str, Any]]:
        async with database.as_user(user_id) as connection:
            cursor = await connection.execute("SELECT story_id, state, last_error FROM webhook_outbox")
            return await cursor.fetchall()

    assert [str(row["story_id"]) for row in await told(maya.id)] == [story_id]
    assert await told(stranger.id) == []
    for forbidden in (
        "SELECT payload FROM webhook_outbox",
        "SELECT url FROM webhook_outbox",
        "UPDATE webhook_outbox SET state = 'delivered'",
        "DELETE FROM webhook_outbox",
        "INSERT INTO webhook_outbox (story_id, url, payload) SELECT id, 'x', '{}' FROM stories",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.as_user(maya.id) as connection:
                await connection.execute(forbidden)
