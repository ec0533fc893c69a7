"""The storyteller: the story asked for, in every language, and what hangs on it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest

from emulator_models.answers import ContentOrder
from emulator_models.shapes import (
    STORY_TYPES,
    Activities,
    PaletteJourney,
    SceneAnalysis,
    Shape,
    SoftenedScene,
    StoryContent,
)
from emulator_models.storyteller import UnknownShapeError, answer, chat
from emulator_models.storyteller.library import LANGUAGES, plots, themes, traits, words

Answer = TypeVar("Answer", bound=Shape)
Character = dict[str, Any]
BANDS = {"3-5": 4, "6-8": 7, "9+": 10}
LEFTOVER = re.compile(
    r"[{}<>|#*]|@\w|  | [,.;!?]|\.\.(?!\.)|\b(?:a [aeio]\w|an [bcdfgjklmnpqrstvwxyz]\w)", re.IGNORECASE
)
DOUBLED = re.compile(r"\b(?!had|that|die|sie|nous|vous|der)(\w+) \1\b", re.IGNORECASE)


def sheet(
    name: str,
    age: int | None = None,
    species: str = "human",
    appearance: str = "",
    traits: Sequence[str] = (),
) -> Character:
    return {
        "name": name,
        "age": age,
        "species": species,
        "appearance": appearance,
        "traits": [{"id": id_, "must_show": "", "respect": ""} for id_ in traits],
    }


MAYA = sheet("Maya", 7, "human", "curly black hair, brown eyes and a yellow raincoat", ["manual_wheelchair"])
LEO = sheet("Leo", 6, "human", "short blond hair. He wears a red jumper", ["hearing_aid", "glasses"])
BO = sheet("Bo", None, "fox", "orange fur and a white tail")
TIK = sheet("Tik", 2, "robot", "silver panels", ["aac_device"])
NOOR = sheet("Noor", 8, "human", "brown eyes, a green hijab", ["white_cane", "head_covering"])


def request(
    story_type: str = "adventure",
    asked: Sequence[str] = ("courage",),
    cast: Sequence[Character] = (MAYA, BO),
    band: str = "6-8",
    limits: tuple[int, int] = (450, 700),
    **more: Any,
) -> dict[str, Any]:
    return {
        "characters": list(cast),
        "story_type": story_type,
        "themes": list(asked),
        "title": None,
        "age": BANDS[band],
        "age_band": band,
        "words": {"min": limits[0], "max": limits[1]},
        "language": "en",
        "correction": None,
    } | more


def answered(
    shape: type[Answer],
    data: dict[str, Any] | None,
    prompt: str = "",
    *,
    seed: int = 1,
    scenes: int | None = None,
) -> Answer:
    return shape.model_validate(answer(ContentOrder(shape.__name__, data, prompt, seed, scenes)))


def write(seed: int = 1, scenes: int | None = None, **more: Any) -> StoryContent:
    return answered(StoryContent, request(**more), seed=seed, scenes=scenes)


def everything(story: StoryContent) -> str:
    parts = [story.title, story.text, story.cover_scene, story.moral, story.dedication]
    return "\n".join(parts + [beat.seen for beat in story.beats])


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("story_type", STORY_TYPES)
def test_every_type_and_band_keeps_to_the_words_asked_for(story_type: str, band: str) -> None:
    casts = [(MAYA,), (MAYA, LEO, BO), (MAYA, LEO, BO, TIK, NOOR)]
    for (seed, cast), limits in itertools.product(enumerate(casts), [(450, 700), (300, 450), (700, 900)]):
        story = write(seed=seed, story_type=story_type, band=band, cast=cast, limits=limits)
        assert limits[0] <= len(story.text.split()) <= limits[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("story_type", STORY_TYPES)
def test_nothing_is_left_over_in_any_language(story_type: str, language: str) -> None:
    for seed, cast in enumerate([(MAYA,), (NOOR, LEO), (MAYA, LEO, BO, TIK)]):
        text = everything(
            write(seed=seed, story_type=story_type, cast=cast, asked=("hope", "sharing"), language=language)
        )
        found = DOUBLED.search(text) or (
            LEFTOVER.search(text) if language == "en" else re.search(r"[{}<>|#*]|  ", text)
        )
        assert not found, text[max(found.start() - 40, 0) : found.end() + 20]


@pytest.mark.parametrize("story_type", STORY_TYPES)
def test_everyone_is_in_the_text_and_in_every_picture(story_type: str) -> None:
    cast = (MAYA, LEO, BO, TIK, NOOR)
    story = write(story_type=story_type, cast=cast)
    for character in cast:
        assert story.text.count(character["name"]) >= 2
        assert all(character["name"] in shown for shown in story.pictures.values())
    assert "fox" in story.beats[0].text
    assert "robot" in story.beats[0].text
    assert "yellow raincoat" in story.beats[0].text


@pytest.mark.parametrize("id_", sorted(traits("en")))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_trait_is_told_by_one_of_its_own_phrases(language: str, id_: str) -> None:
    others = [sheet("Ada", 8, traits=[id_]), sheet("Ada", 8, traits=["agency_position", id_])]
    for character in others:
        text = write(cast=(character, BO), language=language).text.replace("\u00a0", " ")
        phrases = traits(language)[id_].intro + traits(language)[id_].acts + traits(language)[id_].still
        kept = [re.split(r"[^\w\s]|\{", phrase.replace("'", "’").split("{c}")[-1])[0].strip() for phrase in phrases]
        whole = [
            max(re.split(r"[{}\"“”]|c\.?said|\bc\b", phrase.replace("'", "’")), key=len).strip() for phrase in phrases
        ]
        assert any(piece and piece in text for piece in kept + whole)


@pytest.mark.parametrize("id_", sorted(id_ for id_, theme in themes("en").items() if theme.words))
def test_every_theme_turns_the_story_and_names_itself(id_: str) -> None:
    word = themes("en")[id_].words[0]
    story = write(asked=(word,))
    assert word in story.beats[3].text.lower()
    assert story.moral in {moral.replace("'", "’") for moral in themes("en")[id_].morals}
    assert story.beats[2].text != write(asked=("courage" if id_ != "courage" else "hope",)).beats[2].text


def test_a_theme_nobody_foresaw_is_woven_in() -> None:
    story = write(asked=("collecting <odd> {buttons}",))
    assert "collecting <odd> {buttons}" in story.beats[2].text
    assert "collecting" not in story.moral + story.dedication


def test_there_are_several_plots_for_every_type() -> None:
    assert all(len(plots("en", kind)) >= 3 for kind in STORY_TYPES)
    assert len([id_ for id_, theme in themes("en").items() if theme.words]) >= 24
    assert len(words("glossary")["words"]) >= 120


def shingles(text: str) -> set[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text.lower())
    return {tuple(tokens[index : index + 4]) for index in range(len(tokens) - 3)}


def test_ten_requests_differ() -> None:
    asked = [
        "courage",
        "kindness",
        "honesty",
        "patience",
        "hope",
        "humour",
        "trust",
        "family",
        "change",
        "sharing",
    ]
    stories = [
        write(seed=seed, story_type=STORY_TYPES[seed % 9], asked=(theme,), cast=(sheet(f"Name{seed}", 7),))
        for seed, theme in enumerate(asked)
    ]
    for one, other in itertools.combinations(stories, 2):
        first, second = shingles(one.text), shingles(other.text)
        assert len(first & second) / min(len(first), len(second)) < 0.15 or one.beats[0].mood == other.beats[0].mood
    assert len({story.title for story in stories}) == 10


def test_another_seed_tells_another_story_and_the_same_seed_the_same() -> None:
    assert write(seed=5) == write(seed=5)
    assert len({write(seed=seed).text for seed in range(8)}) == 8


@pytest.mark.parametrize(("people", "each"), [(5, 20), (2, 39), (8, 39)])
@pytest.mark.parametrize(("band", "limits"), [("3-5", (250, 450)), ("9+", (800, 1200))])
def test_many_traits_leave_no_page_empty_and_keep_to_the_length(
    people: int, each: int, band: str, limits: tuple[int, int]
) -> None:
    known = sorted(traits("en"))
    names = ("Maya", "Leo", "Noor", "Ada", "Bo", "Nia", "Tom", "Zoe")
    cast = [sheet(name, 6, traits=(known * 2)[:each]) for name in names[:people]]
    story = write(cast=cast, band=band, limits=limits)
    assert all(beat.text.strip() for beat in story.beats)
    assert limits[0] <= len(story.text.split()) <= limits[1]


def test_a_correction_changes_the_length_and_not_the_story() -> None:
    lengths = [len(write(correction=correction).text.split()) for correction in ("too long", None, "too short")]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[2]
    assert write(correction="too short").title == write().title


@pytest.mark.parametrize(
    "name", ['Zoë "Zip" O\'Hara', "<b>Max</b> & Co", "{a} # @task", "🦊 Fips 👩🏽‍🦽", "a|b (c|d)", "李明"]
)
def test_names_come_through_as_plain_text(name: str) -> None:
    for cast in [(sheet(name, 5),), (BO, sheet(name, 5))]:
        story = write(cast=cast)
        assert name in story.beats[0].text
        assert name in story.cover_scene


def test_a_title_that_was_given_is_kept() -> None:
    assert write(title="  The Day\nof the Kite ").title == "The Day of the Kite"


def test_little_ones_get_their_refrain() -> None:
    story = write(band="3-5")
    assert len(set(story.beats[0].text.split("\n\n")) & set(story.beats[1].text.split("\n\n"))) == 1


def test_bedtime_ends_asleep_and_birthdays_have_cake() -> None:
    for seed in range(6):
        assert re.search(r"asleep|slept|Goodnight|sleep", write(seed=seed, story_type="bedtime").beats[3].text)
        assert "cake" in write(seed=seed, story_type="birthday").text
        assert (
            "lue" in write(seed=seed, story_type="mystery").text
            or "etective" in write(seed=seed, story_type="mystery").text
        )


@pytest.mark.parametrize("scenes", [1, 2, 3, 5, 6, 8, 12])
def test_a_story_has_as_many_scenes_as_were_asked_for_and_a_palette_for_each(scenes: int) -> None:
    story = write(scenes=scenes)
    assert len(story.beats) == scenes
    assert all(beat.text for beat in story.beats)
    assert story.text.split() == write().text.split()
    beats = [beat.model_dump() for beat in story.beats]
    for journey in (
        answered(PaletteJourney, {"title": story.title, "beats": beats}),
        answered(PaletteJourney, {}, scenes=scenes),
    ):
        assert len(journey.steps) == scenes + 1
        assert len({step.name for step in journey.steps}) == scenes + 1


def test_scenes_of_a_story_are_in_different_light() -> None:
    for kind, seed in itertools.product(STORY_TYPES, range(6)):
        openings = {
            beat.seen.split(", ")[0] + beat.seen.split(", ")[1] for beat in write(seed=seed, story_type=kind).beats
        }
        assert len(openings) == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("story_type", STORY_TYPES)
def test_questions_can_be_answered_from_their_page(story_type: str, language: str) -> None:
    story = write(story_type=story_type, language=language, cast=(MAYA, LEO))
    data = {
        "title": story.title,
        "beats": [{"text": beat.text} for beat in story.beats],
        "moral": story.moral,
        "age_band": "9+",
        "language": language,
    }
    made = answered(Activities, data, seed=2)
    for question in made.questions:
        assert question.answer in story.beats[question.page - 1].text
    assert len({question.question for question in made.questions}) == len(made.questions)
    assert len({question.answer for question in made.questions}) == len(made.questions) >= 3
    for entry in made.vocabulary:
        assert re.search(rf"\b{entry.word}\b", story.text)
    assert made.vocabulary[0] != made.vocabulary[1]


def test_activities_cope_with_a_text_of_next_to_nothing() -> None:
    for text in ("", "Hm.", "🦊"):
        answered(Activities, {"beats": [{"text": text}]})


def test_the_palette_follows_the_moods_and_differs_from_story_to_story() -> None:
    seen = set()
    for kind in STORY_TYPES:
        story = write(story_type=kind)
        beats = [{"text": beat.text, "mood": beat.mood} for beat in story.beats]
        data = {
            "title": story.title,
            "story_type": kind,
            "themes": ["courage"],
            "beats": beats,
            "moral": story.moral,
        }
        journey = answered(PaletteJourney, data)
        assert len({step.name for step in journey.steps}) == 5
        assert len({tuple(step.colors) for step in journey.steps}) == 5
        assert all(4 <= len(step.colors) <= 5 for step in journey.steps)
        seen.add(tuple(tuple(step.colors) for step in journey.steps))
    assert len(seen) == len(STORY_TYPES)


def test_the_analysis_keeps_the_scene_and_moves_the_camera() -> None:
    story = write(cast=(MAYA, NOOR))
    cameras = set()
    for asset, shown in story.pictures.items():
        data = {
            "asset": asset,
            "scene": shown,
            "mood": "tense",
            "motif": "A Light",
            "characters": [MAYA, NOOR],
        }
        made = answered(SceneAnalysis, data)
        assert shown.rstrip(".") in made.action
        cameras.add(made.camera)
    assert len(cameras) == 5


def test_a_softened_scene_leaves_out_what_is_flagged_and_keeps_the_rest() -> None:
    data = {
        "scene": "Maya walks over the bridge. They stab him to death.",
        "characters": [{**MAYA, "appearance": "yellow raincoat, sexy"}],
    }
    made = answered(SoftenedScene, data)
    assert made.scene == "Maya walks over the bridge. Everybody is fully dressed, calm and safe."
    assert [(looks.name, looks.appearance) for looks in made.characters] == [("Maya", "yellow raincoat")]
    assert "Maya in a meadow" in answered(SoftenedScene, {**data, "scene": "He murders the guard."}).scene


@pytest.mark.parametrize("shape", [StoryContent, PaletteJourney, SceneAnalysis, SoftenedScene, Activities])
@pytest.mark.parametrize(
    ("data", "prompt"),
    [
        (None, ""),
        (None, "Write a bedtime story about a fox named Rusty and a girl called Ana for a 4-year-old."),
        ({}, "hello"),
        (
            {
                "characters": [1, {"name": ""}],
                "words": {"min": "x"},
                "themes": 3,
                "language": 7,
                "beats": [None],
            },
            "x",
        ),
    ],
)
def test_strangers_get_an_answer_too(shape: type[Shape], data: dict[str, Any] | None, prompt: str) -> None:
    answered(shape, data, prompt, seed=4)


def test_prose_names_its_characters() -> None:
    prompt = "Write a bedtime story about a fox named Rusty and a girl called Ana."
    text = answered(StoryContent, None, prompt).text
    assert "Rusty" in text
    assert "Ana" in text
    assert "Rusty" in chat(prompt)


def test_an_unknown_shape_is_refused() -> None:
    with pytest.raises(UnknownShapeError):
        answer(ContentOrder("ShoppingList", {}, "", seed=1))
