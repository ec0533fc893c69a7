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
from tests.webhooks.conftest import CreateStory, OutboxProbe

HOOK = "https://example.org/hook"

END = """UPDATE stories SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}',
    (SELECT jsonb_object_agg(key, '{"status": "ready", "progress": 100, "url": "u"}'::jsonb)
     FROM jsonb_object_keys(asset_generation_status->'assets') AS key)) WHERE id = %s"""
OVERALL = "SELECT asset_generation_status->>'overall' FROM stories WHERE id = %s"


async def test_the_message_and_the_end_of_the_story_are_one_transaction(
    create_story: CreateStory, outbox: OutboxProbe, database_url: str
) -> None:
    story_id = await create_story(HOOK)

    def overall() -> str:
        with psycopg.connect(database_url) as onlooker:
            (state,) = onlooker.execute(OVERALL, (story_id,)).fetchone() or ("gone",)
            return str(state)

    with psycopg.connect(database_url) as connection:
        connection.execute(END, (story_id,))
        assert (overall(), outbox.rows()) == ("generating", [])
        connection.rollback()
        assert (overall(), outbox.rows()) == ("generating", [])
        connection.execute(END, (story_id,))
        connection.commit()
    assert (overall(), len(outbox.rows())) == ("ready", 1)


@pytest.mark.parametrize(
    ("broken", "overall", "status"),
    [
        ({}, "ready", "ready"),
        ({"audio": "No voice."}, "partial", "ready"),
        ({"cover": None}, "failed", "failed"),
    ],
)
async def test_the_message_says_how_the_story_ended(
    create_story: CreateStory,
    outbox: OutboxProbe,
    database_url: str,
    broken: dict[str, str | None],
    overall: str,
    status: str,
) -> None:
    story_id = await create_story(HOOK, title="Mäya")
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

    row = outbox.row()
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


async def test_the_message_of_a_partial_story_names_its_placeholders_with_the_reason(
    create_story: CreateStory, outbox: OutboxProbe, database_url: str
) -> None:
    story_id = await create_story(HOOK)
    reason = "The picture could not be drawn."
    set_asset(
        database_url,
        story_id,
        "cover",
        **{"status": "ready", "progress": 100, "url": "u", "metadata": {"fallback": True, "fallbackReason": reason}},
    )
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "UPDATE stories SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}',"
            ' (SELECT jsonb_object_agg(key, value || \'{"status": "ready"}\')'
            "  FROM jsonb_each(asset_generation_status->'assets')))"
        )
    payload = outbox.row()["payload"]
    assert (payload["type"], payload["data"]["status"]) == ("story.partial", "ready")
    assert (payload["data"]["errors"], payload["data"]["placeholders"]) == ({}, {"cover": reason})


async def test_who_asks_for_no_webhook_gets_none(
    create_story: CreateStory, outbox: OutboxProbe, database_url: str
) -> None:
    finish(database_url, await create_story(None))
    assert outbox.rows() == []


async def test_a_story_that_is_remade_ends_again_under_another_id(
    create_story: CreateStory, outbox: OutboxProbe, database_url: str
) -> None:
    story_id = await create_story(HOOK)
    finish(database_url, story_id)
    set_asset(database_url, story_id, "cover", status="ready", progress=100, url="another")  # not an ending
    assert len(outbox.rows()) == 1

    set_asset(database_url, story_id, "cover", status="generating", progress=0)
    finish(database_url, story_id)
    first, second = outbox.rows()
    assert first["id"] != second["id"]
    assert first["story_id"] == second["story_id"]


async def test_every_attempt_has_the_same_body(
    create_story: CreateStory, outbox: OutboxProbe, database_url: str
) -> None:
    finish(database_url, await create_story(HOOK))
    (first,) = await outbox.outbox.claim(10)
    outbox.let_time_pass()
    (second,) = await outbox.outbox.claim(10)
    assert (first.id, first.body) == (second.id, second.body)
    assert json.loads(first.body)["type"] == "story.ready"


async def test_whoever_lost_the_lease_settles_nothing(
    create_story: CreateStory, outbox: OutboxProbe, database_url: str
) -> None:
    finish(database_url, await create_story(HOOK))
    (slow,) = await outbox.outbox.claim(10)
    assert await outbox.outbox.claim(10) == []
    outbox.let_time_pass()
    (quick,) = await outbox.outbox.claim(10)

    await outbox.outbox.mark_dead(slow, "too late")
    assert outbox.row()["state"] == "waiting"
    await outbox.outbox.mark_delivered(quick)
    assert (outbox.row()["state"], outbox.row()["attempts"]) == ("delivered", 2)
    outbox.let_time_pass()
    assert await outbox.outbox.claim(10) == []


async def test_a_story_that_its_user_ends_leaves_a_message_too(
    create_story: CreateStory, outbox: OutboxProbe, database: Database, maya: Person
) -> None:
    story_id = await create_story(HOOK)
    async with database.as_user(maya.id) as connection:
        await connection.execute(END, (story_id,))
    assert outbox.row()["payload"]["data"]["id"] == story_id


async def test_messages_go_with_their_story(create_story: CreateStory, outbox: OutboxProbe, database_url: str) -> None:
    story_id = await create_story(HOOK)
    finish(database_url, story_id)
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM stories WHERE id = %s", (story_id,))
    assert outbox.rows() == []


async def test_the_api_sees_how_its_users_messages_fare_and_nothing_else(
    create_story: CreateStory, database: Database, database_url: str, maya: Person, stranger: Person
) -> None:
    story_id = await create_story(HOOK)
    finish(database_url, story_id)

    async def messages(user_id: UUID) -> list[tuple[Any, ...]]:
        async with database.as_user(user_id) as connection:
            cursor = await connection.execute("SELECT story_id, state, last_error FROM webhook_outbox")
            return await cursor.fetchall()

    assert [str(row[0]) for row in await messages(maya.id)] == [story_id]
    assert await messages(stranger.id) == []
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
