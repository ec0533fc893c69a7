"""The strings that a book prints around the story, in each language that stories are made in."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from storytailor.text.languages import script, spoken


@dataclass(frozen=True)
class Strings:
    """What the book itself says, around the story; placeholders stand in braces."""

    language: str
    story_about: str  # {names}
    comma: str  # between names, with its space where there is one
    conjunction: str  # before the last name, with its spaces
    cover_label: str
    dedication_label: str
    belongs_to: str
    scene_label: str  # {number}
    the_end: str
    questions_heading: str
    look_again: str  # {page}
    vocabulary_heading: str
    drawing_heading: str
    talking_heading: str
    answers_heading: str
    colors_line: str  # {motif}
    typefaces_line: str  # {faces}
    resolution_line: str  # {dpi}
    ai_line: str
    accessibility: str  # how a book can be read by who reads otherwise than with the eyes
    narrated: str  # and what more there is where it is narrated

    def summary(self, *, narrated: bool) -> str:
        """How the book can be read, in a sentence or two."""
        space = "" if self.accessibility.endswith("。") else " "
        return f"{self.accessibility}{space}{self.narrated}" if narrated else self.accessibility

    def subtitle(self, names: Sequence[str]) -> str:
        """Who the story is about, as a line under its title; empty without names."""
        known = [name.strip() for name in names if name.strip()]
        if not known:
            return ""
        joined = self.conjunction.join(filter(None, (self.comma.join(known[:-1]), known[-1])))
        return self.story_about.format(names=joined)

    def scene(self, number: int) -> str:
        """The label of a scene."""
        return self.scene_label.format(number=number)

    def idea_heading(self, kind: Literal["drawing", "talking"]) -> str:
        """The heading over an idea of this kind."""
        return self.drawing_heading if kind == "drawing" else self.talking_heading


@cache
def _translations() -> dict[str, Strings]:
    text = (Path(__file__).parent / "strings.toml").read_text(encoding="utf-8")
    return {language: Strings(language, **strings) for language, strings in tomllib.loads(text).items()}


def strings_in(language: str) -> Strings:
    """The strings for a language tag such as `en` or `pt-BR`; English for one that stories are not asked for in."""
    translations = _translations()
    if script(language) == "Hant":
        return translations["zh-Hant"]
    return translations.get(spoken(language)) or translations["en"]
