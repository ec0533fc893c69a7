"""A gate before an S3 server: open, it passes every byte on; else the server is away, stands still or is slow."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from anyio.from_thread import start_blocking_portal

from tests.connections import Connections, Streams, served

SLOW_BYTES = 32_000
BUSY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
REFUSAL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BUSY), BUSY)
)


class S3Gate:
    """A TCP proxy on a thread of its own, with an event loop of its own."""

    def __init__(self, s3_url: str) -> None:
        behind = urlsplit(s3_url)
        self._behind = (behind.hostname or "", behind.port or 0)
        self._scheme = behind.scheme
        self._shut: str | None = None
        self._connections = Connections()
        self._stack = ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._portal = stack.enter_context(start_blocking_portal())
            gate = served(self._connections, self._serve)
            port = stack.enter_context(self._portal.wrap_async_context_manager(gate))
            self._stack = stack.pop_all()
        self.url = f"{self._scheme}://127.0.0.1:{port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def shut(self, how: str) -> None:
        """From now on nobody is let in, and whoever is in is thrown out: "refuses" (503) or "closed" (hangs up).

        "frozen" keeps everybody and passes nothing on until it is open again, "slow" as much as SLOW_BYTES a second.
        """
        self._shut = how
        if how in ("refuses", "closed"):
            self._portal.call(self._connections.throw_out)

    def open(self) -> None:
        """From now on the server is there again."""
        self._shut = None

    async def _serve(self, client: Streams) -> None:
        reader, writer = client
        try:
            if self._shut == "refuses":
                await reader.readuntil(b"\r\n\r\n")
                writer.write(REFUSAL)
                await writer.drain()
            elif self._shut != "closed":
                back_reader, back_writer = self._connections.keep(await asyncio.open_connection(*self._behind))
                await asyncio.gather(self._pass(reader, back_writer), self._pass(back_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass  # somebody hung up, as happens at gates
        finally:
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while block := await reader.read(SLOW_BYTES // 10):
                while self._shut == "frozen":  # noqa: ASYNC110  told from another thread
                    await asyncio.sleep(0.05)
                if self._shut == "slow":
                    await asyncio.sleep(len(block) / SLOW_BYTES)
                writer.write(block)
                await writer.drain()
        finally:
            writer.close()
