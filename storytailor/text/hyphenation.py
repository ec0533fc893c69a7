"""Where a word may be parted with a hyphen, by the patterns of its language."""

from __future__ import annotations

import re
from functools import cache

import pyphen

_FEWEST = 3  # letters on either side of a hyphen
_LETTERS = re.compile(rf"[^\W\d_]{{{2 * _FEWEST},}}")


def syllables(word: str, language: str) -> list[str]:
    """The word in the parts that a hyphen may stand between; whole where the language has no patterns.

    What stands at the word, such as quotes, stays at its parts.
    """
    patterns = _patterns(language.replace("-", "_"))
    if patterns is None:
        return [word]
    # A place with data would change the spelling (Hungarian asszonnyal, asz-szony-nyal): none is parted there.
    places = [
        found.start() + place
        for found in _LETTERS.finditer(word)
        for place in patterns.positions(found[0])
        if place.data is None
    ]
    return [word[start:end] for start, end in zip([0, *places], [*places, len(word)], strict=True)]


@cache
def _patterns(language: str) -> pyphen.Pyphen | None:
    known = pyphen.language_fallback(language)
    return pyphen.Pyphen(lang=known, left=_FEWEST, right=_FEWEST) if known else None
