"""Who else a scene names besides the characters with sheets: a dragon in a corner, a mouse, another child."""

from __future__ import annotations

import re
from collections.abc import Sequence

from emulator_models.illustrator.figures.animals import KIND_WORDS
from emulator_models.prompt_data import CharacterSheet

MOST = 2
_PEOPLE = "child|girl|boy|grown-up|grandmother|grandfather|mermaid|merman"
_NOT_THERE = r"(?!\W+(?:tracks?|tail|eyes?|footprints?|mask|puppet|swing|boat))"
_NAMED = re.compile(
    rf"\b(?P<name>[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+)*),? (?:is )?(?:the|an?) (?:[\w-]+ ){{0,3}}?"
    rf"(?P<kind>{KIND_WORDS}|{_PEOPLE})\b{_NOT_THERE}"
)
_SOME = re.compile(rf"\b(?:[Aa]n?|[Tt]he|[Oo]ne) (?:[\w-]+ ){{0,3}}?(?P<kind>{KIND_WORDS}|{_PEOPLE})\b{_NOT_THERE}")


def companions_in(scene: str, sheets: Sequence[CharacterSheet]) -> tuple[CharacterSheet, ...]:
    """Sheets of those others, the named ones first, at most two; nobody who has a sheet, and no kind twice."""
    known = {sheet.name.casefold() for sheet in sheets}
    taken = {sheet.species.casefold() for sheet in sheets if sheet.species.casefold() != "human"}
    found: list[CharacterSheet] = []
    for match in (*_NAMED.finditer(scene), *_SOME.finditer(scene)):
        named = match.groupdict().get("name")
        name, kind = named or f"the {match['kind']}", match["kind"].lower()
        if name.casefold() in known or kind in taken or len(found) == MOST:
            continue
        taken.add(kind)
        person = kind in _PEOPLE.split("|")
        age = (40 if kind == "grown-up" else 72 if kind.startswith("grand") else 8) if person else None
        found.append(CharacterSheet(name=name, age=age, species="human" if person else kind))
    return tuple(found)
