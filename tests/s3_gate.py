"""A gate before an S3 server: open, it passes every byte on; shut, it is a server that is away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
BUSY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BUSY), BUSY)
)


class S3Gate:
    """A TCP proxy on a thread of its own, with an event loop of its own. Shut, it answers 503, or hangs up."""

    def __init__(self, s3_url: str) -> None:
        behind = urlsplit(s3_url)
        self._behind = (behind.hostname or "", behind.port or 0)
        self._scheme = behind.scheme
        self._shut: str | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._open: set[asyncio.StreamWriter] = set()
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.url = f"{self._scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def shut(self, how: str) -> None:
        """From now on nobody is let in, and whoever is in is thrown out: "refuses" or "closed"."""
        self._shut = how
        self._loop.call_soon_threadsafe(self._throw_out)

    def open(self) -> None:
        """From now on the server is there again."""
        self._shut = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._shut == "refuses":
                await reader.readuntil(b"\r\n\r\n")
                writer.write(REFUSAL)
                await writer.drain()
            elif self._shut is None:
                back_reader, back_writer = await asyncio.open_connection(*self._behind)
                self._open.add(back_writer)
                await asyncio.gather(_pass(reader, back_writer), _pass(back_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # somebody hung up, as happens at gates
        finally:
            writer.close()

    def _throw_out(self) -> None:
        for writer in self._open:
            writer.close()
        self._open.clear()

    async def _close(self) -> None:
        self._throw_out()
        self._server.close()
        await asyncio.sleep(0)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
    finally:
        writer.close()
