"""Dialogue as it is set: whoever speaks begins a paragraph."""

from __future__ import annotations

import itertools
import re

_QUOTES = {"en": "“[^”]*”", "de": "„[^“]*“", "fr": "«[^»]*»"}
_TAG = {
    "en": r" ?(?:said|asked|called|whispered|answered|cried|laughed|signed) (?P<who>[^\s,.;:!?]+(?: [A-Z]\w+)?)",
    "de": r",? ?(?:sagte|fragte|rief|flüsterte|antwortete|gebärdete|erklärte) (?P<who>[^\s,.;:!?]+)",
    "fr": r",?\s?(?:dit|dirent|demanda|cria|chuchota|répondit|expliqua) (?P<who>[^\s,.;:!?]+)",
}
_PRONOUNS = frozenset({"he", "she", "it", "they", "er", "sie", "es", "il", "elle"})
_NEXT_DASH = re.compile(r"(?<=[.!?…»]) —(?=[A-ZÁÉÍÓÚÑ¿¡«])")


def a_paragraph_each(text: str, language: str) -> str:
    """The paragraph parted where another one begins to speak; Spanish parts at each dash that opens."""
    if language == "es":
        return _NEXT_DASH.sub("\n\n—", text)
    found = [
        (match.start(), tag["who"])
        for match in re.finditer(_QUOTES[language], text)
        if (tag := re.match(_TAG[language], text[match.end() :]) or _within(match.group(), language))
        and tag["who"].lower() not in _PRONOUNS
    ]
    for (_, before), (start, who) in reversed(list(itertools.pairwise(found))):
        if who != before and text[:start].rstrip()[-1:] in ".!?…”“»":
            text = f"{text[:start].rstrip()}\n\n{text[start:]}"
    return text


def _within(quote: str, language: str) -> re.Match[str] | None:
    """French says who speaks inside the quotation: `« Oui, dit Leo. Allons voir. »`."""
    return re.search(_TAG[language].replace(",?", ",", 1), quote) if language == "fr" else None


def is_talk(text: str) -> bool:
    """Whether somebody speaks in it, so that what comes next may be an answer."""
    return any(mark in text for mark in "“„«—")
