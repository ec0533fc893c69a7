from __future__ import annotations

import time
from collections import Counter
from contextlib import AsyncExitStack
from uuid import UUID

import pytest

from api.limits import SocketLimits
from storytailor.db.realtime import RecordRow, StoryRecords
from tests.api.conftest import Person, set_asset, token
from tests.api.test_events import Served, until_subscribed
from tests.realtime.conftest import Client, Serve, about, connected, joining


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[UUID]:
    """How many rows were read as whom."""
    counted: Counter[UUID] = Counter()
    real = StoryRecords.record

    async def counting(self: StoryRecords, user_id: UUID, story_id: UUID) -> RecordRow | None:
        counted[user_id] += 1
        return await real(self, user_id, story_id)

    monkeypatch.setattr(StoryRecords, "record", counting)
    return counted


async def test_a_change_is_read_once_for_all_channels_of_its_owner_and_never_for_others(
    served: Served, maya: Person, stranger: Person, story_id: str, database_url: str, reads: Counter[UUID]
) -> None:
    async with AsyncExitStack() as sockets:
        clients: list[Client] = []
        for person in (maya, maya, stranger):
            client = await sockets.enter_async_context(connected(served, token(person.id)))
            for number in range(10):
                await client.join(about(), topic=f"realtime:{number}")
            clients.append(client)
        first, second, others = clients
        reads.clear()
        set_asset(database_url, story_id, "cover", status="generating", progress=5)
        changes = [await client.next() for client in (first, second) for _ in range(10)]
        await others.hears_nothing()

    assert {change.record["id"] for change in changes} == {story_id}
    assert reads == {maya.id: 1}


async def test_a_user_has_so_many_channels_and_sockets_however_they_are_spread(
    serve_within: Serve, maya: Person, stranger: Person
) -> None:
    limits = SocketLimits(channels_a_user=3, sockets_a_user=2)
    async with serve_within(limits) as served, AsyncExitStack() as sockets:
        first, second, third, other = [
            await sockets.enter_async_context(connected(served, token(person.id)))
            for person in (maya, maya, maya, stranger)
        ]
        for number in range(2):
            await first.join(about(), topic=f"realtime:{number}")
        await second.join(about())
        channel = await second.ask("phx_join", joining(about()), topic="realtime:one-too-many")
        socket = await third.ask("phx_join", joining(about()))
        await other.join(about())
        await first.socket.close()
        await until_subscribed(served, 2)
        await third.join(about())

    assert channel.reason.startswith("3 channels at a time are the most.")
    assert socket.reason.startswith("2 sockets at a time are the most.")


async def test_a_socket_over_which_nobody_signs_in_is_small_and_closed_soon(serve_within: Serve) -> None:
    async with serve_within(SocketLimits(sign_in=1.0, strangers_channels=2)) as served, connected(served) as client:
        for number in range(2):
            await client.join(topic=f"realtime:{number}")
        third = await client.ask("phx_join", joining(), topic="realtime:2")
        assert await client.closed() == 1008
        assert client.socket.close_reason == "Join a channel with an access token."

    assert third.reason == "A socket takes 2 channels at the most without a login."


async def test_a_large_frame_of_a_stranger_closes_the_socket(served: Served, maya: Person) -> None:
    async with connected(served) as client, connected(served, token(maya.id)) as signed_in:
        await signed_in.join(about())
        await signed_in.ask("heartbeat", {"much": "x" * 20_000}, topic="phoenix")
        await client.send("heartbeat", {"much": "x" * 20_000}, topic="phoenix")
        assert await client.closed() == 1009


async def test_frames_that_come_too_fast_wait_and_a_socket_that_is_refused_over_and_over_is_closed(
    serve_within: Serve, maya: Person
) -> None:
    limits = SocketLimits(frames_at_once=5, frames_a_second=10, refusals=3)
    async with serve_within(limits) as served, connected(served, token(maya.id)) as client:
        begun = time.monotonic()
        for number in range(15):
            await client.send("heartbeat", topic="phoenix", ref=str(number))
        replies = [await client.next() for _ in range(15)]
        seconds = time.monotonic() - begun
        for number in range(3):
            await client.send("phx_join", joining(about()), topic="nothing of ours", ref=str(number))
        assert await client.closed() == 1008

    assert [reply.ref for reply in replies] == [str(number) for number in range(15)]
    assert seconds >= 0.8
