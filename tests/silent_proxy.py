"""A way to a server that can go silent: nothing is refused, nothing is closed, nothing arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.connections import Connections, Streams, served


class SilentProxy:
    """Passes bytes on between clients and a server on this machine; while `silent`, it keeps them to itself."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self.connections = Connections()
        self.silent = False
        self.port = 0

    async def serve(self, client: Streams) -> None:
        """Serve one client."""
        reader, writer = client
        there, back = self.connections.keep(await asyncio.open_connection("127.0.0.1", self._server_port))
        for pair in ((reader, back), (there, writer)):
            self.connections.start(self._pass_on(*pair))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lost = False
        try:
            while data := await reader.read(65_536):
                lost = lost or self.silent  # as with a forgotten connection: what goes silent stays so
                if not lost:
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def silent_proxy(port: int) -> AsyncIterator[SilentProxy]:
    """A SilentProxy before the server on this port."""
    proxy = SilentProxy(port)
    async with served(proxy.connections, proxy.serve) as proxy.port:
        yield proxy
