"""Activities: questions a family can answer from the page they name, words that stand in the text."""

from __future__ import annotations

import re
from typing import Any

import pytest

from storytailor.errors import TransientError
from storytailor.making.activities import make_activities
from storytailor.making.content import write_story
from tests.making.conftest import ContextFor
from tests.making.stories import story
from tests.making.wire import Wire, completion

TEXT = "Maya found a lantern in the wood.\n\nIt glimmered all night."


def answer(**changes: Any) -> dict[str, Any]:
    question = {"question": "What did Maya find?", "answer": "A lantern.", "page": 1}
    return {
        "questions": [question] * 3,
        "vocabulary": [
            {"word": "lantern", "meaning": "a lamp to carry"},
            {"word": "Glimmered", "meaning": "shone a little"},
        ],
        "idea": {"kind": "drawing", "prompt": "Draw a light."},
    } | changes


@pytest.mark.parametrize("age", [4, 7, 10])
@pytest.mark.parametrize("language", ["en", "de"])
async def test_activities_are_of_the_story(age: int, language: str, context_for: ContextFor, wire: Wire) -> None:
    ctx = context_for(age=age, language=language)
    content = await write_story(ctx)
    made = await make_activities(ctx, content)
    assert 3 <= len(made.questions) <= 5
    for question in made.questions:
        page = set(re.findall(r"\w+", content.beats[question.page - 1].text.casefold()))
        said = set(re.findall(r"\w+", question.answer.casefold()))
        assert len(said & page) >= 0.5 * len(said), question
    for word in made.vocabulary:
        assert re.search(rf"\b{re.escape(word.word)}\b", content.text, re.IGNORECASE)
    asked = wire.calls("Activities")[0].prompt
    assert f"age {ctx.brief.age_band}" in asked
    assert f'"{language}"' in asked


async def test_what_stands_in_the_text_is_taken(context_for: ContextFor, wire: Wire) -> None:
    wire.answer("Activities", completion(answer()))
    assert (await make_activities(context_for(), story(TEXT))).vocabulary[1].word == "Glimmered"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a page the story does not have": (
        {"questions": [{"question": "Where?", "answer": "Here.", "page": 5}] * 3},
        "page 5",
    ),
    "page nought": ({"questions": [{"question": "Where?", "answer": "Here.", "page": 0}] * 3}, "page 0"),
    "a word that is not there": (
        {"vocabulary": [{"word": "lantern", "meaning": "a"}, {"word": "zebra", "meaning": "b"}]},
        "a word that is not in the story",
    ),
    "part of a word": (
        {"vocabulary": [{"word": "lantern", "meaning": "a"}, {"word": "ant", "meaning": "b"}]},
        "a word that is not in the story",
    ),
    "no word": (
        {"vocabulary": [{"word": "lantern", "meaning": "a"}, {"word": "  ", "meaning": "b"}]},
        "has not the form",
    ),
    "an empty question": ({"questions": [{"question": " ", "answer": "Yes.", "page": 1}] * 3}, "has not the form"),
    "one word twice": ({"vocabulary": [{"word": "lantern", "meaning": "a"}] * 2}, "twice"),
    "too few questions": ({"questions": []}, "has not the form"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_does_not_fit_the_text_is_asked_for_again_later(
    wrong: str, context_for: ContextFor, wire: Wire
) -> None:
    changes, said = WRONG[wrong]
    wire.answer("Activities", completion(answer(**changes)))
    with pytest.raises(TransientError) as refused:
        await make_activities(context_for(), story(TEXT))
    assert said in refused.value.for_operator
    assert "zebra" not in refused.value.for_operator, "no word of a model's goes to logs and alerts"


@pytest.mark.parametrize(
    ("language", "text", "word", "taught"),
    [
        ("en", "The will-o’-the-wisp was a lantern.", "will-o'-the-wisp", "will-o'-the-wisp"),
        ("en", "A lantern in the fog.", "“fog.”", "fog"),
        ("tr", "İstasyon ve lantern.", "istasyon", "istasyon"),
        ("fr", "Un ph\u00e9nix, une lantern.", "phe\u0301nix", "ph\u00e9nix"),
        ("ja", "さくらは灯台へ行きました。lantern", "灯台", "灯台"),
        ("th", "แมวเดินเข้าไปในป่า lantern", "ป่า", "ป่า"),
    ],
)
async def test_a_word_is_found_in_the_story_however_a_model_spells_it(
    language: str, text: str, word: str, taught: str, context_for: ContextFor, wire: Wire
) -> None:
    vocabulary = [{"word": "lantern", "meaning": "a lamp"}, {"word": word, "meaning": "b"}]
    wire.answer("Activities", completion(answer(vocabulary=vocabulary)))
    made = await make_activities(context_for(language=language), story(text))
    assert made.vocabulary[1].word == taught
