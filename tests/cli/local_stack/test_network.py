"""Ports and probes."""

from __future__ import annotations

import asyncio
import socket

import pytest

from storytailor_cli.local_stack.errors import StackError
from storytailor_cli.local_stack.network import broker_answers, free_port, require_free


def test_a_taken_port_is_named_with_the_setting_that_moves_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=rf"Port {port} is taken .*API_PORT moves it"):
            require_free({"API_PORT": ("127.0.0.1", port), "DAGSTER_PORT": ("127.0.0.1", free_port())})


def test_two_settings_with_one_port_are_both_named() -> None:
    port = free_port()
    with pytest.raises(StackError, match=f"API_PORT and DAGSTER_PORT are both {port}"):
        require_free({"API_PORT": ("127.0.0.1", port), "DAGSTER_PORT": ("127.0.0.1", port)})


async def test_a_broker_answers_where_a_server_listens() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await broker_answers(f"redis://:secret@127.0.0.1:{port}/0")
    server.close()
    assert not await broker_answers(f"redis://:secret@127.0.0.1:{port}/0")
