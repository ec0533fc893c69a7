"""Whom and what a story's pictures are said to show is in them: nobody who talks is missing, no stranger there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator_models.answers import ContentOrder
from emulator_models.illustrator import draw, judge, vocabulary
from emulator_models.illustrator.companions import SMALL, companions_in
from emulator_models.illustrator.composition import compose
from emulator_models.illustrator.figures.animals import KIND_WORDS
from emulator_models.illustrator.figures.look import read_look
from emulator_models.illustrator.props import PROPS
from emulator_models.illustrator.scene_reading import Reading, read_prompt
from emulator_models.prompt_data import CharacterSheet
from emulator_models.storyteller import answer
from emulator_models.storyteller.library import LANGUAGES, Plot, all_plots, pictured_in_english, words
from emulator_models.storyteller.request import read_request
from emulator_models.storyteller.scenes import Scene, seen
from emulator_models.storyteller.telling import Telling

UNDRAWN = frozenset((Path(__file__).parent / "words_without_a_drawing.txt").read_text(encoding="utf-8").split())
"""Words of the scenes that name nothing to be drawn by itself: what somebody does, how something is, what is a part of
a place, of clothes or of a thing, and names."""
GIRL = {"name": "Maya", "age": 7, "species": "human", "appearance": "a girl with brown skin", "traits": []}
BOY = {"name": "Leo", "age": 8, "species": "human", "appearance": "a boy with red hair", "traits": []}


def telling(plot: Plot, language: str, other: str, cast: list[dict[str, Any]]) -> Telling:
    data = {
        "characters": cast, "story_type": plot.types[0], "themes": ["courage"], "title": None, "age": 7,
        "age_band": "6-8", "words": {"min": 300, "max": 500}, "language": language, "correction": None,
    }  # fmt: skip
    told = Telling(read_request(ContentOrder("StoryContent", data, "", seed=1)))
    told.plot = plot
    told.picks = {name: options[0] for name, options in plot.picks.items()} | ({"other": other} if other else {})
    return told


def scenes(plot: Plot, language: str, other: str = "", cast: list[dict[str, Any]] | None = None) -> Iterator[str]:
    """What the pictures of a plot are said to show."""
    told = telling(plot, language, other, cast or [GIRL, BOY])
    for beat in range(len(plot.beats)):
        yield told.verbatim.restore(seen(told.in_english(), Scene(beat, 0, ())))


def reading(scene: str, cast: list[dict[str, Any]] | None = None, **more: Any) -> Reading:
    data = {"asset": "scene_2", "scene": scene, "characters": cast or [GIRL, BOY], "palette": {"colours": []}, **more}
    return read_prompt(f"<data>{json.dumps(data)}</data>")


EVERY_PLOT = [pytest.param(language, plot, id=f"{language}-{plot.id}")
              for language in LANGUAGES for plot in all_plots(language)]  # fmt: skip


@pytest.mark.parametrize(("language", "plot"), EVERY_PLOT)
def test_whoever_else_a_plot_can_have_is_drawn_wherever_its_scenes_name_them(language: str, plot: Plot) -> None:
    for number, other in enumerate(plot.picks.get("other", ())):
        english = plot.others_in_english[number] if language != "en" else other
        name = re.split(r", | the ", english.removeprefix("the "))[0].lower()
        said = list(scenes(plot, language, other))
        shown = [reading(scene) for scene in said if english.lower() in scene.lower()]
        assert shown or sum(map(_has_somebody, map(reading, said))) > 1, f"no scene shows {english}"
        for one in shown:
            assert _has_somebody(one) or name in " ".join(who.name.lower() for who in one.companions), english


def _has_somebody(one: Reading) -> bool:
    return any(PROPS[thing].somebody for thing in one.things)


@pytest.mark.parametrize(("language", "plot"), EVERY_PLOT)
def test_every_thing_a_scene_names_is_in_its_picture(language: str, plot: Plot) -> None:
    for scene in scenes(plot, language):
        read = reading(scene)
        indoors = {"rainbow", "comet"}  # seen through no wall
        assert set(read.things) - indoors <= set(compose(read, 1000, frozenset()).things), scene


def test_every_word_of_a_scene_is_drawn_or_known_to_name_no_thing() -> None:
    tables = (vocabulary.PLACE_WORDS, vocabulary.PROP_WORDS, vocabulary.POSE_WORDS, vocabulary.TIME_WORDS,
              vocabulary.WEATHER_WORDS, vocabulary.MOOD_WORDS)  # fmt: skip
    drawn = [re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for table in tables for pattern in table.values()]
    drawn.append(re.compile(rf"\b(?:{KIND_WORDS})s?\b", re.IGNORECASE))
    unknown = set()
    for text in {text for language in LANGUAGES for plot in all_plots(language) for text in _picture_texts(plot)}:
        left = re.sub(r"\{\w+\}", " ", text)
        for pattern in drawn:
            left = pattern.sub(" ", left)
        unknown |= {word.lower() for word in re.findall(r"[A-Za-z'’-]+", left)} - UNDRAWN
    assert not unknown


def _picture_texts(plot: Plot) -> Iterator[str]:
    """All that can be said of a plot's pictures, in English."""
    beats = (pictured_in_english(plot) if plot.in_english else plot).beats
    said = [text for beat in beats for text in (beat.place, beat.scene, *beat.poses)]
    yield from said
    for name, options in plot.picks.items():
        if not plot.in_english and any(f"{{{name}" in text for text in said):
            yield from options


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_goes_along_with_a_single_child_is_in_every_picture_and_small(language: str) -> None:
    names = {one["name"] for one in words("names", language)["sidekicks"]}
    met = set()
    for number in range(24):
        plot = all_plots(language)[number % len(all_plots(language))]
        for scene in scenes(plot, language, cast=[GIRL | {"name": f"Ada{number}"}]):
            (along,) = [one for one in companions_in(scene, ()) if one.name in names]
            assert along.appearance == SMALL
            met.add(along.name)
    assert met == names


