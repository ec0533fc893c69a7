"""A provider that lets nobody in until the operator acts: one call finds out, for all stories of the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import copy_context

import pytest
from pydantic import SecretStr

from emulator.testing import Emulator
from storytailor.errors import PermanentError, ProviderBusyError, ProviderStoppedError, TransientError
from storytailor.making.prompting import prompt
from storytailor.providers import circuit as circuit_module
from storytailor.providers.circuit import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Circuit, CircuitReport
from storytailor.providers.elevenlabs import ElevenLabs
from storytailor.providers.gate import Gate
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings
from storytailor.story import PaletteJourney
from storytailor.withheld import withhold
from tests.providers.test_failures import DATA

NO_CREDIT = ProviderStoppedError(
    "The writing service cannot be used.", remedy="No credit left.", detail="429 no credit"
)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def ask(circuit: Circuit, answer: Exception | None = None) -> None:
    with circuit.passage():
        if answer:
            raise answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(clock: Clock) -> Circuit:
    """A circuit that a refusal has opened."""
    circuit = Circuit(clock)
    with pytest.raises(ProviderStoppedError):
        ask(circuit, NO_CREDIT)
    return circuit


def test_whoever_comes_after_a_refusal_is_told_the_reason_and_asks_nobody(opened: Circuit) -> None:
    with pytest.raises(ProviderStoppedError) as told:
        ask(opened, AssertionError("asked"))
    assert (str(told.value), told.value.for_operator) == (str(NO_CREDIT), NO_CREDIT.for_operator)
    assert (opened.state, opened.reason) == ("open", "No credit left. [429 no credit]")


def test_one_call_at_a_time_finds_out_whether_it_was_mended_and_its_answer_lets_all_in(
    opened: Circuit, clock: Clock
) -> None:
    clock.now += FIRST_PAUSE_SECONDS
    assert opened.state == "half_open"
    with opened.passage():
        assert opened.state == "half_open"
        with pytest.raises(ProviderStoppedError):
            ask(opened, AssertionError("asked beside the first"))
    assert (opened.state, opened.reason) == ("closed", "")
    ask(opened)


def test_each_further_refusal_doubles_the_pause_and_no_pause_is_longer_than_half_a_minute(
    opened: Circuit, clock: Clock
) -> None:
    pauses = []
    for _ in range(8):
        began = clock.now
        while opened.state == "open":
            clock.now += 0.5
        pauses.append(clock.now - began)
        with pytest.raises(ProviderStoppedError):
            ask(opened, NO_CREDIT)
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert LONGEST_PAUSE_SECONDS == 30


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (PermanentError("A bad request, so the key and the credit hold."), "closed"),
        (TransientError("It did not answer."), "half_open"),
        (ProviderBusyError("It is busy."), "half_open"),
        (asyncio.CancelledError(), "half_open"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_else_may_become_of_the_call_that_finds_out(
    opened: Circuit, clock: Clock, answer: Exception, state: str
) -> None:
    clock.now += FIRST_PAUSE_SECONDS
    with pytest.raises(type(answer)):
        ask(opened, answer)
    assert opened.state == state
    ask(opened)
    assert opened.state == "closed"


def test_an_answer_to_a_call_from_before_the_refusal_lets_nobody_in(clock: Clock) -> None:
    circuit = Circuit(clock)
    with circuit.passage(), pytest.raises(ProviderStoppedError):
        ask(circuit, NO_CREDIT)
    assert circuit.state == "open"


def test_what_a_provider_quotes_of_one_family_no_other_is_told_and_no_operator(clock: Clock) -> None:
    circuit = Circuit(clock)

    def one_family() -> None:
        withhold(["Xanthippezz"])
        with pytest.raises(ProviderStoppedError):
            ask(circuit, ProviderStoppedError("stopped", remedy="Pay.", detail="402: a story of Xanthippezz"))

    copy_context().run(one_family)
    with pytest.raises(ProviderStoppedError) as told:
        ask(circuit)
    assert circuit.reason == told.value.for_operator == "Pay. [402: a story of […]]"


async def test_a_hundred_stories_do_not_each_ask_a_provider_without_credit() -> None:
    gate, asked = Gate(), 0

    async def call() -> str:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.01)
        raise ProviderStoppedError("stopped", remedy="Pay.")

    began = asyncio.get_running_loop().time()
    ends = await asyncio.gather(*(gate.call(call) for _ in range(100)), return_exceptions=True)
    assert {type(end) for end in ends} == {ProviderStoppedError}
    assert {str(end.for_operator) for end in ends if isinstance(end, ProviderStoppedError)} == {"Pay."}
    assert asked <= 6  # those that were let in together before the first was refused
    assert asyncio.get_running_loop().time() - began < 5


async def test_a_busy_provider_is_open_until_it_is_asked_again_and_says_what_it_said() -> None:
    gate, answers = Gate(), [ProviderBusyError("busy", 0.3, remedy="OpenAI is busy."), None]

    async def call() -> str:
        if error := answers.pop(0):
            raise error
        return "answered"

    asking = asyncio.create_task(gate.call(call))
    await asyncio.sleep(0.1)
    assert gate.state == ("open", "OpenAI is busy.")
    assert await asking == "answered"
    assert gate.state == ("closed", "")


# by the real SDKs


@pytest.fixture
async def clients(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[OpenAI, ElevenLabs]]:
    monkeypatch.setattr(circuit_module, "FIRST_PAUSE_SECONDS", 0.3)
    settings = Settings(
        _env_file=None,
        openai_api_key=SecretStr("sk-test"),
        openai_base_url=f"{emulator.url}/openai/v1",
        elevenlabs_api_key=SecretStr("xi-test"),
        elevenlabs_base_url=f"{emulator.url}/elevenlabs",
    )
    async with OpenAI(settings) as openai, ElevenLabs(settings) as elevenlabs:
        yield openai, elevenlabs


async def test_stories_are_written_again_as_soon_as_the_account_has_credit_without_a_restart(
    clients: tuple[OpenAI, ElevenLabs], emulator: Emulator
) -> None:
    openai, _ = clients
    asked = prompt("palette", DATA)
    emulator.behave(
        answers="canned", faults=[{"route": "chat/completions", "kind": 429, "code": "insufficient_quota", "times": 99}]
    )
    for _ in range(5):
        with pytest.raises(ProviderStoppedError, match="writing service"):
            await openai.answer("gpt-5.2", "You write.", asked, PaletteJourney)
    assert len(emulator.calls(route="chat/completions")) == 1
    (report,) = openai.circuits
    assert (report.provider, report.model, report.state) == ("127.0.0.1", "gpt-5.2", "open")
    assert "no credit left" in report.reason

    emulator.behave(answers="canned")  # somebody has paid
    await asyncio.sleep(0.4)
    await openai.answer("gpt-5.2", "You write.", asked, PaletteJourney)
    assert openai.circuits == [CircuitReport("127.0.0.1", "gpt-5.2", "closed")]


async def test_a_voice_that_is_not_there_keeps_no_other_story_from_being_read_aloud(
    clients: tuple[OpenAI, ElevenLabs], emulator: Emulator
) -> None:
    _, elevenlabs = clients
    emulator.behave(
        faults=[{"route": "text-to-speech", "kind": 404, "code": "voice_not_found", "times": 1}], answers="canned"
    )
    with pytest.raises(PermanentError) as refused:
        await elevenlabs.speak("Maya laughed.", "gone")
    assert not isinstance(refused.value, ProviderStoppedError)
    speech, _ = await elevenlabs.speak("Maya laughed.", await elevenlabs.voice_for("en"))
    assert speech.mp3
