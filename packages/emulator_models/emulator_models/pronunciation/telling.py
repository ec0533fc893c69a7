"""Which language a text is in, as far as it is read in its own: by the small words that each has."""

from __future__ import annotations

import re

_SMALL = {
    "de": "der die das und ist nicht ich ein eine sie er es mit auf zu den dem war im sich von wie",
    "en": "the and a of to in was is it she he with you on at for that her his said not",
    "es": "el la los las y es un una en que con no por su se del al lo era muy",
    "fr": "le la les et est un une dans il elle pas que qui des du sur avec au ne était",
}
_LANGUAGE_OF = {language: frozenset(words.split()) for language, words in _SMALL.items()}
_LEAST = 0.12  # of the words of a text: fewer may be chance, or a language that is not among these


def language_of(text: str) -> str:
    """`de`, `es` or `fr`; `en` for all else."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {language: sum(word in small for word in words) for language, small in _LANGUAGE_OF.items()}
    most = max(counts, key=lambda language: (counts[language], language == "en"))
    return most if counts[most] > _LEAST * len(words) else "en"
