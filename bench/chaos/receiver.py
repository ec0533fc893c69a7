"""The families' receiver of webhooks: takes most, refuses some, hangs up on others, each once; keeps what it got.

A message that is refused three times waits two minutes, which a campaign has not.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random

REFUSED, HUNG_UP = 0.05, 0.03


@dataclass(frozen=True)
class Delivery:
    """One request that came: its message's id, whose end it tells of, and whether it was taken."""

    message: str
    story: str
    type: str
    taken: bool


@dataclass
class Receiver:
    """`url` is where it listens."""

    random: Random
    url: str = ""
    deliveries: list[Delivery] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request, or not."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
            lines = (line.partition(": ") for line in head.strip().split("\r\n")[1:])
            headers = {name.lower(): value for name, _, value in lines}
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            fate = self.random.random()
            again = headers["webhook-id"] in {delivery.message for delivery in self.deliveries}
            taken = again or fate >= REFUSED + HUNG_UP
            self.deliveries.append(Delivery(headers["webhook-id"], body["data"]["id"], body["type"], taken))
            if taken or fate >= HUNG_UP:
                status = b"204 Taken" if taken else b"503 Not now"
                writer.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def receiving(random: Random) -> AsyncIterator[Receiver]:
    """A receiver on the loopback interface, for as long as the block runs."""
    receiver = Receiver(random)
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
