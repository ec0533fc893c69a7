"""Time in which an asset stands in line for a provider's limits is told apart from the time in which it is made."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest

from storytailor import time_in_line
from storytailor.db.leases import StoodInLine
from storytailor.errors import ServiceUnavailableError
from storytailor.providers.gate import Gate
from storytailor.time_in_line import TimeInLine, standing_in_line


async def nothing() -> None:
    """A call that is answered at once."""


async def made(seconds: float) -> None:
    """A call that takes so long."""
    await asyncio.sleep(seconds)


async def test_what_a_call_waits_for_its_turn_counts_and_what_it_takes_does_not() -> None:
    gate, lines = Gate(), TimeInLine()
    first, second = uuid4(), uuid4()
    gate._opens_at = asyncio.get_running_loop().time() + 1.0  # the provider has asked to wait

    async def make(token: object) -> None:
        with lines.of(token, "cover"):  # type: ignore[arg-type]
            await asyncio.gather(gate.call(nothing), gate.call(lambda: made(0.5)))  # side by side: waited for once
            await asyncio.sleep(0.3)

    making = [asyncio.create_task(make(token)) for token in (first, second)]
    told: dict[object, float] = {}
    while not all(task.done() for task in making):
        await asyncio.sleep(0.1)
        for one in lines.taken():
            told[one.token] = told.get(one.token, 0.0) + one.seconds
    assert set(told) == {first, second}
    assert all(0.9 <= seconds <= 1.4 for seconds in told.values()), told
    await asyncio.gather(*making)


async def test_a_call_that_is_made_for_no_asset_is_counted_for_none() -> None:
    lines = TimeInLine()
    await Gate().call(nothing)
    assert lines.taken() == []


async def test_the_time_in_line_is_told_on_after_something_that_nobody_expected(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(time_in_line, "TELL_SECONDS", 0.01)
    lines, told = TimeInLine(), asyncio.Event()
    fails = [RuntimeError("poisoned"), ServiceUnavailableError("away")]

    async def tell(_: Sequence[StoodInLine]) -> None:
        if fails:
            raise fails.pop(0)
        told.set()

    telling = asyncio.create_task(lines.keep_telling(tell))
    with lines.of(uuid4(), "cover"), standing_in_line():
        async with asyncio.timeout(10):
            await told.wait()
    telling.cancel()
    assert "The telling of time in line failed, and goes on." in caplog.text
