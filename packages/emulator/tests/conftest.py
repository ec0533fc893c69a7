"""The real SDKs, pointed at the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import openai
import pytest
from elevenlabs.client import ElevenLabs


@pytest.fixture
def control(emulator_url: str) -> Iterator[httpx.Client]:
    """A client for `/_emulator`; settings and log are as at the start, before the test and after."""
    with httpx.Client(base_url=f"{emulator_url}/_emulator") as client:
        client.delete("/log")
        yield client
        client.post("/config", json={}).raise_for_status()


@pytest.fixture(scope="session")
def gpt(emulator_url: str) -> Iterator[openai.OpenAI]:
    base_url = f"{emulator_url}/openai/v1"
    with openai.OpenAI(base_url=base_url, api_key="any", max_retries=0, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def eleven(emulator_url: str) -> Iterator[ElevenLabs]:
    with httpx.Client() as client:
        yield ElevenLabs(base_url=f"{emulator_url}/elevenlabs", api_key="any", timeout=120, httpx_client=client)
