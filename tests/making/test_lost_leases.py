"""A process that stood still past its lease asks nobody anything, whatever it was about to ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from storytailor.errors import LeaseLostError
from storytailor.making.context import AssetContext
from storytailor.story import PaletteJourney
from tests.making.conftest import ContextFor
from tests.making.wire import Wire

Ask = Callable[[AssetContext], Awaitable[Any]]
PROMPT: dict[str, object] = {
    "title": "Maya",
    "language": "en",
    "story_type": "bedtime",
    "themes": ["courage"],
    "beats": [{"text": "Maya waves.", "mood": "calm"}] * 4,
    "moral": "Wave.",
}
ASKED: dict[str, Ask] = {
    "words": lambda ctx: ctx.ask("gpt-5.2", "palette", PROMPT, PaletteJourney),
    "a picture": lambda ctx: ctx.draw("Maya waves."),
    "a voice": lambda ctx: ctx.speak("Maya waves.", "a-voice", before="", after=""),
}


def lost_after(calls: int) -> Callable[[], Awaitable[None]]:
    """A lease that is found to have ended when it is asked for once more than this."""
    asked = 0

    async def require() -> None:
        nonlocal asked
        asked += 1
        if asked > calls:
            raise LeaseLostError("The lease ended while this worker stood still.")

    return require


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
async def test_nothing_that_costs_is_asked_for_without_a_lease(context_for: ContextFor, wire: Wire, ask: Ask) -> None:
    await ask(replace(context_for(), require_lease=lost_after(2)))
    wire.forget()
    with pytest.raises(LeaseLostError):
        await ask(replace(context_for(), require_lease=lost_after(0)))
    assert wire.sent == []


async def test_an_answer_is_not_judged_by_another_model_once_the_lease_is_lost(
    context_for: ContextFor, wire: Wire
) -> None:
    with pytest.raises(LeaseLostError):
        await ASKED["words"](replace(context_for(), require_lease=lost_after(1)))
    assert [call.shape for call in wire.sent] == ["PaletteJourney"]
