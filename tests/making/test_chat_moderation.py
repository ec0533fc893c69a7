"""A chat model that is asked as a judge is paid like any other: what it used is in the asset's usage."""

from __future__ import annotations

import io
import logging

import pytest
from PIL import Image

from storytailor.making.content import write_story
from storytailor.making.judging import verdicts_on
from storytailor.making.prompting import character_sheet
from storytailor.making.staging import Staging
from storytailor.safety.moderation import moderate_request
from storytailor.services import Services
from storytailor.settings import Settings
from tests.making.conftest import ContextFor
from tests.making.stories import character
from tests.making.wire import Wire, completion

JUDGE = "gpt-5-mini"
FINE = completion({"concerns": [], "fit": True})
UNFIT = completion({"concerns": [{"concern": "frightening", "quote": "gore"}], "fit": False})


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"moderation": "chat", "moderation_model": JUDGE})


@pytest.mark.parametrize("verdict", [FINE, UNFIT], ids=["fine", "unfit"])
async def test_the_judgement_of_a_story_is_counted_whatever_it_is(
    context_for: ContextFor, wire: Wire, verdict: object
) -> None:
    wire.answer("ChildSafety", verdict)  # type: ignore[arg-type]
    ctx = context_for()
    await write_story(ctx)
    assert ctx.usage is not None
    # an unfit story is written once more, and judged again
    judged = 1 if verdict is FINE else 2
    assert len(wire.calls("StoryContent")) == judged
    assert ctx.usage.models[JUDGE].calls == len(wire.calls("ChildSafety")) == judged
    assert ctx.usage.models[JUDGE].input_tokens > 0
    assert ctx.usage.cost_usd is not None


async def test_the_judgement_of_a_picture_is_counted(context_for: ContextFor, wire: Wire) -> None:
    wire.answer("ChildSafety", FINE)
    ctx, picture = context_for(), io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    staging = Staging({"asset": "cover", "scene": "Maya waves.", "characters": [character_sheet(character())]})
    await verdicts_on(ctx, staging, picture.getvalue())
    assert ctx.usage is not None
    assert ctx.usage.models[JUDGE].calls == len(wire.calls("ChildSafety")) > 0


async def test_what_the_check_of_a_request_used_is_in_the_log(
    services: Services, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "storytailor")
    wire.answer("ChildSafety", FINE)
    await moderate_request(services.openai, ["courage"])
    (said,) = [record.getMessage() for record in caplog.records if "Checking a request used" in record.getMessage()]
    assert said.endswith(f"tokens of {JUDGE}")
