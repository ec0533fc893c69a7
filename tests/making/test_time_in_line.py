"""Time in which an asset stands in line for a provider's limits is told apart from the time in which it is made."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from storytailor.providers.gate import Gate
from storytailor.time_in_line import TimeInLine


async def nothing() -> None:
    """A call that is answered at once."""


async def made(seconds: float) -> None:
    """A call that takes so long."""
    await asyncio.sleep(seconds)


async def test_what_a_call_waits_for_its_turn_counts_and_what_it_takes_does_not() -> None:
    gate, time_in_line = Gate(), TimeInLine()
    first, second = uuid4(), uuid4()
    gate._opens_at = asyncio.get_running_loop().time() + 1.0  # the provider has asked to wait

    async def make(token: object) -> None:
        with time_in_line.of(token, "cover"):  # type: ignore[arg-type]
            await asyncio.gather(gate.call(nothing), gate.call(lambda: made(0.5)))  # side by side: waited for once
            await asyncio.sleep(0.3)

    making = [asyncio.create_task(make(token)) for token in (first, second)]
    told: dict[object, float] = {}
    while not all(task.done() for task in making):
        await asyncio.sleep(0.1)
        for one in time_in_line.taken():
            told[one.token] = told.get(one.token, 0.0) + one.seconds
    assert set(told) == {first, second}
    assert all(0.9 <= seconds <= 1.4 for seconds in told.values()), told
    await asyncio.gather(*making)


async def test_a_call_that_is_made_for_no_asset_is_counted_for_none() -> None:
    time_in_line = TimeInLine()
    await Gate().call(nothing)
    assert time_in_line.taken() == []
