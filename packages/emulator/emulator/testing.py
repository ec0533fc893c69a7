"""A pytest plugin: a real emulator on a free port, one a session, and its controls. `-p emulator.testing` loads it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn


@contextmanager
def serving(app: Any, at: socket.socket | None = None) -> Iterator[str]:
    """An ASGI application on a free port of this machine, or at one that is bound already, while the block lasts."""
    with at or socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def emulator_url() -> Iterator[str]:
    """Where the emulator listens."""
    from emulator.app import create_app  # takes a second, which a session without an emulator need not wait

    with serving(create_app()) as url:
        yield url


class Emulator:
    """The controls of a running emulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=f"{url}/_emulator", timeout=10)

    def behave(self, **config: Any) -> None:
        """Set latency, answers, faults; what is not named is as at the start."""
        self._client.post("/config", json=config).raise_for_status()

    def calls(self, **wanted: Any) -> list[dict[str, Any]]:
        """The calls it received, those with these values."""
        calls: list[dict[str, Any]] = self._client.get("/log").raise_for_status().json()
        return [call for call in calls if all(call.get(name) == value for name, value in wanted.items())]

    def forget(self) -> None:
        """Empty the log."""
        self._client.delete("/log").raise_for_status()

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()


@pytest.fixture
def emulator(emulator_url: str) -> Iterator[Emulator]:
    """The emulator as at its start, before the test and after; it answers with prepared answers."""
    controls = Emulator(emulator_url)
    controls.behave(answers="canned")
    controls.forget()
    yield controls
    controls.behave()
    controls.close()
