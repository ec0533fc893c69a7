"""Pictures: drawn, looked at, and drawn again with what was missed in the prompt."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from emulator.testing import Emulator
from emulator_models.prompt_data import read_data
from storytailor.catalog import Retries
from storytailor.making.drawing import DECENT
from storytailor.making.illustration import illustrate
from storytailor.safety import asking
from storytailor.story import PaletteJourney, PaletteStep
from tests.making.conftest import ContextFor
from tests.making.stories import character, story
from tests.making.wire import Wire, completion

PALETTE = PaletteJourney(
    motif="Finding Courage",
    steps=[PaletteStep(name=f"Step {n}", colors=["#27496d", "#c86b3c", "#e9c46a", "#5b7f5a"]) for n in range(5)],
)
MAYA = character(traits=("manual_wheelchair",), appearance="warm brown skin, yellow raincoat")


async def test_a_missed_trait_is_named_in_the_prompt_of_the_second_attempt(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(omit_traits={"manual_wheelchair": 1})
    picture = await illustrate(context_for(characters=(MAYA,)), "cover", story(*["Once."] * 4), PALETTE, [])
    assert (picture.attempts, picture.fallback) == (2, False)
    first, second = (read_data(call.body["prompt"]) for call in wire.calls("images/generations"))
    assert first is not None
    assert second is not None
    assert first["feedback"] == []
    assert len(second["feedback"]) == 1
    assert second["feedback"][0].startswith("Maya: ")
    assert "pushrims" in second["feedback"][0] or "push rims" in second["feedback"][0]


async def test_three_attempts_that_miss_a_trait_end_in_a_placeholder_of_the_palette(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(omit_traits={"manual_wheelchair": 3})
    picture = await illustrate(context_for(characters=(MAYA,)), "cover", story(*["Once."] * 4), PALETTE, [])
    assert (picture.attempts, picture.fallback) == (3, True)
    assert len(wire.calls("images/generations")) == 3
    assert len(picture.colors) == 3


LEO = character("Leo", species="fox", appearance="red fur, a green scarf")


async def test_a_scene_is_drawn_and_judged_by_its_cast_and_the_others_are_kept_out(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    ctx = context_for(characters=(MAYA, LEO))
    picture = await illustrate(ctx, "scene_2", story("Once.", cast=("Leo",)), PALETTE, [])
    assert (picture.attempts, picture.fallback, picture.alt) == (1, False, "Maya läuft.")
    (drawing,) = wire.calls("images/generations")
    (check,) = wire.calls("PictureVerdict")
    asked = read_data(drawing.body["prompt"]) or {}
    judged = read_data(check.body["messages"][-1]["content"][0]["text"]) or {}
    for data in (asked, judged):
        assert [(sheet["name"], sheet["species"]) for sheet in data["characters"]] == [("Leo", "fox")]
    assert asked["not_shown"] == ["Maya"]
    assert "Those in `not_shown` stay out" in drawing.body["prompt"]
    told = {(verdict.character, verdict.trait): verdict.verdict for verdict in picture.verdicts}
    assert told == dict.fromkeys(
        [("Leo", "kind"), ("Leo", "looks"), ("Leo", "clothes"), ("Leo", "agency_position"), ("", "company")], "present"
    )


async def test_another_kind_of_being_is_drawn_again_though_nothing_is_recorded_of_the_character(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(omit_traits={"kind": 1})
    picture = await illustrate(context_for(characters=(LEO,)), "cover", story("Once."), PALETTE, [])
    assert (picture.attempts, picture.fallback) == (2, False)
    again = read_data(wire.calls("images/generations")[1].body["prompt"]) or {}
    (point,) = again["feedback"]
    assert point.startswith("Leo: Leo is drawn as a human")
    assert point.endswith("Show Leo plainly, as their species: fox.")


async def test_a_being_that_stays_another_kind_ends_in_a_placeholder(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(omit_traits={"kind": 3})
    picture = await illustrate(context_for(characters=(LEO,)), "cover", story("Once."), PALETTE, [])
    assert (picture.attempts, picture.fallback, picture.alt) == (3, True, "Maya am Waldrand.")


@pytest.mark.parametrize(("times", "left"), [(1, 0), (9, 1)], ids=["mended", "it stays unlike"])
async def test_clothes_that_differ_are_drawn_once_more_and_cost_no_page(
    times: int, left: int, context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(omit_traits={"clothes": times})
    picture = await illustrate(context_for(characters=(LEO,)), "cover", story("Once."), PALETTE, [])
    assert (picture.attempts, picture.fallback, len(picture.unlike)) == (2, False, left)
    again = read_data(wire.calls("images/generations")[1].body["prompt"]) or {}
    (point,) = again["feedback"]
    assert point.endswith("Draw the clothes as the sheet says.")


def blocked_at_output(_: dict[str, Any]) -> Response:
    """OpenAI's filter, of the picture it has drawn."""
    error = {
        "message": "Your request was rejected by the safety system. safety_violations=[sexual].",
        "type": "image_generation_user_error",
        "param": None,
        "code": "moderation_blocked",
        "moderation_details": {"moderation_stage": "output", "categories": ["sexual"]},
    }
    return JSONResponse({"error": error}, 400)


