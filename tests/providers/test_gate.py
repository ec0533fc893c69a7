"""The line that all calls to one model stand in: how often a busy provider is asked, and what it is asked for."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest

from storytailor.errors import ProviderBusyError, TransientError
from storytailor.providers.gate import LONGEST_BUSY_SECONDS, Gate
from storytailor.providers.rates import MinuteWindow
from storytailor.providers.waiting import MinuteLimit, limit_named

MINUTE = 1.5
"""Seconds, so that the tests' minutes pass."""


@pytest.fixture(autouse=True)
def _short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storytailor.providers.gate.MINUTE_SECONDS", MINUTE)
    monkeypatch.setattr("storytailor.providers.gate.MARGIN", 0.1)


class Provider:
    """Takes so many pictures within any of its minutes, and counts what it refused."""

    def __init__(self, most: int, *, says: bool = True) -> None:
        self.most, self.says = most, says
        self.taken: deque[float] = deque()
        self.refused = 0

    async def draw(self) -> str:
        now = asyncio.get_running_loop().time()
        while self.taken and self.taken[0] <= now - MINUTE:
            self.taken.popleft()
        if len(self.taken) >= self.most:
            self.refused += 1
            limit = ("images", self.most) if self.says else None
            raise ProviderBusyError("busy", self.taken[0] + MINUTE - now, limit=limit)
        self.taken.append(now)
        await asyncio.sleep(0.01)
        return "drawn"


async def drawn(gate: Gate, provider: Provider, count: int) -> list[str]:
    return await asyncio.gather(*(gate.call(provider.draw, {"images": 1}) for _ in range(count)))


async def test_a_limit_that_is_set_is_kept_without_a_refusal() -> None:
    provider = Provider(5)
    gate = Gate({"images": 5})
    assert await drawn(gate, provider, 12) == ["drawn"] * 12
    assert provider.refused == 0


async def test_a_limit_that_was_named_once_is_kept_from_then_on() -> None:
    provider = Provider(5)
    gate = Gate({"images": None})
    assert await drawn(gate, provider, 25) == ["drawn"] * 25
    assert provider.refused <= 2


async def test_a_hundred_callers_ask_a_busy_provider_once_a_wait() -> None:
    loop = asyncio.get_running_loop()
    busy_until, asked = loop.time() + 1.0, 0

    async def ask() -> str:
        nonlocal asked
        if loop.time() < busy_until:
            asked += 1
            raise ProviderBusyError("busy", 0.3)
        return "answered"

    gate = Gate()
    assert await asyncio.gather(*(gate.call(ask) for _ in range(100))) == ["answered"] * 100
    assert asked <= 5 + 4  # those of the first moment, then one each time the wait is over


async def test_a_provider_that_refuses_everybody_for_too_long_is_given_up_with_what_it_asked_for() -> None:
    async def ask() -> str:
        raise ProviderBusyError("busy", LONGEST_BUSY_SECONDS + 1, remedy="OpenAI is busy.")

    with pytest.raises(TransientError) as failure:
        await Gate().call(ask)
    assert failure.value.for_operator == "OpenAI is busy. It asked to wait 301 s, which is too long."


async def test_one_that_fails_otherwise_holds_nobody_up() -> None:
    async def ask() -> str:
        raise TransientError("broken")

    gate = Gate()
    for _ in range(3):
        with pytest.raises(TransientError, match="broken"):
            await gate.call(ask)


def test_a_window_lets_through_no_more_than_its_limit_in_any_minute() -> None:
    window = MinuteWindow(5)
    for second in (0.0, 10.0, 20.0):
        assert window.wait(second, 1) == 0
        window.take(second, 1)
    assert window.wait(21.0, 2) == 0
    assert window.wait(21.0, 3) == pytest.approx(39.0)  # until the first of them is a minute old
    assert window.wait(21.0, 4) == pytest.approx(49.0)
    assert window.wait(81.0, 9) == 0  # more than the limit goes alone, for the provider to judge


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        (
            "Rate limit reached for gpt-image-2 in organization org-x on input-images per min: Limit 5, Used 5, "
            "Requested 1. Please try again in 12s.",
            MinuteLimit("input-images", 5, 1),
        ),
        (
            "Rate limit reached for gpt-5.2 on tokens per min (TPM): Limit 30,000, Used 29,000, Requested 1,200.",
            MinuteLimit("tokens", 30_000, 1_200),
        ),
        ("Rate limit reached on images per minute: Limit 5.", MinuteLimit("images", 5, None)),
        ("Slow down.", None),
    ],
)
def test_the_limit_is_read_from_the_providers_words(said: str, limit: MinuteLimit | None) -> None:
    assert limit_named(said) == limit
