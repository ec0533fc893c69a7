"""The API on a port of its own, and a client that speaks to it frame by frame."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from api.app import create_app
from api.limits import SocketLimits, StreamTimings
from storytailor.db import Database, NewStory, Stories
from storytailor.settings import Settings
from storytailor.story import StoryType
from tests.api.conftest import Person, maya, settings, settings_for, stranger, token
from tests.api.test_events import Served, serve

__all__ = ["maya", "settings", "settings_for", "stranger"]

TOPIC = "realtime:my-story"
QUIET = 0.4
"""Long enough for what should not come to have come."""

Serve = Callable[[SocketLimits], AbstractAsyncContextManager[Served]]


@dataclass(frozen=True)
class Frame:
    topic: str
    event: str
    payload: dict[str, Any]
    ref: str | None
    join_ref: str | None

    @property
    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = self.payload["data"]["record"]
        return record

    @property
    def reason(self) -> str:
        """Why something was refused."""
        assert (self.event, self.payload["status"]) == ("phx_reply", "error")
        reason: str = self.payload["response"]["reason"]
        return reason


class Client:
    """A socket, and the frames over it in either serialisation."""

    def __init__(self, socket: ClientConnection, vsn: str) -> None:
        self.socket = socket
        self._vsn = vsn

    async def send(
        self,
        event: str,
        payload: Any = None,
        topic: str = TOPIC,
        ref: str | None = "1",
        join_ref: str | None = "1",
    ) -> None:
        payload = payload or {}
        if self._vsn == "2.0.0":
            await self.socket.send(json.dumps([join_ref, ref, topic, event, payload]))
        else:
            named = {"topic": topic, "event": event, "payload": payload, "ref": ref, "join_ref": join_ref}
            await self.socket.send(json.dumps(named))

    async def next(self) -> Frame:
        async with asyncio.timeout(5):
            message = json.loads(await self.socket.recv())
        if self._vsn == "2.0.0":
            join_ref, ref, topic, event, payload = message
            return Frame(topic, event, payload, ref, join_ref)
        return Frame(**message)

    async def ask(self, event: str, payload: Any = None, **names: Any) -> Frame:
        """Send, and take the next frame."""
        await self.send(event, payload, **names)
        return await self.next()

    async def join(self, *items: dict[str, Any], token: str | None = None, topic: str = TOPIC, ref: str = "1") -> Frame:
        """Join, see it granted and subscribed; the reply."""
        reply = await self.ask("phx_join", joining(*items, token=token), topic=topic, ref=ref, join_ref=ref)
        assert reply.payload["status"] == "ok", reply
        if items:
            subscribed = await self.next()
            assert subscribed.event == "system"
        return reply

    async def hears_nothing(self) -> None:
        """Nothing comes, though the socket is open."""
        await asyncio.sleep(QUIET)
        reply = await self.ask("heartbeat", topic="phoenix", ref="quiet")
        assert reply.ref == "quiet", reply

    async def closed(self) -> int | None:
        """The code the server closes the socket with, whatever it still sends."""
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.socket.recv()
        return self.socket.close_code


def joining(*items: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "config": {
            "broadcast": {"ack": False, "self": False},
            "presence": {"key": "", "enabled": False},
            "postgres_changes": list(items),
            "private": False,
        }
    }
    return payload if token is None else payload | {"access_token": token}


def about(story_id: object = None, event: str = "*") -> dict[str, Any]:
    """A subscription to one story, or to all."""
    item = {"event": event, "schema": "public", "table": "stories"}
    return item | ({"filter": f"id=eq.{story_id}"} if story_id else {})


@contextlib.asynccontextmanager
async def connected(
    served: Served, apikey: str | None = None, vsn: str = "2.0.0", **options: Any
) -> AsyncIterator[Client]:
    query = {"vsn": vsn} | ({"apikey": apikey} if apikey else {})
    url = f"{served.client.base_url}/realtime/v1/websocket?{urlencode(query)}".replace("http", "ws", 1)
    async with connect(url, **options) as socket:
        yield Client(socket, vsn)


@pytest.fixture
def serve_within(settings: Settings) -> Serve:
    """The API within these limits."""
    return lambda limits: serve(create_app(settings, StreamTimings(reconnect_seconds=0.1), limits))


@pytest.fixture
async def served(serve_within: Serve) -> AsyncIterator[Served]:
    async with serve_within(SocketLimits(reconnect_seconds=0.1)) as served:
        yield served


@pytest.fixture
async def client(served: Served, maya: Person) -> AsyncIterator[Client]:
    """Maya's own client."""
    async with connected(served, token(maya.id)) as client:
        yield client


async def new_story(database: Database, person: Person) -> str:
    """A story the person asks for; its id."""
    row = await Stories(database).create(person.id, NewStory([person.character_id], StoryType.ADVENTURE, ["courage"]))
    return str(row.id)


@pytest.fixture
async def story_id(database: Database, maya: Person) -> str:
    return await new_story(database, maya)


@pytest.fixture
async def others_story(database: Database, stranger: Person) -> str:
    return await new_story(database, stranger)
