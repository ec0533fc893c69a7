"""Reading: the words that a written text is read as, numbers, units, abbreviations and other scripts written out."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from anyascii import anyascii
from hibari.g2p import normalize
from icu4py.messageformat import MessageFormat

_LAST_READ = "\u017f"  # the voice knows the Latin letters up to here by themselves
_PAUSES = frozenset(".,;:!?")
_UNSPACED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"})
_LONGEST_RUN = 12  # letters: of a longer word the voice would read only the beginning


def as_read(text: str) -> str:
    """The text as the voice reads it, white space single: `on December twenty-fourth, 2025 Dr Smith came`."""
    latin = _in_latin(text)
    try:
        return str(normalize(latin))
    except (ValueError, IndexError, KeyError):
        return letters_of(latin)


def as_read_in(text: str, language: str) -> str:
    """The text as the voice reads it in a language other than English: numbers in words, other scripts by letters."""
    latin = " ".join(_in_latin(text).split())
    return re.sub(r"\d{1,12}", lambda number: _in_words(int(number[0]), language), latin)


def letters_of(text: str) -> str:
    """Only the letters and spaces, of a text whose numbers are beyond hibari's reader."""
    return " ".join("".join(c if c.isascii() and c.isalpha() else " " for c in text).split())


def _in_latin(text: str) -> str:
    """Letters and digits of other scripts by the Latin ones nearest to them, so that a name in them is heard.

    A script without spaces is parted where a Chinese sign follows a Japanese one, and before a word grows too long.
    """
    read, run, before = [], 0, ""
    for character in text:
        kind = unicodedata.category(character)[0]
        if kind == "P" and (mark := anyascii(character)) in _PAUSES and character > _LAST_READ:
            read.append(f"{mark} ")
            continue
        if character <= _LAST_READ or kind not in "LMN":
            run, before = 0, ""
            read.append(character)
            continue
        sound = anyascii(character)
        script = unicodedata.name(character, "").partition(" ")[0]
        too_long = kind == "L" and script in _UNSPACED and run + len(sound) > _LONGEST_RUN
        if too_long or (script == "CJK" and before == "HIRAGANA"):
            read.append(" ")
            run = 0
        read.append(sound)
        run, before = run + len(sound), script
    return "".join(read)


@cache
def _spelt_out(language: str) -> MessageFormat:
    return MessageFormat("{number, spellout}", language)


def _in_words(number: int, language: str) -> str:
    """A number as ICU spells it, without the soft hyphens it puts between a German number's parts."""
    return str(_spelt_out(language).format({"number": number})).replace("\u00ad", "")