def test_a_dragon_of_the_story_stands_beside_the_dragon_it_is_about() -> None:
    tison: dict[str, Any] = {"name": "Tison", "age": None, "species": "dragon", "appearance": "", "traits": []}
    read = reading("Tison holds up a lantern. Smoulder the dragon lies in the cave.", [tison])
    assert [(one.name, one.species) for one in read.companions] == [("Smoulder", "dragon")]


@pytest.mark.parametrize(
    "scene", ["A boy and a girl wave.", "The girl holds a kite while the boy runs; a child laughs."]
)
def test_a_boy_and_a_girl_with_sheets_are_not_drawn_a_second_time_as_strangers(scene: str) -> None:
    assert reading(scene).companions == ()


@pytest.mark.parametrize(
    ("species", "appearance"),
    [("human", "a boy with red hair"), ("boy", "red hair"), ("human", "ein Junge"), ("human", "un garçon"),
     ("human", "un niño"), ("human", "red hair"), ("human", "a boy in his mother's hat")],
)  # fmt: skip
def test_nobody_wears_a_girl_s_hair_of_whom_the_record_does_not_say_it(species: str, appearance: str) -> None:
    for name in ("Leo", "Tom", "Noah", "Ali", "Kai", "Jonas", "Omar", "Finn", "Luis", "Emil", "Max", "Sami"):
        look = read_look(CharacterSheet(name=name, age=7, species=species, appearance=appearance), frozenset())
        assert look.hair.style in ("short", "buzz", "bob", "afro")
        if appearance != "red hair" or species == "boy":
            assert look.hair.style != "bob"
            assert look.outfit.bottom is None or look.outfit.bottom.kind not in ("skirt", "tutu")


def test_the_judge_misses_somebody_whom_the_scene_names_and_the_picture_has_not() -> None:
    scene = "Maya waves. Old Barnacle the seal holds a key."
    data = {"asset": "scene_2", "scene": scene, "characters": [GIRL], "palette": {"colours": []}}
    whole = draw(f"<data>{json.dumps(data)}</data>", size=(320, 320))
    without = draw(f"<data>{json.dumps(data | {'scene': 'Maya waves.'})}</data>", size=(320, 320))

    def company(picture: bytes) -> tuple[str, str]:
        (said,) = [one for one in judge(picture, data)["verdicts"] if one["trait"] == "company"]
        return said["verdict"], said["reason"]

    assert company(whole) == ("present", "")
    verdict, reason = company(without)
    assert verdict == "absent"
    assert "Old Barnacle" in reason


def test_a_story_of_one_child_says_who_goes_along_in_each_picture_s_description() -> None:
    data = {
        "characters": [GIRL], "story_type": "bedtime", "themes": ["courage"], "title": None, "age": 7,
        "age_band": "6-8", "words": {"min": 300, "max": 500}, "language": "de", "correction": None,
    }  # fmt: skip
    story = answer(ContentOrder("StoryContent", data, "", seed=1))
    assert all("ist auch dabei" in beat["alt"] and "is there too" in beat["seen"] for beat in story["beats"])
    assert "ist auch dabei" in story["cover_alt"]
