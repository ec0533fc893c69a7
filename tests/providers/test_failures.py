"""What the providers' failures become: transient, permanent, or a wait; never a secret in the words."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from emulator.testing import Emulator
from storytailor.errors import MakingError, PermanentError, PromptBlockedError, ProviderStoppedError, TransientError
from storytailor.making.prompting import prompt
from storytailor.providers.elevenlabs import ElevenLabs
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings
from storytailor.story import PaletteJourney

DATA = {
    "title": "T",
    "story_type": "bedtime",
    "themes": [],
    "beats": [{"text": "x", "mood": "calm"}] * 4,
    "moral": "m",
}
KEY = "sk-very-secret-indeed"


@pytest.fixture(autouse=True)
def _asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storytailor.providers.circuit.FIRST_PAUSE_SECONDS", 0.0)


@pytest.fixture
def settings(emulator: Emulator) -> Settings:
    return Settings(
        _env_file=None,
        openai_api_key=SecretStr(KEY),
        openai_base_url=f"{emulator.url}/openai/v1",
        elevenlabs_api_key=SecretStr(KEY),
        elevenlabs_base_url=f"{emulator.url}/elevenlabs",
        provider_timeout=2.0,
    )


@pytest.fixture
async def openai(settings: Settings) -> AsyncIterator[OpenAI]:
    async with OpenAI(settings) as client:
        yield client


@pytest.fixture
async def elevenlabs(settings: Settings) -> AsyncIterator[ElevenLabs]:
    async with ElevenLabs(settings) as client:
        yield client


def struck(emulator: Emulator, route: str, **fault: Any) -> None:
    emulator.behave(answers="canned", faults=[{"route": route, "times": 1, **fault}])


async def ask(openai: OpenAI) -> PaletteJourney:
    answer, _ = await openai.answer("gpt-5.2", "You write.", prompt("palette", DATA), PaletteJourney)
    return answer


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (500, TransientError),
        (408, TransientError),
        ("timeout", TransientError),
        ("reset", TransientError),
        ("malformed", TransientError),
        (400, PermanentError),
        (401, ProviderStoppedError),
        (403, ProviderStoppedError),
        (404, ProviderStoppedError),
        ("refusal", PromptBlockedError),
    ],
)
async def test_a_failure_of_openai_is_told_apart(
    openai: OpenAI, emulator: Emulator, kind: int | str, expected: type[MakingError]
) -> None:
    struck(emulator, "chat/completions", kind=kind)
    with pytest.raises(expected) as failure:
        await ask(openai)
    assert KEY not in str(failure.value)
    assert (await ask(openai)).motif  # the next one goes through: nothing is left broken


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (500, TransientError),
        ("timeout", TransientError),
        ("reset", TransientError),
        ("malformed", TransientError),
        (400, PermanentError),
        (401, ProviderStoppedError),
        (422, PermanentError),
    ],
)
async def test_a_failure_of_elevenlabs_is_told_apart(
    elevenlabs: ElevenLabs, emulator: Emulator, kind: int | str, expected: type[MakingError]
) -> None:
    struck(emulator, "text-to-speech", kind=kind)
    with pytest.raises(expected) as failure:
        await elevenlabs.speak("Once upon a time.", "a-voice")
    assert KEY not in str(failure.value)


@pytest.mark.parametrize("kind", [500, "malformed", "refusal"])
async def test_a_failed_picture_is_told_apart(openai: OpenAI, emulator: Emulator, kind: int | str) -> None:
    struck(emulator, "images/*", kind=kind)
    with pytest.raises(PromptBlockedError if kind == "refusal" else TransientError):
        await openai.draw("A hill.")


async def test_a_provider_that_names_a_wait_is_waited_for_and_asked_again(openai: OpenAI, emulator: Emulator) -> None:
    struck(emulator, "chat/completions", kind=429, retry_after=1)
    began = time.monotonic()
    await ask(openai)
    assert time.monotonic() - began >= 1.0


@pytest.mark.parametrize("kind", [502, 503, 529])
async def test_an_overloaded_provider_is_waited_for(openai: OpenAI, emulator: Emulator, kind: int) -> None:
    struck(emulator, "chat/completions", kind=kind)
    assert (await ask(openai)).motif
    assert len(emulator.calls()) == 2


async def test_a_wait_longer_than_the_limit_is_not_waited_for(openai: OpenAI, emulator: Emulator) -> None:
    struck(emulator, "chat/completions", kind=429, retry_after=900)
    with pytest.raises(TransientError) as failure:
        await ask(openai)
    assert "asked to wait 900 s, which is too long" in failure.value.for_operator


async def test_an_account_without_credit_is_not_waited_for(openai: OpenAI, emulator: Emulator) -> None:
    struck(emulator, "chat/completions", kind=429, code="insufficient_quota")
    with pytest.raises(PermanentError) as failure:
        await ask(openai)
    assert "billing" in failure.value.for_operator


async def test_a_call_is_made_once_since_the_sdks_own_retries_are_off(
    openai: OpenAI, elevenlabs: ElevenLabs, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "*", "kind": 500, "times": 9}])
    with pytest.raises(TransientError):
        await ask(openai)
    with pytest.raises(TransientError):
        await elevenlabs.speak("Once.", "a-voice")
    assert len(emulator.calls()) == 2
