"""Text as the rules read it: one spelling for what looks or sounds the same, and the ways to hide a word undone."""

from __future__ import annotations

import re
import unicodedata

_VOICING = "\u3099\u309a"
"""Marks that make another letter in Japanese; all others are accents, which people leave out."""
_LETTERS = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "ı": "i", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d",
     "ة": "ه", "ى": "ي", "ـ": "", "ё": "е"}
)  # fmt: skip
_LOOKALIKES = str.maketrans("аеорсухіјѕһԁԛԝαορνικτ", "aeopcyxijshdqwaopvikt")
"""Cyrillic and Greek letters that pass for Latin ones in a Latin word."""
_DIGITS = str.maketrans("013457@$!", "oieastasi")
_SPELT_OUT = re.compile(r"(?<![\w'])(?:[a-z][ ._*-]){3,}[a-z](?!\w)")
_MIXED = re.compile(r"[a-z0-9@$!]*[a-z][0-9@$!]+[a-z][a-z0-9@$!]*")
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """The text in small letters without accents; words in look-alike letters, digits or spelt out are put right."""
    text = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    kept = (c for c in text if c in _VOICING or unicodedata.category(c) not in ("Mn", "Cf", "Me"))
    text = unicodedata.normalize("NFC", "".join(kept))
    text = _WORD.sub(_in_one_script, text)
    text = _SPELT_OUT.sub(lambda found: re.sub(r"[ ._*-]", "", found[0]), text)
    return _MIXED.sub(lambda found: found[0].translate(_DIGITS), text)


def _in_one_script(found: re.Match[str]) -> str:
    word = found[0]
    return word.translate(_LOOKALIKES) if re.search("[a-z]", word) else word
