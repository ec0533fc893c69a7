from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import jwt
import pytest

from storytailor.db import Database
from tests.api.conftest import SECRET, Person, set_asset, token
from tests.api.test_events import Served, until_subscribed
from tests.realtime.conftest import TOPIC, Client, about, connected, joining, new_story

ANON = jwt.encode({"role": "anon", "iss": "supabase", "exp": time.time() + 86_400}, SECRET)


def change(database_url: str, story_id: str) -> None:
    set_asset(database_url, story_id, "cover", status="generating", progress=33)


@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_a_join_is_granted_item_by_item_and_then_subscribed(
    served: Served, maya: Person, story_id: str, vsn: str
) -> None:
    items = [about(story_id, "UPDATE"), about(event="INSERT"), {"event": "*", "schema": "public"}]
    async with connected(served, token(maya.id), vsn) as client:
        reply = await client.ask("phx_join", joining(*items), ref="3", join_ref="3")
        subscribed = await client.next()

    assert (reply.topic, reply.event, reply.ref, reply.join_ref) == (TOPIC, "phx_reply", "3", "3")
    granted = [item | {"id": number} for number, item in enumerate(items, 1)]
    assert reply.payload == {"status": "ok", "response": {"postgres_changes": granted}}
    assert (subscribed.event, subscribed.ref, subscribed.join_ref) == ("system", None, "3")
    assert subscribed.payload == {
        "extension": "postgres_changes",
        "status": "ok",
        "message": "Subscribed to PostgreSQL",
        "channel": "my-story",
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"table": "users"}, "The table is stories."),
        ({"schema": "auth"}, "The schema is public."),
        ({"schema": None}, "The schema is public."),
        ({"event": "TRUNCATE"}, "The event is one of *, INSERT, UPDATE, DELETE."),
        ({"event": 1}, "The event is one of *, INSERT, UPDATE, DELETE."),
        ({"filter": "title=eq.x"}, "The filter is id=eq.<uuid>, or none for all your stories."),
        ({"filter": "id=eq.undefined"}, "The filter is id=eq.<uuid>, or none for all your stories."),
        ({"filter": {"id": 1}}, "The filter is id=eq.<uuid>, or none for all your stories."),
    ],
)
async def test_what_cannot_be_subscribed_to_is_refused_with_the_reason(
    client: Client, changes: dict[str, Any], reason: str
) -> None:
    reply = await client.ask("phx_join", joining(about() | changes))

    assert (reply.reason, reply.ref) == (reason, "1")
    await client.hears_nothing()


@pytest.mark.parametrize("config", [[], "all", {"postgres_changes": "all"}, {"postgres_changes": [1]}, None])
async def test_a_join_of_any_shape_is_answered(client: Client, config: Any) -> None:
    reply = await client.ask("phx_join", {"config": config})

    assert reply.event == "phx_reply"


@pytest.mark.parametrize("topic", ["realtime:", "stories", "phoenix", ""])
async def test_a_topic_that_is_none_of_ours_is_refused(client: Client, topic: str) -> None:
    assert (await client.ask("phx_join", joining(about()), topic=topic)).reason == "unmatched topic"


async def test_what_is_sent_to_a_channel_never_joined_is_refused(client: Client) -> None:
    assert (await client.ask("phx_leave")).reason == "unmatched topic"
    assert (await client.ask("access_token", {"access_token": "x"})).reason == "unmatched topic"


async def test_broadcasts_are_refused_in_a_word(client: Client, story_id: str) -> None:
    await client.join(about(story_id))
    reply = await client.ask("broadcast", {"type": "broadcast", "event": "cursor", "payload": {}})

    assert reply.reason == "broadcast is not spoken here, only postgres_changes."


async def test_who_leaves_a_channel_hears_of_nothing_any_more(
    served: Served, client: Client, story_id: str, database_url: str
) -> None:
    await client.join(about(story_id), ref="4")
    left = await client.ask("phx_leave", ref="5", join_ref="4")
    closed = await client.next()
    change(database_url, story_id)
    await client.hears_nothing()

    assert (left.ref, left.payload) == ("5", {"status": "ok", "response": {}})
    assert (closed.event, closed.ref, closed.join_ref) == ("phx_close", "4", "4")
    assert served.subscriptions == 0


