"""A provider that is away for a while: it is waited for, and what its absence is not is not."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
from pydantic import SecretStr

from emulator.testing import Emulator
from storytailor.errors import ProviderAwayError, TransientError
from storytailor.making.prompting import prompt
from storytailor.providers import gate
from storytailor.providers.elevenlabs import ElevenLabs
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings
from storytailor.story import PaletteJourney
from tests.absent_server import AbsentServer
from tests.making.wire import Wire
from tests.providers.test_failures import DATA

AWAY_SECONDS = 4.0
HOST = "api.pictures.example"

Use = Callable[[Settings], Awaitable[Any]]


def at(url: str) -> Settings:
    return Settings(
        _env_file=None,
        openai_api_key=SecretStr("sk-good"),
        openai_base_url=f"{url}/openai/v1",
        elevenlabs_api_key=SecretStr("sk-good"),
        elevenlabs_base_url=f"{url}/elevenlabs",
    )


async def draw(settings: Settings) -> None:
    async with OpenAI(settings) as openai:
        await openai.draw("A hill.")


async def write(settings: Settings) -> None:
    async with OpenAI(settings) as openai:
        await openai.answer("gpt-5.2", "You write.", prompt("palette", DATA), PaletteJourney)


async def narrate(settings: Settings) -> None:
    async with ElevenLabs(settings) as elevenlabs:
        await elevenlabs.speak("Once upon a time.", await elevenlabs.voice_for("en"))


@pytest.mark.parametrize("use", [draw, write, narrate], ids=["pictures", "words", "the voice"])
async def test_a_provider_at_whose_port_nobody_listens_for_seconds_is_waited_for(use: Use, emulator: Emulator) -> None:
    began = time.monotonic()
    with AbsentServer() as absent:
        absent.come_back(Wire(emulator.url).app(), after=AWAY_SECONDS)
        await use(at(absent.url))
    assert AWAY_SECONDS < time.monotonic() - began < 4 * AWAY_SECONDS


@pytest.mark.parametrize("use", [draw, narrate], ids=["pictures", "the voice"])
async def test_a_provider_whose_name_leads_nowhere_for_seconds_is_waited_for(
    use: Use, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, back = socket.getaddrinfo, time.monotonic() + AWAY_SECONDS

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if host in (HOST, HOST.encode()) and time.monotonic() < back:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known("127.0.0.1" if host in (HOST, HOST.encode()) else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    await use(at(f"http://{HOST}:{urlsplit(emulator.url).port}"))
    assert time.monotonic() > back


@pytest.mark.parametrize("use", [draw, narrate], ids=["pictures", "the voice"])
async def test_a_provider_that_stays_away_is_named_with_the_setting_of_its_address(
    use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LONGEST_BUSY_SECONDS", 2.0)
    with AbsentServer() as absent, pytest.raises(TransientError, match="service cannot be reached") as given_up:
        await use(at(absent.url))
    assert not isinstance(given_up.value, ProviderAwayError)  # the asset's retries take over
    assert "BASE_URL" in given_up.value.for_operator
    assert "too long" in given_up.value.for_operator


@pytest.mark.parametrize("use", [draw, narrate], ids=["pictures", "the voice"])
async def test_a_certificate_that_nobody_vouches_for_is_not_waited_for(use: Use) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=tls)
    async with server:
        began = time.monotonic()
        with pytest.raises(TransientError, match="did not answer properly"):
            await use(at(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    assert time.monotonic() - began < 1
