"""A theme in a family's own words: which theme is meant, and how the words fit into a sentence, if at all.

"Grandma died" is no noun: "You learn most about grandma died" would hurt. What is hard is told tenderly and never
named; what is not surely a noun is only ever said aloud, as a sentence of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from emulator_models.storyteller.library import Theme, themes, words

Form = Literal["named", "noun", "saying", "asking", "hard"]
"""`named`: the theme's own word. `noun`: fits behind "about". `saying`: said aloud. `asking`: asked. `hard`: never."""
_ARTICLE = re.compile(r"^(?:the|der|die|das|le|la|les|el|los|las) +|^l['’]")
_ENDS = " \t.!?…¿¡“”„\"«»'‘’"


@dataclass(frozen=True)
class Wish:
    """What a family wishes a story to be about."""

    asked: str
    """Their words, without the marks around them."""
    theme: Theme
    form: Form


def read_wish(asked: str, language: str) -> Wish:
    """The wish in these words, for a story in that language. In doubt the words are said, not built in."""
    plain = asked.strip(_ENDS) or asked
    known, lowered = themes(language), plain.lower()
    if theme := _named(lowered, language) or _named(_ARTICLE.sub("", lowered), language):
        return Wish(plain, theme, "named")
    table = words("wishes", language)
    english = words("wishes")["anywhere"] if language != "en" else {}
    for id_, pattern in [*table["hard"].items(), *english.items()]:
        if re.search(pattern, lowered):
            return Wish(plain, known[id_], "hard")
    if "?" in asked or re.search(table["asks"], lowered):
        return Wish(plain, known["asking"], "asking")
    form: Form = "noun" if _is_noun(lowered, table) else "saying"
    for id_, pattern in table["known"].items():
        if re.search(pattern, lowered):
            return Wish(plain, known[id_], form)
    return Wish(plain, known["saying" if form == "saying" and "saying" in known else "other"], form)


def naming(wish: Wish, language: str) -> tuple[str, ...]:
    """Sentences that name a wish in the family's own words, where the theme has another word for it."""
    form = wish.form
    if form == "named" and (language != "en" or wish.asked.lower() in words("names")["no_nouns"]):
        return ()
    if form == "hard" or not wish.theme.words:
        return ()
    known = themes(language)
    return known["saying" if form == "saying" and "saying" in known else "other"].echoes


def _named(wanted: str, language: str) -> Theme | None:
    for id_, theme in themes("en").items():
        local = themes(language).get(id_)
        if local and (wanted == id_ or wanted in theme.words or wanted in [word.lower() for word in local.words]):
            return local if local.words else None
    return None


def _is_noun(lowered: str, table: dict[str, str]) -> bool:
    """Whether the words surely fit behind "about", in a language of which that can be told."""
    pattern = table.get("noun")
    return bool(pattern and re.match(pattern, lowered) and not re.search(table["finite"], lowered))