async def test_a_channel_joined_again_replaces_the_earlier_one(
    served: Served, client: Client, story_id: str, database_url: str
) -> None:
    await client.join(about(story_id, "INSERT"), ref="1")
    await client.join(about(story_id, "UPDATE"), ref="2")
    assert (await client.ask("phx_leave", ref="3", join_ref="1")).payload["status"] == "ok"
    change(database_url, story_id)

    assert (await client.next()).join_ref == "2"
    assert served.subscriptions == 1


@pytest.mark.parametrize("apikey", [None, ANON, "sb_publishable_abc"])
async def test_without_a_user_a_join_is_granted_and_no_row_is_told(
    served: Served, story_id: str, database_url: str, apikey: str | None
) -> None:
    async with connected(served, apikey) as client:
        await client.join(about(story_id))
        await client.join(about(), topic="realtime:all", ref="2")
        change(database_url, story_id)
        await client.hears_nothing()


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("garbage", "The bearer token is not valid here."),
        (token(uuid4(), exp=time.time() - 6), "The bearer token has expired. Sign in again."),
        (token(uuid4(), aud="somebody else"), "The bearer token is not valid here."),
        (token(uuid4(), sub=None), "The bearer token is not valid here."),
        (token(uuid4(), role="anon") + "x", "The bearer token is not valid here."),
    ],
)
async def test_a_token_that_does_not_hold_is_refused(served: Served, story_id: str, bad: str, why: str) -> None:
    async with connected(served, ANON) as client:
        reply = await client.ask("phx_join", joining(about(story_id), token=bad))
    async with connected(served, bad) as client:
        same = await client.ask("phx_join", joining(about(story_id)))

    assert reply.reason == same.reason == why


async def test_the_access_token_counts_and_not_the_apikey(
    served: Served, maya: Person, stranger: Person, story_id: str, database_url: str
) -> None:
    async with connected(served, token(stranger.id)) as client:
        await client.join(about(story_id), token=token(maya.id))
        change(database_url, story_id)
        assert (await client.next()).record["id"] == story_id


async def test_who_signs_in_later_hears_from_then_on(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with connected(served, ANON) as client:
        await client.join(about(story_id))
        change(database_url, story_id)
        await client.send("access_token", {"access_token": token(maya.id)})
        await client.hears_nothing()
        set_asset(database_url, story_id, "cover", status="generating", progress=66)
        cover = (await client.next()).record["asset_generation_status"]["assets"]["cover"]

    assert cover["progress"] == 66


async def test_who_signs_out_hears_of_nothing_any_more(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with connected(served, ANON) as client:
        await client.join(about(story_id), token=token(maya.id))
        await client.send("access_token", {"access_token": ANON})
        await client.hears_nothing()
        change(database_url, story_id)
        await client.hears_nothing()


async def test_with_another_users_token_the_channel_is_that_users(
    served: Served,
    maya: Person,
    stranger: Person,
    story_id: str,
    database: Database,
    database_url: str,
) -> None:
    others = await new_story(database, stranger)
    async with connected(served, token(maya.id)) as client:
        await client.join(about())
        await client.send("access_token", {"access_token": token(stranger.id)})
        await client.hears_nothing()
        change(database_url, story_id)
        change(database_url, others)
        assert (await client.next()).record["id"] == others
        await client.hears_nothing()


async def test_an_expired_token_closes_the_channel_and_the_socket_stays(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with connected(served) as client:
        await client.join(about(story_id), token=token(maya.id, exp=time.time() + 1), ref="6")
        system, closed = await client.next(), await client.next()
        change(database_url, story_id)
        await client.hears_nothing()

    assert (system.event, system.payload["status"]) == ("system", "error")
    assert system.payload["message"] == "The bearer token has expired. Sign in again."
    assert (closed.event, closed.ref) == ("phx_close", "6")
    assert served.subscriptions == 0


async def test_a_newer_token_keeps_the_channel_open(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with connected(served) as client:
        await client.join(about(story_id), token=token(maya.id, exp=time.time() + 1))
        await client.send("access_token", {"access_token": token(maya.id)})
        await asyncio.sleep(1.2)
        change(database_url, story_id)
        assert (await client.next()).event == "postgres_changes"


async def test_a_newer_token_that_does_not_hold_closes_the_channel(
    served: Served, client: Client, story_id: str
) -> None:
    await client.join(about(story_id))
    system = await client.ask("access_token", {"access_token": "garbage"})
    closed = await client.next()

    assert system.payload["message"] == "The bearer token is not valid here."
    assert closed.event == "phx_close"
    await until_subscribed(served, 0)
