"""A receiver of webhooks on the loopback interface, which answers as it is told and keeps what it got."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from standardwebhooks import Webhook

from storytailor.db.outbox import Message

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def message_to(url: str, tenant: UUID | None = None) -> Message:
    """An empty message of a tenant's, as the outbox gives it to be sent now."""
    return Message(uuid4(), uuid4(), tenant or uuid4(), url, "{}", 1, uuid4(), datetime.now(UTC), False, [])


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self) -> dict[str, Any]:
        """The payload, once the signature was found right."""
        payload: dict[str, Any] = Webhook(SECRET).verify(self.body, self.headers)
        return payload


@dataclass
class Receiver:
    """`answers` are taken one after the other; when they are used up, it answers 200.

    While it `hangs` it answers nothing, and at a path that begins with `hanging_path` it never does.
    """

    port: int = 0
    answers: deque[int | str | Literal["hang", "flood", "chat"]] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    flooded: int = 0
    hangs: bool = False
    hanging_path: str | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _handling: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?story=1"

    async def has_got(self, count: int) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(30):
            while len(self.received) < count:
                self._news.clear()
                await self._news.wait()

    def _answer_to(self, request: Received) -> int | str:
        if self.hangs or (self.hanging_path and request.line.startswith(f"POST {self.hanging_path}")):
            return "hang"
        return self.answers.popleft() if self.answers else 200

    async def close(self) -> None:
        """Hang up on whoever is still connected."""
        for task in self._handling:
            task.cancel()
        await asyncio.gather(*self._handling, return_exceptions=True)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)
        try:
            request = await _read(reader)
            self.received.append(request)
            self._news.set()
            answer = self._answer_to(request)
            match answer:
                case "hang":
                    await reader.read()  # until the caller gives up
                case "flood":
                    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                    while True:
                        writer.write(b"x" * 65536)
                        await writer.drain()
                        self.flooded += 65536
                case "chat":
                    writer.write(b"220 mail.test ready\r\n\r\n")
                case str():
                    writer.write(f"HTTP/1.1 302 Found\r\nLocation: {answer}\r\n\r\n".encode())
                case status:
                    writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: 2\r\n\r\nok".encode())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller hung up, as some of these tests have it
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    line, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (header.partition(": ") for header in lines)}
    return Received(line, headers, await reader.readexactly(int(headers["content-length"])))


@asynccontextmanager
async def receiving(ssl_context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver, for as long as the block runs."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0, ssl=ssl_context)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        await receiver.close()
