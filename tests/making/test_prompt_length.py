"""Drawing prompts that would be longer than a model takes."""

from __future__ import annotations

from emulator.testing import Emulator
from emulator_models.prompt_data import read_data
from storytailor.making.drawing import PictureInProgress
from storytailor.making.prompt_length import cut_at_sentence
from storytailor.making.prompting import character_sheet
from storytailor.making.staging import Staging
from storytailor.safety.traits import TRAITS
from tests.making.conftest import ContextFor
from tests.making.stories import character
from tests.making.test_illustration import PALETTE
from tests.making.wire import Wire, completion

SENTENCE = "Warm brown skin, a gap between the front teeth, and a raincoat that is a size too large. "
FIVE = [
    character(name, traits=tuple(TRAITS), appearance=(SENTENCE * 30)[:2000].strip())
    for name in ("Maya", "Fennel", "Theo", "Ana", "Bo")
]
DATA = {
    "asset": "cover",
    "title": "The Lantern",
    "scene": "Five friends at the edge of the wood.",
    "mood": "calm",
    "motif": "Finding Courage",
    "palette": PALETTE.step("cover").model_dump(),
    "characters": [character_sheet(friend) for friend in FIVE],
    "story_type": "adventure",
    "analysis": {"action": "They look up. " * 60, "camera": "low"},
}

MOST = 32_000
"""What gpt-image-2 takes."""


async def test_five_characters_with_every_trait_are_drawn_after_a_round_of_feedback(
    context_for: ContextFor, wire: Wire, emulator: Emulator
) -> None:
    emulator.behave(answers="canned")
    missed = [
        {"character": friend.name, "trait": trait, "verdict": "absent", "reason": f"{SENTENCE} Nothing of it is seen."}
        for friend in FIVE
        for trait in TRAITS
    ]
    seen = [{**verdict, "verdict": "present"} for verdict in missed]
    wire.answer("PictureVerdict", completion({"verdicts": missed}), completion({"verdicts": seen}))
    ctx = context_for(characters=tuple(FIVE))
    await PictureInProgress(ctx, Staging(DATA), FIVE).draw_until_right()

    prompts = [call.body["prompt"] for call in wire.calls("images/generations")]
    assert len(prompts) == 2
    for prompt in prompts:
        assert MOST // 2 < len(prompt) < MOST
        data = read_data(prompt)
        assert data is not None
        assert {sheet["name"]: [trait["id"] for trait in sheet["traits"]] for sheet in data["characters"]} == {
            friend.name: list(TRAITS) for friend in FIVE
        }
        assert all(sheet["appearance"].endswith("size too large.") for sheet in data["characters"])
    again = read_data(prompts[1])
    assert again is not None
    assert again["feedback"]


def test_what_fits_is_sent_whole() -> None:
    short = {**DATA, "characters": [character_sheet(character("Maya", traits=("glasses",)))], "feedback": []}
    data = read_data(Staging(short).prompt([], MOST, referring=False))
    assert data == short


def test_a_long_text_ends_with_a_sentence_and_a_long_sentence_with_a_word() -> None:
    assert cut_at_sentence("One is here. Two is there. Three", 27) == "One is here. Two is there."
    assert cut_at_sentence("a very long sentence without any end", 20) == "a very long…"
    assert cut_at_sentence("Short", 20) == "Short"
