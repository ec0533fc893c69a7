"""A real emulator on a free port, and the real SDKs pointed at it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import openai
import pytest
from elevenlabs.client import ElevenLabs


@pytest.fixture(scope="session")
def base_url(emulator_url: str) -> str:
    return emulator_url


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
