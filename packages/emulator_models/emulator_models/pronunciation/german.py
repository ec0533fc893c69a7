"""German, by the rules of its spelling; where its words are compounded shows only at prefixes."""

from __future__ import annotations

import re

from emulator_models.pronunciation.rules import Language, stressed

_PREFIXES = ("an", "auf", "aus", "be", "ein", "ent", "er", "ge", "um", "ver", "vor", "zu")
_GERMAN = Language.read("de", prefix="|".join(rf"(?<=\b{prefix})" for prefix in _PREFIXES))
_UNSTRESSED_PREFIX = re.compile(r"(?:be|ge|ver|zer|er|ent|emp|zu(?=r|s|f))(?=[^aeiouäöü]\w*[aeiouäöü])")


def ipa(word: str) -> str:
    """A word of small letters in IPA."""
    sounds = _GERMAN.sounds(word)
    if word in _GERMAN.lists["unstressed"]:
        return sounds
    no_prefix = word in _GERMAN.words or word in _GERMAN.lists["no_prefix"]
    return stressed(sounds, 1 if _UNSTRESSED_PREFIX.match(word) and not no_prefix else 0)
