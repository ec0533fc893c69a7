"""Themes in a family's own words: told so that a family could read them aloud, whatever has happened to it."""

from __future__ import annotations

import re

import pytest

from emulator_models.answers import ContentOrder
from emulator_models.shapes import StoryContent
from emulator_models.storyteller import answer
from emulator_models.storyteller.wishes import read_wish

HARD = {
    "en": {
        "loss": ["grandma died", "Grandpa is dead.", "our dog passed away", "why do people die?", "missing grandpa"],
        "illness": ["mama is sick", "my sister has cancer", "going to hospital"],
        "parting": ["mum and dad are getting divorced", "papa moved out", "two homes"],
        "heavy": ["the war in Ukraine", "papa is in prison"],
        "bullying": ["being bullied at school", "nobody likes me"],
    },
    "de": {
        "loss": ["Oma ist gestorben", "Opa ist im Himmel", "unser Hund ist tot", "ich vermisse Opa", "Trauer"],
        "illness": ["Mama ist krank", "Krebs", "ins Krankenhaus gehen"],
        "parting": ["Mama und Papa lassen sich scheiden", "Papa ist ausgezogen"],
        "heavy": ["Krieg", "Flucht"],
        "bullying": ["Mobbing", "ich werde ausgelacht"],
    },
    "fr": {
        "loss": ["mamie est morte", "papy est parti au ciel", "la mort", "notre chien est mort", "pourquoi on meurt ?"],
        "illness": ["maman est malade", "le cancer", "aller à l'hôpital"],
        "parting": ["le divorce", "papa est parti", "deux maisons"],
        "heavy": ["la guerre", "papa est en prison"],
        "bullying": ["le harcèlement", "on se moque de moi"],
    },
    "es": {
        "loss": ["murió la abuela", "el abuelo está en el cielo", "se murió nuestro perro", "extraño a mi abuelo"],
        "illness": ["mamá está enferma", "el cáncer", "ir al hospital"],
        "parting": ["el divorcio", "papá se fue de casa", "dos casas"],
        "heavy": ["la guerra", "papá está en la cárcel"],
        "bullying": ["el acoso escolar", "se ríen de mí"],
    },
}
SAID = {
    "en": [
        "my first day at school",
        "no more pacifier",
        "we got a puppy",
        "shy",
        "afraid of the dark",
        "I lost my tooth",
    ],
    "de": [
        "mein erster Schultag",
        "kein Schnuller mehr",
        "wir haben einen Hund",
        "in den Kindergarten kommen",
        "das Meer",
    ],
    "fr": ["mon premier jour d'école", "plus de tétine", "déménager en Espagne", "être courageux", "les dinosaures"],
    "es": ["mi primer día de colegio", "sin chupete", "mudarse a España", "ser valiente", "los dinosaurios"],
}
ASKED = {
    "en": "why is the sky blue",
    "de": "Warum ist der Himmel blau?",
    "fr": "pourquoi le ciel est bleu",
    "es": "¿por qué el cielo es azul?",
}
BUILT_IN = ["starting kindergarten", "moving to Spain", "dinosaurs", "the sea", "collecting buttons", "big feelings"]
NOT_QUOTED = {"en": r"“[^”]*”", "de": r"„[^“]*“", "fr": r"«[^»]*»", "es": r"(?:^|\n)—[^\n]*"}


def story_about(asked: str, language: str, seed: int = 1) -> StoryContent:
    data = {
        "characters": [{"name": "Maya", "age": 7}, {"name": "Bo", "species": "fox"}],
        "story_type": ("adventure", "bedtime", "birthday")[seed % 3],
        "themes": [asked, "courage"],
        "words": {"min": 300, "max": 500},
        "language": language,
    }
    return StoryContent.model_validate(answer(ContentOrder("StoryContent", data, "", seed)))


@pytest.mark.parametrize("language", HARD)
def test_what_is_hard_is_told_tenderly_and_never_named(language: str) -> None:
    for id_, wishes in HARD[language].items():
        for seed, asked in enumerate(wishes):
            assert (read_wish(asked, language).theme.id, read_wish(asked, language).form) == (id_, "hard"), asked
            story = story_about(asked, language, seed)
            printed = "\n".join([story.title, story.text, story.moral, story.dedication])
            assert asked.strip(".?!¿ ").lower() not in printed.lower()


@pytest.mark.parametrize("language", HARD)
def test_the_one_who_misses_somebody_hears_that_sadness_and_remembering_are_allowed(language: str) -> None:
    comforts = {
        "en": "I tell somebody one thing that I remember",
        "de": "ich erzähle etwas, woran ich mich erinnere",
        "fr": "je raconte un souvenir",
        "es": "cuento algo que recuerdo",
    }
    story = story_about(HARD[language]["loss"][0], language)
    assert comforts[language].lower() in story.text.replace("\u00a0", " ").lower()


@pytest.mark.parametrize("language", SAID)
def test_words_that_are_no_noun_are_only_ever_said_aloud(language: str) -> None:
    for seed, asked in enumerate(SAID[language]):
        story = story_about(asked, language, seed)
        assert asked.lower() in story.text.lower(), asked
        narrated = re.sub(NOT_QUOTED[language], "", story.text).lower()
        assert asked.lower() not in narrated + story.moral.lower() + story.dedication.lower() + story.title.lower()


@pytest.mark.parametrize("language", ASKED)
def test_a_question_is_asked_and_wondered_about(language: str) -> None:
    story = story_about(ASKED[language], language)
    question = ASKED[language].strip("¿?")
    asked = question[:1].upper() + question[1:]
    assert re.search(rf"{re.escape(asked)}\s?\?", story.beats[2].text)
    assert question.lower() not in (story.moral + story.dedication).lower()


def test_a_noun_is_built_into_english_sentences_but_never_into_the_moral() -> None:
    for seed, asked in enumerate(BUILT_IN):
        story = story_about(asked, "en", seed)
        assert re.search(rf"(?:about|of) {asked}", story.text), asked
        assert asked not in story.moral + story.dedication


def test_a_theme_is_known_with_its_article_and_by_what_a_family_calls_it() -> None:
    known = {
        ("le courage", "fr"): "courage",
        ("die Geduld", "de"): "patience",
        ("la mudanza", "es"): "change",
        ("no more nappies", "en"): "change",
        ("scared of monsters", "en"): "courage",
        ("how the dinosaurs died out", "en"): "other",
        ("Star Wars", "en"): "other",
        ("grandma died", "fr"): "loss",
        ("divorce", "es"): "parting",
    }
    assert {asked: read_wish(*asked).theme.id for asked in known} == known