async def test_a_picture_blocked_after_it_was_drawn_is_drawn_again_with_feedback(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    wire.answer("images/generations", blocked_at_output)
    picture = await illustrate(context_for(characters=(MAYA,)), "cover", story(*["Once."] * 4), PALETTE, [])
    assert (picture.attempts, picture.fallback) == (2, False)
    again = read_data(wire.calls("images/generations")[1].body["prompt"])
    assert again is not None
    assert again["feedback"] == [DECENT]


async def test_a_second_drawing_that_is_blocked_leaves_the_first_though_its_looks_differ(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    differs = {"character": "Leo", "trait": "looks", "verdict": "contradicted", "reason": "His fur is blue."}

    def blocks_the_next(body: dict[str, Any]) -> dict[str, Any] | Response:
        wire.answer("images/generations", blocked_at_output)
        return completion({"verdicts": [differs]})(body)

    wire.answer("PictureVerdict", blocks_the_next)
    picture = await illustrate(context_for(characters=(LEO,)), "cover", story("Once."), PALETTE, [])
    assert (picture.attempts, picture.fallback) == (2, False)
    assert picture.unlike == ["Leo: His fur is blue. Draw hair, skin, age and build as the sheet says."]


async def test_a_picture_blocked_three_times_becomes_a_placeholder_and_sinks_no_book(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    wire.answer("images/generations", *[blocked_at_output] * 3)
    picture = await illustrate(context_for(characters=(MAYA,)), "cover", story(*["Once."] * 4), PALETTE, [])
    assert (picture.attempts, picture.fallback) == (3, True)
    assert len(wire.calls("images/generations")) == 3


async def test_a_softened_prompt_says_what_the_model_restated_and_nothing_else_of_the_scene(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=[{"route": "images", "kind": "moderation_blocked_at_input", "times": 1}])
    looks = [{"name": "Maya", "appearance": "a yellow coat"}]
    restated = {"scene": "Maya waves.", "alt": "Maya winkt.", "characters": looks}
    wire.answer("SoftenedScene", completion(restated))
    ctx = context_for(characters=(MAYA,), language="de")
    picture = await illustrate(ctx, "cover", story(*["Once."] * 4), PALETTE, [])
    assert (picture.attempts, picture.fallback, picture.alt) == (1, False, "Maya winkt.")
    (asked,) = wire.calls("SoftenedScene")
    assert (read_data(asked.prompt) or {})["language"] == "de"
    refused, drawn = (read_data(call.body["prompt"]) for call in wire.calls("images/generations"))
    assert refused is not None
    assert drawn is not None
    assert refused["scene"] == "Maya at the edge of the wood."
    assert (drawn["scene"], drawn["analysis"], drawn["title"], drawn["feedback"]) == ("Maya waves.", None, "", [DECENT])
    assert drawn["characters"] == [{**refused["characters"][0], "appearance": "a yellow coat"}]


@pytest.mark.parametrize("kind", ["azure_content_filter", 500, 400], ids=["filtered", "down", "refused"])
async def test_where_nobody_restates_a_refused_prompt_it_is_staged_plainly(
    context_for: ContextFor, wire: Wire, emulator: Emulator, kind: int | str
) -> None:
    emulator.behave(
        answers="canned",
        faults=[
            {"route": "images", "kind": "moderation_blocked_at_input", "times": 1},
            {"route": "chat/completions", "schema": "SoftenedScene", "kind": kind},
        ],
    )
    picture = await illustrate(context_for(characters=(MAYA,)), "cover", story(*["Once."] * 4), PALETTE, [])
    assert picture.fallback is False
    assert picture.alt == "Maya"  # a name is true in every language
    drawn = read_data(wire.calls("images/generations")[1].body["prompt"])
    assert drawn is not None
    assert drawn["scene"].startswith("Maya stands outdoors on a bright day, fully dressed")


@pytest.mark.parametrize("shape", ["SceneAnalysis", "PictureVerdict"])
async def test_a_model_that_declines_to_look_once_leaves_a_drawn_picture(
    context_for: ContextFor, wire: Wire, emulator: Emulator, shape: str
) -> None:
    fault = {"route": "chat/completions", "schema": shape, "kind": "refusal", "times": 1}
    emulator.behave(answers="canned", faults=[fault])
    picture = await illustrate(context_for(characters=(MAYA,)), "cover", story(*["Once."] * 4), PALETTE, [])
    assert picture.fallback is False
    drawings = [read_data(call.body["prompt"]) or {} for call in wire.calls("images/generations")]
    if shape == "SceneAnalysis":  # drawn from the scene's own words
        assert [(data["analysis"], data["scene"]) for data in drawings] == [(None, "Maya at the edge of the wood.")]
    else:  # another picture may be looked at
        assert [data["feedback"] for data in drawings] == [[], [DECENT]]


async def test_where_no_judge_is_to_be_had_the_picture_is_drawn_once_and_not_shown(
    context_for: ContextFor, wire: Wire, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PATIENCE", Retries(2, "linear", 0.01))
    emulator.behave(answers="canned", faults=[{"route": "moderations", "kind": 500}])
    picture = await illustrate(context_for(characters=(MAYA,)), "cover", story(*["Once."] * 4), PALETTE, [])
    assert (picture.attempts, picture.fallback) == (1, True)
    assert len(wire.calls("images/generations")) == 1
    seen = [call for call in wire.calls("moderations") if call.body["input"][0]["type"] == "image_url"]
    assert len(seen) == 3
    assert len(wire.calls("SceneAnalysis")) == 1  # paid for once, though it could not be judged either


async def test_the_three_passes_are_in_the_log_as_operators_look_for_them(
    context_for: ContextFor, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.behave(answers="canned")
    with caplog.at_level(logging.INFO, "storytailor"):
        await illustrate(context_for(characters=(MAYA,)), "cover", story(*["Once."] * 4), PALETTE, [])
    said = [record.getMessage() for record in caplog.records]
    assert any(line.startswith('Scene analysis complete {"isCover": true, "outputLength": ') for line in said)
    assert any(line.startswith('Cover scene analysis complete {"analysisLength": ') for line in said)
    assert "Generating cover with GLOBAL_STYLE, references, and validation" in said
