"""Finding in a text what somebody quoted from it: without regard to case, quotes, apostrophes and forms of letters."""

from __future__ import annotations

import re
import unicodedata

from storytailor.text.words import HAS_SPACELESS

_APOSTROPHES = str.maketrans(
    dict.fromkeys("’‘ʼ‛`´＇", "'") | dict.fromkeys("“”„‟«»＂", '"') | dict.fromkeys("‐‑‒−", "-")
)
_HANGUL = re.compile("[\uac00-\ud7a3]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DOTTED_I = str.maketrans({"I": "ı", "İ": "i"})  # Turkish and Azerbaijani have two letters i, each with its capital
_TURKIC = ("tr", "az")


def folded(text: str, language: str) -> str:
    """The text as it is compared: small letters, plain quotes and apostrophes, single spaces."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    if language.partition("-")[0].lower() in _TURKIC:
        text = text.translate(_DOTTED_I)
    text = unicodedata.normalize("NFKC", text.casefold()).replace("i\u0307", "i")
    return re.sub(r"\s+", " ", text.translate(_APOSTROPHES)).strip()


def bare(quoted: str) -> str:
    """What somebody quoted, without the signs around it: `“lantern”` is lantern, `fog.` is fog."""
    first = next((at for at, character in enumerate(quoted) if _belongs_to_word(character)), len(quoted))
    last = next((at for at in range(len(quoted), first, -1) if _belongs_to_word(quoted[at - 1])), first)
    return quoted[first:last]


def stands_in(quoted: str, text: str, language: str) -> bool:
    """Whether the word or words stand in the text, whole; in a script without spaces, anywhere in it.

    A Korean word may have its particle behind it, which is not taught with it.
    """
    sought, text = folded(bare(quoted), language), folded(text, language)
    if not sought:
        return False
    if HAS_SPACELESS.search(sought):
        return sought in text
    ends = "" if _HANGUL.search(sought[-1]) else r"(?!\w)"
    return re.search(rf"(?<!\w){re.escape(sought)}{ends}", text) is not None


def _belongs_to_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"
