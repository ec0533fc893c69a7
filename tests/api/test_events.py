from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.http_protocol import HttpProtocol
from api.limits import StreamTimings
from storytailor.settings import Settings
from tests.api.conftest import Person, finish, set_asset, token, without_signatures

STORIES = "/api/v1/stories"
TIMINGS = StreamTimings(keep_alive=0.3, recheck=20, lifetime=20, reconnect_seconds=0.1)


@dataclass
class Served:
    """A real server on a port of its own."""

    app: FastAPI
    client: httpx.AsyncClient

    @property
    def subscriptions(self) -> int:
        subscriptions: int = self.app.state.opened.feed.subscriptions
        return subscriptions


@contextlib.asynccontextmanager
async def serve(app: FastAPI) -> AsyncIterator[Served]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", http=HttpProtocol))
    running = asyncio.create_task(server.serve([listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=url, timeout=10) as client:
            await client.get("/health")
            yield Served(app, client)
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Served]:
    async with serve(create_app(settings, TIMINGS)) as served:
        yield served


class Stream:
    """An open event stream: its events one by one."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()
        self.comments = 0

    async def next(self) -> dict[str, Any] | None:
        """The next event's fields, its data parsed; None at the end."""
        event: dict[str, Any] = {}
        async for line in self._lines:
            if line.startswith(":"):
                self.comments += 1
            elif line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif event:
                event["data"] = httpx.Response(200, text=event["data"]).json()
                return event
        return None

    async def rest(self) -> list[dict[str, Any]]:
        events = []
        while (event := await self.next()) is not None:
            events.append(event)
        return events


@contextlib.asynccontextmanager
async def watch(served: Served, person: Person, story_id: str, last: str | None = None) -> AsyncIterator[Stream]:
    headers = person.headers | ({"Last-Event-ID": last} if last else {})
    async with (
        asyncio.timeout(15),
        served.client.stream("GET", f"{STORIES}/{story_id}/events", headers=headers) as response,
    ):
        yield Stream(response)


@pytest.fixture
async def story_id(served: Served, maya: Person) -> str:
    answer = await served.client.post(STORIES, json=maya.story_request(), headers=maya.headers)
    created: str = answer.json()["data"]["id"]
    return created


async def until_subscribed(served: Served, subscriptions: int = 1) -> None:
    async with asyncio.timeout(5):
        while served.subscriptions != subscriptions:  # noqa: ASYNC110  a count, not an event
            await asyncio.sleep(0.01)


async def test_the_story_is_told_at_once_as_get_gives_it(served: Served, maya: Person, story_id: str) -> None:
    story = (await served.client.get(f"{STORIES}/{story_id}", headers=maya.headers)).json()["data"]
    async with watch(served, maya, story_id) as stream:
        event = await stream.next()

    assert stream.response.headers["Content-Type"].startswith("text/event-stream")
    expected = {"id": str(story["revision"]), "event": "story", "data": story}
    assert without_signatures(event) == without_signatures(expected)


async def test_each_change_is_told_in_order_until_the_story_is_ready(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    told = []
    async with watch(served, maya, story_id) as stream:
        told.append(await stream.next())
        for percent in (33, 66):
            set_asset(database_url, story_id, "cover", status="generating", progress=percent)
            told.append(await stream.next())
        finish(database_url, story_id)
        told += await stream.rest()

    states = [event["data"] for event in told if event]
    cover = [state["asset_generation_status"]["assets"]["cover"]["progress"] for state in states]
    assert cover == [0, 33, 66, 100]
    assert [state["status"] for state in states] == ["generating"] * 3 + ["ready"]
    revisions = [int(event["id"]) for event in told if event]
    assert revisions == sorted(set(revisions))


async def test_a_change_is_told_within_a_moment(served: Served, maya: Person, story_id: str, database_url: str) -> None:
    async with watch(served, maya, story_id) as stream:
        await stream.next()
        set_asset(database_url, story_id, "cover", status="generating", progress=33)
        start = time.perf_counter()
        await stream.next()

    assert time.perf_counter() - start < 0.5


async def test_a_burst_of_changes_coalesces_and_the_latest_wins(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with watch(served, maya, story_id) as stream:
        await stream.next()
        with psycopg.connect(database_url, autocommit=True) as connection:
            for percent in range(1, 100):
                connection.execute(
                    "SELECT patch_story_assets(%s, jsonb_build_object('cover', jsonb_build_object("
                    "'status', 'generating', 'progress', %s::int)))",
                    (story_id, percent),
                )
        await asyncio.to_thread(finish, database_url, story_id)
        events = await stream.rest()

    assert 1 <= len(events) < 60
    assert events[-1]["data"]["status"] == "ready"


@pytest.mark.parametrize(("failed", "overall"), [("pdf", "partial"), ("scene_2", "failed")])
async def test_the_stream_ends_when_the_story_does_however_it_ends(
    served: Served, maya: Person, story_id: str, database_url: str, failed: str, overall: str
) -> None:
    async with watch(served, maya, story_id) as stream:
        await stream.next()
        set_asset(database_url, story_id, failed, status="failed", progress=0, error="no ink")
        await stream.next()
        with psycopg.connect(database_url) as connection:
            connection.execute(
                'SELECT patch_story_assets(id, (SELECT jsonb_object_agg(key, \'{"status": "ready", '
                '"progress": 100, "url": "u"}\'::jsonb) FROM jsonb_object_keys('
                "asset_generation_status->'assets') AS key WHERE key <> %s)) FROM stories",
                (failed,),
            )
        events = await stream.rest()

    assert [event["data"]["asset_generation_status"]["overall"] for event in events] == [overall]
    await until_subscribed(served, 0)


async def test_a_finished_story_is_told_once_and_the_stream_ends(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    finish(database_url, story_id)
    async with watch(served, maya, story_id) as stream:
        events = await stream.rest()

    assert [event["data"]["status"] for event in events] == ["ready"]


async def test_what_the_client_has_seen_is_not_repeated(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with watch(served, maya, story_id) as stream:
        seen = await stream.next()
    assert seen
    async with watch(served, maya, story_id, last=seen["id"]) as stream:
        await until_subscribed(served)
        set_asset(database_url, story_id, "cover", status="generating", progress=33)
        event = await stream.next()

    assert event
    assert event["data"]["asset_generation_status"]["assets"]["cover"]["progress"] == 33


async def test_what_the_client_missed_is_told_at_once(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    set_asset(database_url, story_id, "cover", status="generating", progress=66)
    async with watch(served, maya, story_id, last="1") as stream:
        event = await stream.next()

    assert event
    assert event["id"] == "2"


async def test_a_client_that_has_seen_the_end_is_told_to_stop_asking(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    finish(database_url, story_id)
    async with watch(served, maya, story_id) as stream:
        (last,) = await stream.rest()
    async with watch(served, maya, story_id, last=last["id"]) as stream:
        assert stream.response.status_code == 204


async def test_comments_keep_a_quiet_stream_alive(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with watch(served, maya, story_id) as stream:
        await stream.next()
        await asyncio.sleep(1)
        finish(database_url, story_id)
        await stream.rest()

    assert stream.comments >= 2


async def test_after_the_listen_connection_was_lost_everyone_reads_again(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with watch(served, maya, story_id) as stream:
        await stream.next()
        with psycopg.connect(database_url) as connection:
            # in one transaction, so that the change is announced when nobody listens
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'storytailor listen' AND datname = current_database()"
            )
            connection.execute("SELECT pg_sleep(0.05)")
            connection.execute(
                'SELECT patch_story_assets(%s, \'{"cover": {"status": "generating", "progress": 33}}\')',
                (story_id,),
            )
        start = time.perf_counter()
        event = await stream.next()

    assert event
    assert event["data"]["asset_generation_status"]["assets"]["cover"]["progress"] == 33
    assert time.perf_counter() - start < 5


async def test_a_stream_outlives_a_restart_of_the_database(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with watch(served, maya, story_id) as stream:
        await stream.next()
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        finish(database_url, story_id)
        events = await stream.rest()

    assert events[-1]["data"]["status"] == "ready"


async def test_a_story_that_is_deleted_ends_its_stream(
    served: Served, maya: Person, story_id: str, database_url: str
) -> None:
    async with watch(served, maya, story_id) as stream:
        await stream.next()
        with psycopg.connect(database_url) as connection:
            connection.execute("DELETE FROM stories WHERE id = %s", (story_id,))
        assert await stream.rest() == []


async def test_a_stream_does_not_outlive_its_token(served: Served, maya: Person, story_id: str) -> None:
    headers = {"Authorization": f"Bearer {token(maya.id, exp=time.time() + 2)}"}
    start = time.perf_counter()
    async with served.client.stream("GET", f"{STORIES}/{story_id}/events", headers=headers) as response:
        events = await Stream(response).rest()

    assert len(events) == 1
    assert time.perf_counter() - start < 4


async def test_a_client_that_leaves_is_forgotten(served: Served, maya: Person, story_id: str) -> None:
    async with watch(served, maya, story_id) as stream:
        await stream.next()
        await until_subscribed(served, 1)
    await until_subscribed(served, 0)


async def test_one_listener_serves_many_streams(served: Served, maya: Person, story_id: str, database_url: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(watch(served, maya, story_id)) for _ in range(20)]
        for stream in streams:
            await stream.next()
        set_asset(database_url, story_id, "cover", status="generating", progress=33)
        events = await asyncio.gather(*(stream.next() for stream in streams))
        with psycopg.connect(database_url) as connection:
            listeners = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE application_name = 'storytailor listen' AND datname = current_database()"
            ).fetchone()

    assert listeners == (1,)
    assert len({event["id"] for event in events if event}) == 1


async def test_the_server_stops_though_somebody_watches(settings: Settings, maya: Person) -> None:
    async with contextlib.AsyncExitStack() as stack:
        server = serve(create_app(settings, TIMINGS))
        served = await server.__aenter__()
        answer = await served.client.post(STORIES, json=maya.story_request(), headers=maya.headers)
        stream = await stack.enter_async_context(watch(served, maya, answer.json()["data"]["id"]))
        await stream.next()
        start = time.perf_counter()
        with contextlib.suppress(httpx.HTTPError):
            await server.__aexit__(None, None, None)

    assert time.perf_counter() - start < 5
