"""Text as the rules read it: one spelling for what looks or sounds the same, and the ways to hide a word undone."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence

_VOICING = "\u3099\u309a"
"""Marks that make another letter in Japanese; most others are accents, which people leave out."""
_INDIC = re.compile(r"[\u0900-\u0903\u093e-\u094f]")
"""Vowel signs of Hindi, which are letters of a word."""
_LETTERS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d",
                          "ة": "ه", "ى": "ي", "ـ": "", "ё": "е", "\u0901": "\u0902"})  # fmt: skip
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_TO_LATIN = str.maketrans("аеорсухіјѕһԁԛԝкмтвнαορνικτ", "aeopcyxijshdqwkmtbhaopvikt")
_TO_CYRILLIC = str.maketrans("aeopcyxikmtbh", "аеорсухікмтвн")
"""Letters of two scripts that pass for each other."""
_CYRILLIC_ALONE = re.compile(r"[бгджзийлпфцчшщъыьэюяєї]")
_LATIN, _LATIN_ALONE = re.compile("[a-z]"), re.compile("[dfgjlnqrsuvwz]")
_SPACED_OUT = re.compile(r"(?<![\w'])(?:[^\W\d_][ ._*·-]{1,3}){3,}[^\W\d_](?!\w)")
_FILLERS = re.compile(r"[ ._*·-]+")
_DOT_INSIDE = re.compile(r"(?<=\w)[.*_·](?=\w)")
_DIGITS_FOR_LETTERS = (str.maketrans("0134578@$!", "oieastbasi"), str.maketrans("0134578@$!", "oleastbasi"))
_LETTERS_AND_DIGITS = re.compile(r"(?=[\w@$!]*[^\W\d_])(?=[\w@$!]*[0134578@$!])[\w@$!]+")
_AMOUNT = re.compile(r"\d+\W*[^\W\d_]{1,4}|\w+!+")
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{12,}={0,2}(?![\w+/])")
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """The text in small letters without accents; words in look-alike letters or spelt out are put right."""
    return _SPACED_OUT.sub(lambda found: _FILLERS.sub("", found[0]), _folded(text)).translate(_LIGATURES)


def spaced_out(text: str) -> Iterator[str]:
    """What is written letter by letter, as one word: `k i l l` and, as nothing parts its words, `killyoursister`."""
    for found in _SPACED_OUT.finditer(_folded(text)):
        yield _FILLERS.sub("", found[0]).translate(_LIGATURES)


def readings(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts as they stand, and as they read with digits for letters, dots in words or an encoding undone."""
    yield texts
    for undo in (_without_dots, _with_letters, _with_other_letters, _decoded):
        read = [undo(text) for text in texts]
        if read != list(texts):
            yield read


def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold().replace("`", "'")
    text = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    kept = (c for c in text if c in _VOICING or _INDIC.match(c) or unicodedata.category(c) not in ("Mn", "Cf", "Me"))
    text = unicodedata.normalize("NFC", "".join(kept))
    cyrillic = _CYRILLIC_ALONE.search(text) is not None
    return _WORD.sub(lambda found: _in_one_script(found[0], cyrillic=cyrillic), text)


def _in_one_script(word: str, *, cyrillic: bool) -> str:
    """The word, if it is of letters of several scripts, in the one it is meant in."""
    if word.isascii() or not _LATIN.search(word):
        return word
    cyrillic = bool(_CYRILLIC_ALONE.search(word)) or (cyrillic and not _LATIN_ALONE.search(word))
    return word.translate(_TO_CYRILLIC if cyrillic else _TO_LATIN)


def _without_dots(text: str) -> str:
    return _DOT_INSIDE.sub("", text)


def _with_letters(text: str) -> str:
    return _undigited(text, 0)


def _with_other_letters(text: str) -> str:
    return _undigited(text, 1)


def _undigited(text: str, table: int) -> str:
    def read(found: re.Match[str]) -> str:
        return found[0] if _AMOUNT.fullmatch(found[0]) else found[0].translate(_DIGITS_FOR_LETTERS[table])

    return _LETTERS_AND_DIGITS.sub(read, unicodedata.normalize("NFKC", text))


def _decoded(text: str) -> str:
    return _BASE64.sub(_from_base64, text)


def _from_base64(found: re.Match[str]) -> str:
    try:
        read = base64.b64decode(found[0], validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return found[0]
    return read if read.isprintable() else found[0]
