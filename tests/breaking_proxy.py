"""A way to PostgreSQL that breaks at a COMMIT: before the server gets it, or before its answer comes back.

Or before the server gets the n-th statement from now on, whatever that is. And a count of how often a client waits.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

from psycopg.conninfo import conninfo_to_dict

from storytailor.tasks import stop
from tests.connections import Connections, Streams, served

When = Literal["before", "after"]
PROTOCOL = 3
RUNS = (b"Q", b"E")
"""How a message begins that runs a statement: Query, or Execute of one that was sent before."""
SYNC = b"S"
COMMIT = re.compile(rb"COMMIT(?!TED)")
"""And not the level READ COMMITTED, of which a BEGIN may speak."""


class BreakingProxy:
    """Breaks one connection each time that `breaks` is set: at its next COMMIT, if it has sent the text `saying`.

    With `breaks_in` it breaks one that runs its n-th statement from that text on. `turns` is how often a client has
    spoken after it was answered: its round trips.
    """

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self.connections = Connections()
        self.breaks: When | None = None
        self.breaks_in: int | None = None
        self.saying = b""
        self.broke = 0
        self.turns = 0

    async def serve(self, client: Streams) -> None:
        """Pass on what one client says and is told."""
        reader, writer = client
        there, back = self.connections.keep(await asyncio.open_unix_connection(self._socket))
        answered = asyncio.Event()
        answers = self.connections.start(self._pass_on(there, writer, answered))
        said = False
        try:
            async for message in messages(reader):
                if answered.is_set():
                    self.turns += 1
                    answered.clear()
                said = said or self.saying in message
                breaks = self._breaks(message) if said else None
                if breaks is not None:
                    self.breaks, self.breaks_in, self.broke = None, None, self.broke + 1
                    await stop([answers])
                    if breaks == "after":
                        await _until_committed(message, reader, there, back)
                    return
                back.write(message)
                await back.drain()
        finally:
            back.close()
            writer.close()

    def _breaks(self, message: bytes) -> When | None:
        if self.breaks_in is not None and message[:1] in RUNS:
            self.breaks_in -= 1
            return "before" if self.breaks_in == 0 else None
        return self.breaks if COMMIT.search(message) else None

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answered: asyncio.Event
    ) -> None:
        while data := await reader.read(65_536):
            answered.set()
            writer.write(data)
            await writer.drain()


async def messages(reader: asyncio.StreamReader, *, begun: bool = False) -> AsyncIterator[bytes]:
    """What a client of PostgreSQL says, a message at a time. Until it has `begun`, messages have no letter."""
    with suppress(asyncio.IncompleteReadError):  # it has hung up
        while True:
            letter = await reader.readexactly(1) if begun else b""
            size = await reader.readexactly(4)
            rest = await reader.readexactly(int.from_bytes(size) - 4)
            begun = begun or int.from_bytes(rest[:4]) >> 16 == PROTOCOL
            yield letter + size + rest


async def _until_committed(
    message: bytes, reader: asyncio.StreamReader, there: asyncio.StreamReader, back: asyncio.StreamWriter
) -> None:
    """Let the server have this COMMIT, and answer it to nobody."""
    back.write(message)
    if message[:1] not in RUNS:  # said first, then bound, then run
        async for more in messages(reader, begun=True):
            back.write(more)
            if more[:1] == SYNC:
                break
    await back.drain()
    answer = b""
    while b"COMMIT\0" not in answer and (data := await there.read(65_536)):
        answer += data


@asynccontextmanager
async def breaking_way(url: str) -> AsyncIterator[tuple[str, BreakingProxy]]:
    """Another URL of the database at `url`, by a way that breaks when it is told to."""
    parameters = conninfo_to_dict(url)
    proxy = BreakingProxy(f"{parameters.pop('host')}/.s.PGSQL.{parameters.pop('port', 5432)}")
    async with served(proxy.connections, proxy.serve) as port:
        yield f"postgresql://postgres@127.0.0.1:{port}/{parameters['dbname']}", proxy
