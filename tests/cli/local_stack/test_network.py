"""Ports and probes."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from storytailor_cli.local_stack import services
from storytailor_cli.local_stack.errors import StackError
from storytailor_cli.local_stack.network import broker_problem, free_port, port_problem, require_free


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


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[int]:
    """The port of a real broker whose password is `right`."""
    port = free_port()
    service = services.valkey(tmp_path, port, "right")
    with subprocess.Popen(service.command, stdout=subprocess.DEVNULL) as process:
        while port_problem("127.0.0.1", port) is None:
            time.sleep(0.05)
        yield port
        process.terminate()


def test_a_broker_is_there_only_if_it_takes_the_password(valkey: int) -> None:
    assert asyncio.run(broker_problem(f"redis://:right@127.0.0.1:{valkey}/0")) is None
    for wrong in (f"redis://:wrong@127.0.0.1:{valkey}/0", f"redis://127.0.0.1:{valkey}/0"):
        assert "does not take its password" in str(asyncio.run(broker_problem(wrong)))
    assert "does not answer" in str(asyncio.run(broker_problem(f"redis://127.0.0.1:{free_port()}/0")))
