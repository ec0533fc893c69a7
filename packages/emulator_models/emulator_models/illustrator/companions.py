"""Who else a scene names besides the characters with sheets: a dragon in a corner, a mouse, another child."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from emulator_models.illustrator.figures.animals import KIND_WORDS
from emulator_models.prompt_data import CharacterSheet

MOST = 3
SMALL = "very small"
"""What a companion is called, in its appearance, who is drawn no larger than a cat."""
_ADULTS = {"grown-up": 40, "grandmother": 72, "grandfather": 72, "gnome": 70}
_PEOPLE = "|".join(["child", "girl", "boy", *_ADULTS])
_ASLEEP = r"(?!\W+(?:sleeps|lies asleep))"  # those are things of the place
_NOT_THERE = rf"(?!\W+(?:tracks?|tail|eyes?|footprints?|mask|puppet|swing|boat|nest)){_ASLEEP}"
_NAME = r"(?P<name>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)*)"
_ARE = rf"(?P<like>(?:[\w-]+ ){{0,3}}?)(?P<kind>{KIND_WORDS}|{_PEOPLE})\b{_NOT_THERE}"
_NAMED = re.compile(rf"\b{_NAME},? (?:is )?(?:the|an?) {_ARE}")
_TITLED = re.compile(
    rf"\b(?P<name>(?:Mr|Mrs|Miss|Mother|Father|Old|(?:[Tt]he )?Rain) (?P<kind>(?i:{KIND_WORDS}))|"
    rf"(?P<person>Grandmother|Grandfather) (?!Whale)[A-ZÀ-Þ]\w+)\b(?! the\b)"
)
_SOME = re.compile(rf"\b(?:[Aa]n?|[Tt]he|[Oo]ne) {_ARE}")
_TINY = re.compile(r"\b(?:tiny|very small|knitted)\b")
_THINGS = frozenset({"duck", "hen", "gull", "robin", "bee", "giant"})
"""Kinds that are part of the place, or no kind at all, where nobody names one of them."""


def companions_in(scene: str, sheets: Sequence[CharacterSheet]) -> tuple[CharacterSheet, ...]:
    """Sheets of those others, the named ones first, at most three; nobody who has a sheet.

    Somebody with a name is there whatever the others are; of those without one, no kind comes twice, and no child
    beside children with sheets: that is one of them.
    """
    known = {sheet.name.casefold() for sheet in sheets}
    taken = {sheet.species.casefold() for sheet in sheets}
    if any(_is_child(sheet) for sheet in sheets):
        taken |= {"child", "girl", "boy"}
    if any(sheet.species.casefold() == "human" and not _is_child(sheet) for sheet in sheets):
        taken |= set(_ADULTS)
    found: list[CharacterSheet] = []
    for name, kind, like in _named(scene):
        if name.casefold() not in known and len(found) < MOST:
            known.add(name.casefold())
            taken.add(kind)
            found.append(_sheet(name, kind, like))
    for match in _SOME.finditer(scene):
        kind = match["kind"].lower()
        if kind not in taken | _THINGS and len(found) < MOST and f"{match['like']}{kind}" != "sleeping cat":
            taken.add(kind)
            found.append(_sheet(f"the {match['kind']}", kind, match["like"]))
    return tuple(found)


def _is_child(sheet: CharacterSheet) -> bool:
    return sheet.species.casefold() == "human" and (sheet.age is None or sheet.age < 18)


def _named(scene: str) -> Iterator[tuple[str, str, str]]:
    """Each somebody with a name: that, the kind and what stands before it."""
    for match in _NAMED.finditer(scene):
        yield match["name"], match["kind"].lower(), match["like"]
    for match in _TITLED.finditer(scene):
        yield match["name"], (match["kind"] or match["person"]).lower(), ""


def _sheet(name: str, kind: str, like: str) -> CharacterSheet:
    person = kind in _PEOPLE.split("|")
    age = _ADULTS.get(kind, 8) if person else None
    look = SMALL if _TINY.search(like) else ""
    return CharacterSheet(name=name, age=age, species="human" if person else kind, appearance=look)
