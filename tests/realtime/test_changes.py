from __future__ import annotations

import asyncio

import psycopg
import pytest

from api.limits import SocketLimits
from storytailor.db import Database
from storytailor.settings import Settings
from tests.api.conftest import Person, finish, set_asset, signed_meanwhile, token
from tests.api.test_events import Served, until_subscribed
from tests.realtime.conftest import TOPIC, Client, Serve, about, connected, new_story


def remove(database_url: str, story_id: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM stories WHERE id = %s", (story_id,))


@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_a_change_is_told_as_supabase_tells_it(
    served: Served, maya: Person, story_id: str, database_url: str, vsn: str
) -> None:
    async with connected(served, token(maya.id), vsn) as client:
        await client.join(about(story_id, "UPDATE"), ref="7")
        set_asset(database_url, story_id, "cover", status="generating", progress=33)
        frame = await client.next()

    assert (frame.topic, frame.event, frame.ref, frame.join_ref) == (TOPIC, "postgres_changes", None, "7")
    assert frame.payload["ids"] == [1]
    data = frame.payload["data"]
    assert (data["schema"], data["table"], data["type"]) == ("public", "stories", "UPDATE")
    assert data["old_record"] == {"id": story_id}
    assert data["errors"] is None
    assert data["commit_timestamp"] == data["record"]["updated_at"]
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT to_jsonb(stories) FROM stories").fetchone()
    assert row == (data["record"],)
    types = {column["name"]: column["type"] for column in data["columns"]}
    assert types.keys() == data["record"].keys()
    assert (types["id"], types["revision"], types["created_at"]) == ("uuid", "int8", "timestamptz")
    assert types["asset_generation_status"] == "jsonb"


async def test_a_change_has_a_url_that_opens_the_file_and_the_row_one_that_opens_nothing(
    client: Client, story_id: str, database_url: str, settings: Settings
) -> None:
    key = f"stories/{story_id}/cover-0123456789ab.png"
    await client.join(about(story_id, "UPDATE"))
    async with signed_meanwhile(settings, key) as urls:
        set_asset(database_url, story_id, "cover", status="ready", progress=100, url=settings.assets_url + key)
        told = (await client.next()).record["asset_generation_status"]["assets"]["cover"]["url"]
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT asset_generation_status->'assets'->'cover'->>'url' FROM stories").fetchone()

    assert told in urls
    assert "signature=" in told
    assert row == (settings.assets_url + key,)


async def test_each_change_is_told_in_order_until_the_story_is_ready(
    client: Client, story_id: str, database_url: str
) -> None:
    await client.join(about(story_id, "UPDATE"))
    covers = []
    for percent in (10, 33, 66):
        set_asset(database_url, story_id, "cover", status="generating", progress=percent)
        covers.append((await client.next()).record["asset_generation_status"]["assets"]["cover"]["progress"])
    finish(database_url, story_id)
    last = (await client.next()).record

    assert covers == [10, 33, 66]
    assert last["status"] == "ready"


async def test_without_a_filter_all_of_ones_own_stories_are_told_from_first_to_last(
    client: Client, maya: Person, story_id: str, database: Database, database_url: str
) -> None:
    await client.join(about())
    set_asset(database_url, story_id, "cover", status="generating", progress=33)
    changed = await client.next()
    created = await new_story(database, maya)
    inserted = await client.next()
    remove(database_url, created)
    deleted = await client.next()

    assert (changed.payload["data"]["type"], changed.record["id"]) == ("UPDATE", story_id)
    assert (inserted.payload["data"]["type"], inserted.record["id"]) == ("INSERT", created)
    assert "old_record" not in inserted.payload["data"]
    assert deleted.payload["data"]["type"] == "DELETE"
    assert deleted.payload["data"]["old_record"] == {"id": created}
    assert deleted.record == {}


@pytest.mark.parametrize(("event", "told"), [("INSERT", 0), ("UPDATE", 1), ("DELETE", 2), ("update", 1)])
async def test_only_the_event_asked_for_is_told(
    client: Client,
    maya: Person,
    database: Database,
    database_url: str,
    event: str,
    told: int,
) -> None:
    await client.join(about(event=event))
    every = []
    async with asyncio.timeout(5):
        created = await new_story(database, maya)
        await asyncio.sleep(0.1)
        set_asset(database_url, created, "cover", status="generating", progress=33)
        await asyncio.sleep(0.1)
        remove(database_url, created)
        every.append((await client.next()).payload["data"]["type"])
    await client.hears_nothing()

    assert every == [("INSERT", "UPDATE", "DELETE")[told]]


async def test_a_change_wanted_twice_is_told_once_for_both(client: Client, story_id: str, database_url: str) -> None:
    await client.join(about(story_id), about(story_id, "INSERT"), about())
    set_asset(database_url, story_id, "cover", status="generating", progress=33)

    assert (await client.next()).payload["ids"] == [1, 3]
    await client.hears_nothing()


async def test_another_tenants_rows_are_never_told(
    client: Client, story_id: str, others_story: str, database: Database, stranger: Person, database_url: str
) -> None:
    await client.join(about(others_story), topic="realtime:other", ref="1")
    await client.join(about(), topic="realtime:all", ref="2")
    set_asset(database_url, others_story, "cover", status="generating", progress=33)
    created = await new_story(database, stranger)
    finish(database_url, others_story)
    remove(database_url, others_story)
    remove(database_url, created)
    await client.hears_nothing()

    set_asset(database_url, story_id, "cover", status="generating", progress=33)
    assert (await client.next()).record["id"] == story_id


async def test_a_burst_of_changes_coalesces_and_the_latest_wins(
    client: Client, story_id: str, database_url: str
) -> None:
    await client.join(about(story_id))

    def burst() -> None:
        with psycopg.connect(database_url, autocommit=True) as connection:
            for percent in range(1, 100):
                connection.execute(
                    "SELECT patch_story_assets(%s, jsonb_build_object('cover', jsonb_build_object("
                    "'status', 'generating', 'progress', %s::int)))",
                    (story_id, percent),
                )

    await asyncio.to_thread(burst)
    seen: list[int] = []
    while not seen or seen[-1] < 99:
        seen.append((await client.next()).record["asset_generation_status"]["assets"]["cover"]["progress"])

    assert seen == sorted(set(seen))
    assert len(seen) < 99


async def test_more_changes_than_a_channel_remembers_lose_nothing(
    serve_within: Serve, maya: Person, database: Database, database_url: str
) -> None:
    stories = {await new_story(database, maya) for _ in range(6)}
    async with (
        serve_within(SocketLimits(pending_changes=2)) as served,
        connected(served, token(maya.id)) as client,
    ):
        await client.join(about())
        with psycopg.connect(database_url) as connection:  # one transaction: all notifications arrive at once
            connection.execute("UPDATE stories SET title = 'Another'")
        told = [(await client.next()).record for _ in stories]
        await client.hears_nothing()

    assert {record["id"] for record in told} == stories


async def test_what_changes_while_the_listen_connection_is_lost_is_sent_when_it_is_back(
    client: Client, story_id: str, database_url: str
) -> None:
    await client.join(about(story_id), about())
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'storytailor listen'"
        )
    set_asset(database_url, story_id, "cover", status="generating", progress=33)

    frame = await client.next()
    assert frame.payload["ids"] == [1, 2]
    await client.hears_nothing()


async def test_all_sockets_of_a_process_share_one_listen_connection(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with (
        connected(served, token(maya.id)) as first,
        connected(served, token(maya.id)) as second,
    ):
        for client in (first, second):
            await client.join(about(story_id))
            await client.join(about(), topic="realtime:all", ref="2")
        with psycopg.connect(database_url) as connection:
            ears = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'storytailor listen'"
            ).fetchone()
        assert ears == (1,)
        assert served.subscriptions == 4

    await until_subscribed(served, 0)


async def test_a_client_that_does_not_read_is_let_go(
    serve_within: Serve, maya: Person, story_id: str, database_url: str
) -> None:
    async with (
        serve_within(SocketLimits(send_timeout=0.3)) as served,
        connected(served, token(maya.id), max_queue=1, compression=None, ping_interval=None) as client,
    ):
        await client.join(about(story_id))
        client.socket.transport.pause_reading()
        with psycopg.connect(database_url, autocommit=True) as connection:
            for size in range(6):
                connection.execute(
                    "UPDATE stories SET content = jsonb_build_object('text', repeat('x', 4000000 + %s))",
                    (size,),
                )
                await asyncio.sleep(0.1)
        await until_subscribed(served, 0)
        client.socket.transport.abort()
