"""No story of the emulator's own is refused by its rules for children: a false alarm would fail a whole story.

A sample: every type once in each language, each time with another theme and age; with activities and two looks at a
scene. Before rules are landed, thousands are judged: `python tests/test_own_stories_pass.py SECONDS`.
"""

from __future__ import annotations

import random
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import emulator_models.storyteller
from emulator_models.answers import ContentOrder
from emulator_models.child_safety import judge_texts
from emulator_models.shapes import STORY_TYPES
from emulator_models.storyteller import answer
from emulator_models.storyteller.library import LANGUAGES

DATA = Path(emulator_models.storyteller.__file__).parent / "data"
BANDS = {"3-5": (4, 250, 450), "6-8": (7, 450, 800), "9+": (10, 800, 1200)}
MAYA = {"name": "Maya", "age": 7, "species": "human", "appearance": "curly hair and a yellow coat", "traits": []}
LEO = {"name": "Leo", "age": 6, "species": "fox", "appearance": "red fur", "traits": []}


def themes(language: str) -> list[str]:
    listed = tomllib.loads((DATA / language / "themes.toml").read_text(encoding="utf-8"))
    return [(theme["words"] or [name])[0] for name, theme in listed.items()]


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from strings(value)


def answers(language: str, kind: str, theme: str, number: int) -> Iterator[Any]:
    """What is answered for one story, an answer at a time, as each is judged."""
    band = list(BANDS)[number % 3]
    age, least, most = BANDS[band]
    story = {
        "characters": [MAYA, LEO],
        "story_type": kind,
        "themes": [theme],
        "age": age,
        "age_band": band,
        "words": {"min": least, "max": most},
        "language": language,
    }
    content = answer(ContentOrder("StoryContent", story, "", number))
    yield content
    about = {"title": content["title"], "beats": content["beats"], "moral": content["moral"], "language": language}
    yield answer(ContentOrder("Activities", about | {"age_band": band}, "", number))
    for beat in content["beats"][:2]:
        scene = {"asset": "scene_1", "scene": beat["seen"], "mood": beat["mood"], "motif": "light"}
        scene |= {"palette": {"name": "Dawn", "colours": ["#aabbcc"] * 4}, "characters": [MAYA, LEO]}
        yield answer(ContentOrder("SceneAnalysis", scene, "", number))


def alarms_of(language: str, kind: str, theme: str, number: int) -> list[tuple[object, ...]]:
    """What the judge finds in one story, with what makes it again."""
    return [
        (language, kind, theme, number, concern.concern, concern.quote)
        for given in answers(language, kind, theme, number)
        for concern in judge_texts(list(strings(given)))
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_the_storyteller_writes_is_unfit_by_the_rules(language: str) -> None:
    told_of = themes(language)
    orders = [(kind, told_of[number * 7 % len(told_of)], number) for number, kind in enumerate(STORY_TYPES)]
    assert [alarm for order in orders for alarm in alarms_of(language, *order)] == []


if __name__ == "__main__":
    chance, end, told = random.Random(), time.monotonic() + float(sys.argv[1]), 0
    while time.monotonic() < end:
        language = chance.choice(LANGUAGES)
        order = (chance.choice(STORY_TYPES), chance.choice(themes(language)), chance.randrange(1 << 31))
        told += 1
        print(*alarms_of(language, *order), sep="\n", end="")
    print(f"{told} stories judged")
