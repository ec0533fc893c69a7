"""Looks that a family tells in another language than English are drawn as they are told."""

from __future__ import annotations

import pytest

from emulator_models.illustrator.figures.look import Look, kind_told, read_look
from emulator_models.illustrator.figures.told_in import in_english
from emulator_models.prompt_data import CharacterSheet


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("ein Junge mit blonden Haaren und grünem Pullover", "a boy with blonde hair and a green jumper"),
        ("ein Mädchen mit dunkelbrauner Haut, zwei Zöpfen und gelben Gummistiefeln",
         "a girl with dark brown skin, two plaits and yellow wellies"),
        ("une fille aux cheveux bruns et courts, cape violette", "a girl with short brown hair, a purple cape"),
        ("un garçon à la peau foncée, les cheveux noirs et frisés, pull rouge",
         "a boy with dark skin, black and curly hair, a red jumper"),
        ("una niña con pelo castaño y largo y un vestido amarillo", "a girl with long brown hair and a yellow dress"),
        ("un niño de piel clara, pelo rubio y botas verdes", "a boy with light skin, blonde hair and green boots"),
    ],
)  # fmt: skip
def test_looks_told_in_german_french_and_spanish_are_drawn_as_in_english(told: str, meant: str) -> None:
    looks = [
        read_look(CharacterSheet(name="Alex", age=7, species="human", appearance=text, traits=[]), frozenset())
        for text in (told, meant)
    ]
    assert looks[0].hair == looks[1].hair
    assert (looks[0].skin, looks[0].text.is_female) == (looks[1].skin, looks[1].text.is_female)
    assert worn(looks[0]) == worn(looks[1])


def worn(look: Look) -> list[tuple[str, str] | None]:
    outfit = look.outfit
    return [
        (garment.kind, garment.color) if garment else None
        for garment in (outfit.top, outfit.bottom, outfit.shoes, *outfit.extras)
    ]


@pytest.mark.parametrize(
    "english",
    ["a long orange robe", "curly dark hair, yellow raincoat", "a tan bear in a red cape", "an arm, a pull cord", ""],
)
def test_english_looks_stay_as_they_are(english: str) -> None:
    assert in_english(english) == english


@pytest.mark.parametrize(
    ("species", "kind"), [("Hund", "dog"), ("renard", "fox"), ("Bär", "bear"), ("ratón", "mouse"), ("Mensch", "human")]
)
def test_kinds_are_known_by_their_other_names(species: str, kind: str) -> None:
    assert kind_told(species) == kind_told(kind)
