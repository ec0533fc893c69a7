"""A way to PostgreSQL that breaks at a COMMIT: before the server gets it, or before its answer comes back.

Or before the server gets what is sent as the n-th from now on, whatever that is.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from psycopg.conninfo import conninfo_to_dict

from storytailor.tasks import stop
from tests.connections import Connections, Streams, served

When = Literal["before", "after"]


class BreakingProxy:
    """Breaks one connection each time that `breaks` is set: at its next COMMIT, if it has sent the text `saying`.

    With `breaks_in` it breaks one that sends the n-th thing from that text on, 1 being what has it.
    """

    def __init__(self, socket: str) -> None:
        self._socket = socket
        self.connections = Connections()
        self.breaks: When | None = None
        self.breaks_in: int | None = None
        self.saying = b""
        self.broke = 0

    async def serve(self, client: Streams) -> None:
        """Pass on what one client says and is told."""
        reader, writer = client
        there, back = self.connections.keep(await asyncio.open_unix_connection(self._socket))
        answers = self.connections.start(self._pass_on(there, writer))
        said = False
        try:
            while data := await reader.read(65_536):
                said = said or self.saying in data
                breaks = self.breaks if said and b"COMMIT" in data else None
                if said and self.breaks_in is not None:
                    self.breaks_in -= 1
                    breaks = "before" if self.breaks_in == 0 else None
                if breaks is not None:
                    self.breaks, self.breaks_in, self.broke = None, None, self.broke + 1
                    await stop([answers])
                if breaks != "before":
                    back.write(data)
                    await back.drain()
                if breaks is not None:
                    if breaks == "after":
                        await there.read(1)  # it has answered, so it is done
                    return
        finally:
            back.close()
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def breaking_way(url: str) -> AsyncIterator[tuple[str, BreakingProxy]]:
    """Another URL of the database at `url`, by a way that breaks when it is told to."""
    parameters = conninfo_to_dict(url)
    proxy = BreakingProxy(f"{parameters.pop('host')}/.s.PGSQL.{parameters.pop('port', 5432)}")
    async with served(proxy.connections, proxy.serve) as port:
        yield f"postgresql://postgres@127.0.0.1:{port}/{parameters['dbname']}", proxy
