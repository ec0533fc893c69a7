from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus

from api.limits import SocketLimits
from api.realtime.frames import MalformedFrameError, Version, read, write
from tests.api.conftest import Person, set_asset, token
from tests.api.test_events import Served, until_subscribed
from tests.realtime.conftest import Client, Serve, about, connected, joining

VERSIONS: tuple[Version, ...] = ("1", "2")


@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_a_heartbeat_is_answered(served: Served, vsn: str) -> None:
    async with connected(served, vsn=vsn) as client:
        reply = await client.ask("heartbeat", topic="phoenix", ref="9", join_ref=None)

    assert (reply.topic, reply.event, reply.ref) == ("phoenix", "phx_reply", "9")
    assert reply.payload == {"status": "ok", "response": {}}


@pytest.mark.parametrize("vsn", ["3.0.0", "", "abc"])
async def test_a_version_that_is_not_spoken_is_refused(served: Served, vsn: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        async with connected(served, vsn=vsn):
            pass


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[" * 10_000,
        "null",
        "{}",
        "[]",
        '["1","1","t","e"]',
        '["1","1","t","e",[]]',
        '[1,"1","t","e",{}]',
        '["1","1",null,"e",{}]',
        '["1","1","t","e",{"a":NaN}]',
        '{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}',
    ],
)
async def test_a_malformed_frame_closes_the_socket_and_nothing_else(
    served: Served, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    async with connected(served) as client, connected(served) as other:
        await client.socket.send(text)
        assert await client.closed() == 1007
        await other.hears_nothing()

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@given(st.text() | (st.dictionaries(st.text(), st.text()) | st.lists(st.none() | st.text())).map(json.dumps))
def test_any_text_is_a_frame_or_malformed(text: str) -> None:
    for version in VERSIONS:
        try:
            frame = read(text, version)
        except MalformedFrameError:
            continue
        assert read(write(frame, version), version) == frame


async def test_binary_frames_are_passed_over(client: Client) -> None:
    await client.socket.send(b"\x03\x00\x00")
    await client.hears_nothing()


async def test_a_frame_that_is_too_large_closes_the_socket(client: Client) -> None:
    await client.send("heartbeat", {"much": "x" * 70_000}, topic="phoenix")
    assert await client.closed() == 1009


async def test_channels_and_subscriptions_have_a_limit(serve_within: Serve, maya: Person) -> None:
    limits = SocketLimits(channels=2, subscriptions=2)
    async with serve_within(limits) as served, connected(served, token(maya.id)) as client:
        many = await client.ask("phx_join", joining(*[about()] * 3))
        await client.join(about(), topic="realtime:1")
        await client.join(about(), topic="realtime:2")
        third = await client.ask("phx_join", joining(about()), topic="realtime:3")
        await client.join(about(), topic="realtime:2", ref="again")
        subscriptions = served.subscriptions

    assert many.reason == "A channel takes 2 subscriptions at the most."
    assert third.reason == "A socket takes 2 channels at the most."
    assert subscriptions == 2


async def test_a_socket_without_heartbeats_is_closed(serve_within: Serve, maya: Person) -> None:
    async with serve_within(SocketLimits(idle=0.5)) as served, connected(served, token(maya.id)) as client:
        await client.join(about())
        for _ in range(3):
            await asyncio.sleep(0.3)
            await client.ask("heartbeat", topic="phoenix")
        assert await client.closed() == 1001
        await until_subscribed(served, 0)


async def test_no_socket_lives_forever(serve_within: Serve, maya: Person) -> None:
    async with (
        serve_within(SocketLimits(lifetime=0.5)) as served,
        connected(served, token(maya.id)) as client,
    ):
        await client.join(about())
        assert await client.closed() == 1001
        assert client.socket.close_reason == "Connect again."


async def test_a_server_that_stops_closes_its_sockets(serve_within: Serve, maya: Person) -> None:
    async with contextlib.AsyncExitStack() as sockets:
        async with serve_within(SocketLimits()) as served:
            client = await sockets.enter_async_context(connected(served, token(maya.id)))
            await client.join(about())
            reading = asyncio.create_task(client.closed())
        assert await reading == 1012


async def test_a_client_that_vanishes_leaves_nothing_behind(
    served: Served, maya: Person, story_id: str, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(served, token(maya.id)) as client:
        await client.join(about(story_id))
        client.socket.transport.abort()
    set_asset(database_url, story_id, "cover", status="generating", progress=33)
    await until_subscribed(served, 0)

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_the_apikey_is_not_logged(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    logger: Any = logging.getLogger("uvicorn.error")
    logger.addHandler(caplog.handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        async with connected(served, "somebodys-token") as client:
            await client.hears_nothing()
    finally:
        logger.removeHandler(caplog.handler)
        logger.setLevel(level)

    assert "/realtime/v1/websocket" in caplog.text
    assert "somebodys-token" not in caplog.text
