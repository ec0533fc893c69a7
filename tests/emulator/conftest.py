"""A real emulator on a free port, and the real SDKs pointed at it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import httpx
import openai
import pytest
import uvicorn
from elevenlabs.client import ElevenLabs

from emulator.app import create_app


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(), log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def control(base_url: str) -> Iterator[httpx.Client]:
    """A client for `/_emulator`; settings and log are as at the start, before the test and after."""
    with httpx.Client(base_url=f"{base_url}/_emulator") as client:
        client.delete("/log")
        yield client
        client.post("/config", json={}).raise_for_status()


@pytest.fixture(scope="session")
def gpt(base_url: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{base_url}/openai/v1", api_key="any", max_retries=0, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def eleven(base_url: str) -> ElevenLabs:
    return ElevenLabs(base_url=f"{base_url}/elevenlabs", api_key="any", timeout=60)
