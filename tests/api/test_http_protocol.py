"""What a listener that anybody may connect to holds: heads are bounded in size and in time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import psutil
import pytest
import uvicorn

from api.http_protocol import HttpProtocol
from storytailor_cli.processes import command
from tests.api.test_events import Served, served

__all__ = ["served"]

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
HEAD = b"GET /health HTTP/1.1\r\nHost: api\r\n"


@contextlib.asynccontextmanager
async def connected(served: Served) -> AsyncIterator[Connection]:
    reader, writer = await asyncio.open_connection(served.client.base_url.host, served.client.base_url.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer_to(served: Served, chunks: Iterator[bytes]) -> bytes:
    """The answer's first line; what is sent is given up once the server has closed."""
    async with connected(served) as (reader, writer), asyncio.timeout(30):
        with contextlib.suppress(ConnectionError):
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            return (await reader.readline()).strip()
    return b"closed"


def one_long_header(size: int) -> Iterator[bytes]:
    yield HEAD + b"X-Long: "
    for _ in range(size // 65536 + 1):
        yield b"a" * min(size, 65536)
    yield b"\r\n\r\n"


def many_headers(count: int) -> Iterator[bytes]:
    yield HEAD
    for first in range(0, count, 1000):
        yield b"".join(b"X-%d: y\r\n" % number for number in range(first, min(first + 1000, count)))
    yield b"\r\n"


def test_the_api_is_started_with_these_bounds() -> None:
    words = command("api", host="127.0.0.1", port=8000)
    started = dict(pairwise(words))
    assert int(started["--h11-max-incomplete-event-size"]) == 32 * 1024
    assert uvicorn.Config("x", http=started["--http"]).http == "api.http_protocol:HttpProtocol"


async def test_a_head_as_browsers_send_it_is_answered(served: Served) -> None:
    assert await answer_to(served, one_long_header(16_000)) == b"HTTP/1.1 200 OK"
    assert await answer_to(served, many_headers(100)) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    "head", [one_long_header(60_000_000), many_headers(100_000)], ids=["a header of 60 MB", "100,000 headers"]
)
async def test_a_head_without_end_is_refused_and_not_held(served: Served, head: Iterator[bytes]) -> None:
    before = psutil.Process(os.getpid()).memory_info().rss
    answer = await answer_to(served, head)
    held = psutil.Process(os.getpid()).memory_info().rss - before

    assert answer in (b"HTTP/1.1 400 Bad Request", b"closed")
    assert held < 20_000_000
    assert (await served.client.get("/health")).status_code == 200


async def test_a_request_that_does_not_arrive_is_not_waited_for(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HttpProtocol, "head_seconds", 1.0)
    started = time.perf_counter()
    async with contextlib.AsyncExitStack() as stack, asyncio.timeout(20):
        opened = [await stack.enter_async_context(connected(served)) for _ in range(50)]
        for _, writer in opened[10:]:
            writer.write(HEAD)
        reader, writer = opened[-1]
        with contextlib.suppress(ConnectionError):
            for _ in range(100):  # a byte now and then prolongs nothing
                writer.write(b"X")
                await writer.drain()
                if reader.at_eof():
                    break
                await asyncio.sleep(0.1)
        for reader, _ in opened:
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""

    assert time.perf_counter() - started < 15
    assert (await served.client.get("/health")).status_code == 200


async def test_a_second_request_on_a_connection_has_its_time_too(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HttpProtocol, "head_seconds", 0.5)
    async with connected(served) as (reader, writer), asyncio.timeout(20):
        for _ in range(2):
            writer.write(HEAD + b"\r\n")
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
            await reader.readuntil(b"}}")
            await asyncio.sleep(0.7)
        writer.write(HEAD)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""


async def test_what_follows_an_answered_request_and_is_malformed_is_cut_off_without_a_trace(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    trailers = HEAD.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
    async with connected(served) as (reader, writer), asyncio.timeout(20):
        writer.write(trailers)
        assert (await reader.readline()).startswith(b"HTTP/1.1 405")
        with contextlib.suppress(ConnectionError):
            for _ in range(50):
                writer.write(b"X-Trailer: " + b"a" * 65000 + b"\r\n")
                await writer.drain()
            await reader.read()

    assert "Traceback" not in caplog.text
