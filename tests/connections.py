"""What a proxy of the tests has open: both sides of each client's way, and who passes bytes on between them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress

from storytailor.tasks import stop

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Work = Coroutine[None, None, None]
Serve = Callable[[Streams], Work]


class Connections:
    """Those of one proxy, which end with it for certain: garbage that is open makes another test red."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._clients: list[socket.socket] = []
        self._open: list[asyncio.StreamWriter] = []

    def keep(self, streams: Streams) -> Streams:
        """Streams that are to be closed at the end; one that is closed and not read stays open until then."""
        self._open.append(streams[1])
        return streams

    def let_in(self, client: socket.socket, serve: Serve) -> None:
        """Serve whoever has come."""
        self._clients.append(client)
        self.start(self._serve(client, serve))

    def start(self, work: Work) -> asyncio.Task[None]:
        """Work that ends with the connections, if not before; that somebody hangs up is nothing to be told."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._let_go)
        return task

    def throw_out(self) -> None:
        """Hang up on everybody."""
        for writer in self._open:
            writer.close()

    async def close(self) -> None:
        """End all."""
        await stop(self._tasks)
        for writer in self._open:
            writer.transport.abort()  # whatever the other side has not read yet
        await asyncio.sleep(0)  # a transport's socket is closed in the loop's next turn
        for client in self._clients:
            client.close()

    async def _serve(self, client: socket.socket, serve: Serve) -> None:
        await serve(self.keep(await asyncio.open_connection(sock=client)))

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, ConnectionError):
            raise error  # asyncio's log says so


@asynccontextmanager
async def served(connections: Connections, serve: Serve, address: str = "127.0.0.1") -> AsyncIterator[int]:
    """A server that does `serve` with each client's streams, for as long as the block lasts; its port.

    Not asyncio's own: who is let in as that one closes is closed by nobody.
    """
    loop = asyncio.get_running_loop()
    with socket.create_server((address, 0)) as listener:
        listener.setblocking(False)

        def accept() -> None:
            with suppress(BlockingIOError, ConnectionAbortedError):  # gone again
                client, _ = listener.accept()
                client.setblocking(False)
                connections.let_in(client, serve)

        loop.add_reader(listener, accept)
        try:
            yield listener.getsockname()[1]
        finally:
            loop.remove_reader(listener)
            await connections.close()
