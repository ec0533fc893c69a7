"""What a teacher would mark in a story: who speaks where, what can be done where, what is asked about it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest

from emulator_models.answers import ContentOrder
from emulator_models.shapes import STORY_TYPES, Activities, StoryContent
from emulator_models.storyteller import answer
from emulator_models.storyteller.dialogue import a_paragraph_each
from emulator_models.storyteller.library import LANGUAGES, words


def person(name: str, *traits: str) -> dict[str, Any]:
    return {"name": name, "age": 7, "traits": [{"id": id_} for id_ in traits]}


CASTS = {
    "3-5": [person("Maya", "manual_wheelchair")],
    "6-8": [person("Maya", "manual_wheelchair"), person("Leo", "hearing_aid")],
    "9+": [
        person("Maya", "manual_wheelchair", "hearing_aid"),
        person("Noor", "white_cane", "head_covering"),
        person("Teo", "crutches_cane", "limb_difference_prosthesis"),
    ],
}
LENGTHS = {"3-5": (250, 450), "6-8": (450, 800), "9+": (800, 1200)}
SPOKE = {
    "en": r"” (?:said|asked|called|whispered|answered|cried) ([^\s,.]+)",
    "de": r"“,? (?:sagte|fragte|rief|flüsterte|antwortete) ([^\s,.]+)",
    "fr": r"»,? (?:dit|dirent|demanda|cria|chuchota|répondit) ([^\s,.]+)",
    "es": r"(?:^—|\\. —)[^—]* —(?:dijo|preguntó|gritó|susurró|contestó) ([^\s,.—]+)",
}


def data(language: str, kind: str, band: str) -> dict[str, Any]:
    least, most = LENGTHS[band]
    return {
        "characters": CASTS[band],
        "story_type": kind,
        "themes": ["courage", "friendship"],
        "age_band": band,
        "words": {"min": least, "max": most},
        "language": language,
    }


def stories(language: str, *seeds: int) -> Iterator[tuple[StoryContent, str]]:
    for kind, band, seed in itertools.product(STORY_TYPES, CASTS, seeds or (1, 2)):
        order = ContentOrder("StoryContent", data(language, kind, band), "", seed)
        yield StoryContent.model_validate(answer(order)), band


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_else_speaks_in_a_speakers_paragraph(language: str) -> None:
    for story, _ in stories(language):
        for paragraph in story.text.replace("\u00a0", " ").split("\n\n"):
            assert len(set(re.findall(SPOKE[language], paragraph))) <= 1, paragraph
            if language == "es":
                assert not re.search(r"[.!?…] —[A-ZÁÉÍÓÚÑ¿¡]", paragraph), paragraph


@pytest.mark.parametrize(
    ("language", "text", "parted"),
    [
        ("en", "“Tag?” asked Bo. “Yes,” said Maya.", "“Tag?” asked Bo.\n\n“Yes,” said Maya."),
        ("en", "“No,” said Bo. “Not now,” said Bo.", "“No,” said Bo. “Not now,” said Bo."),
        (
            "en",
            "“What is brown?” asked Bo. Nobody knew. “A stick.”",
            "“What is brown?” asked Bo. Nobody knew. “A stick.”",
        ),
        ("en", "“I think,” said Bo, “so.” “So do I,” said Maya.", "“I think,” said Bo, “so.”\n\n“So do I,” said Maya."),
        ("de", "„Laut?“, fragte Bo. „Nein“, sagte Maya.", "„Laut?“, fragte Bo.\n\n„Nein“, sagte Maya."),
        ("fr", "« Ohé ? » cria Bo. « Oui », dit Maya.", "« Ohé ? » cria Bo.\n\n« Oui », dit Maya."),
        ("fr", "« Qui ? » cria Bo. « Nous, dit Maya. Ici. »", "« Qui ? » cria Bo.\n\n« Nous, dit Maya. Ici. »"),
        ("es", "—¿Sí? —preguntó Bo. —Sí —dijo Maya—. Ya.", "—¿Sí? —preguntó Bo.\n\n—Sí —dijo Maya—. Ya."),
    ],
)
def test_whoever_speaks_next_begins_a_paragraph(language: str, text: str, parted: str) -> None:
    assert a_paragraph_each(text, language) == parted


def test_nobody_goes_ahead_in_a_boat_or_a_room() -> None:
    ahead = re.compile(
        r"try the ground|raced to the front|swung across the gap|tested the ground|others had missed|went on ahead"
    )
    aboard = re.compile(r"\b(?:in|on) a (?:[\w-]+,? ){0,3}(?:bed-boat|boat|raft|rocket)\b")
    afloat = 0
    for story, _ in stories("en", 1, 2, 3):
        for beat in story.beats:
            if aboard.search(beat.seen):
                afloat += 1
                assert not ahead.search(beat.text), beat.text
    assert afloat > 5


def test_one_who_is_alone_is_not_many() -> None:
    for seed in range(12):
        story = StoryContent.model_validate(
            answer(ContentOrder("StoryContent", data("en", "bedtime", "3-5"), "", seed))
        )
        assert "They were asleep" not in story.text


def test_what_people_are_like_is_not_told_in_a_row() -> None:
    traits = re.compile(r"^(?:Maya|Noor|Teo)\b[^“”]*(?:wheel|hearing|cane|head covering|crutch|prosthe|running blade)")
    for story, band in stories("en"):
        for beat in story.beats[1:]:
            row = [bool(traits.match(paragraph)) for paragraph in beat.text.split("\n\n")]
            most = max((len(list(same)) for told, same in itertools.groupby(row) if told), default=0)
            assert most <= 2, (band, beat.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_ask_what_happened_and_at_most_one_leaves_out_a_word_worth_knowing(language: str) -> None:
    gaps = 0
    for story, band in stories(language, 1):
        document = {"title": story.title, "beats": [beat.model_dump() for beat in story.beats], "moral": story.moral}
        order = ContentOrder("Activities", document | {"age_band": band, "language": language}, "", 1)
        questions = Activities.model_validate(answer(order)).questions
        gapped = [question for question in questions if "____" in question.question]
        assert len(gapped) <= 1
        assert not any(question.answer == story.title for question in questions)
        gaps += len(gapped)
        taught = {word.lower() for word in words("glossary", language)["words"]}
        assert all(question.answer.lower() in taught for question in gapped)
    assert gaps <= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_story_about_one_child_no_two_questions_have_the_same_answer(language: str) -> None:
    for seed, kind in itertools.product(range(3), ("bedtime", "mystery", "adventure")):
        asked = data(language, kind, "6-8") | {"characters": CASTS["6-8"][:1]}
        story = StoryContent.model_validate(answer(ContentOrder("StoryContent", asked, "", seed)))
        document = {"title": story.title, "beats": [beat.model_dump() for beat in story.beats], "moral": story.moral}
        order = ContentOrder("Activities", document | {"age_band": "6-8", "language": language}, "", seed)
        answers = [question.answer for question in Activities.model_validate(answer(order)).questions]
        assert len(set(answers)) == len(answers) >= 3, answers


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_said_something_is_no_more_than_half_of_what_a_family_is_asked(language: str) -> None:
    table = words("activities", language)
    openings = {
        kind: table[kind].partition("{")[0] for kind in ("why", "who_answered", "who_said", "which_first")
    }  # who did something opens with that very thing
    met = set()
    for story, band in stories(language, 1):
        document = {"title": story.title, "beats": [beat.model_dump() for beat in story.beats], "moral": story.moral}
        order = ContentOrder("Activities", document | {"age_band": band, "language": language}, "", 1)
        asked = [one.question for one in Activities.model_validate(answer(order)).questions]
        kinds = [next((kind for kind, how in openings.items() if one.startswith(how)), "who_did") for one in asked]
        met |= set(kinds)
        assert kinds.count("who_said") <= (len(kinds) + 1) // 2, asked
        assert len(set(kinds)) >= 2, asked
    assert len(met) >= 4, met
