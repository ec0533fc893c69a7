"""Drawing prompts that keep under what a family of models takes: what matters least is shortened first.

A prompt's prose is ours and short; what grows is its document. Every character keeps name and trait ids to the last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from storytailor.errors import PermanentError
from storytailor.making.prompting import prompt

Data = Mapping[str, Any]
Shortening = Callable[[Data], Data]

POINTS_OF_FEEDBACK = 12
"""How many points of feedback are kept, the newest, where not all of them fit."""
SENTENCE_ENDS = ".!?;"


def fitting_prompt(template: str, data: Data, most: int, **values: object) -> str:
    """The prompt in at most `most` characters, shortened no further than it takes.

    Raises PermanentError when not even names and traits fit.
    """
    shortened = data
    for shorten in (_unchanged, *SHORTENINGS):
        shortened = shorten(shortened)
        text = prompt(template, shortened, **values)
        if len(text) <= most:
            return text
    raise PermanentError(
        "These characters have more to show than a picture's instructions may say.",
        remedy=f"IMAGE_MODEL takes {most:,} characters of prompt, and the shortest has {len(text):,}: set another.",
    )


def cut_at_sentence(text: str, most: int) -> str:
    """The text's first sentences, in at most `most` characters; of a single long one the first words."""
    if len(text) <= most:
        return text
    head = text[:most]
    end = max(head.rfind(mark) for mark in SENTENCE_ENDS)
    if end >= most // 3:
        return head[: end + 1]
    return head[: most - 1].rpartition(" ")[0] + "…"


def _unchanged(data: Data) -> Data:
    return data


def _palette_in_colors_only(data: Data) -> Data:
    return {**data, "palette": {key: value for key, value in data["palette"].items() if key != "name"}}


def _without_mood(data: Data) -> Data:
    return {key: value for key, value in data.items() if key != "mood"}


def _with_newest_feedback(data: Data) -> Data:
    points = data["feedback"][-POINTS_OF_FEEDBACK:]
    return {**data, "feedback": [cut_at_sentence(point, 300) for point in points]}


def _with_appearances_of(most: int) -> Shortening:
    return lambda data: {
        **data,
        "characters": [
            {**sheet, "appearance": cut_at_sentence(sheet["appearance"], most)} for sheet in data["characters"]
        ],
    }


def _staged_in_brief(data: Data) -> Data:
    analysis = data["analysis"]
    return {
        **data,
        "scene": cut_at_sentence(data["scene"], 800),
        "analysis": analysis and {key: cut_at_sentence(value, 300) for key, value in analysis.items()},
    }


def _traits_without(*left_out: str) -> Shortening:
    return lambda data: {
        **data,
        "characters": [
            {
                **sheet,
                "traits": [
                    {key: value for key, value in trait.items() if key not in left_out} for trait in sheet["traits"]
                ],
            }
            for sheet in data["characters"]
        ],
    }


SHORTENINGS: tuple[Shortening, ...] = (
    _traits_without("in_words"),  # how a story speaks of them
    _palette_in_colors_only,
    _without_mood,
    _with_newest_feedback,
    _with_appearances_of(800),
    _with_appearances_of(300),
    _staged_in_brief,
    _traits_without("respect"),
    _with_appearances_of(120),
    _traits_without("must_show"),
)
