"""What the tests' proxies have opened is closed at their end, also what nobody reads: nothing is left to garbage."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.connections import Connections, Streams, served

MUCH = bytes(50_000_000)  # more than any socket takes without a reader


@contextmanager
def nothing_left_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails when garbage of the block was open."""
    found: list[Any] = []
    gc.collect()
    with monkeypatch.context() as patched:
        patched.setattr("sys.unraisablehook", lambda told: found.append(told.exc_value))
        yield
        gc.collect()
    assert found == []


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 4, 20])
@pytest.mark.parametrize("writes", [False, True])
def test_a_proxy_that_ends_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch, turns: int, *, writes: bool) -> None:
    """So many turns of the loop after somebody came: before it is let in, before its task begins, in its midst."""

    async def visit() -> socket.socket:
        connections = Connections()

        async def serve(client: Streams) -> None:
            reader, writer = client
            if writes:
                writer.write(MUCH)
            else:
                await reader.read()
            writer.close()

        async with served(connections, serve) as port:
            visitor = socket.create_connection(("127.0.0.1", port))
            for _ in range(turns):
                await asyncio.sleep(0)
        return visitor

    with nothing_left_open(monkeypatch):
        asyncio.run(visit()).close()
