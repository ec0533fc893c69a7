"""What a word is: what a narrator's voice says in one go, a page lights up, and a length counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import category

from storytailor.text.segments import japanese_phrases, word_segments

_IDEOGRAPHS = "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
_SPACELESS = f"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff{_IDEOGRAPHS}"
"""Thai, Lao, Burmese, Khmer, and the characters of Chinese and Japanese: scripts that write no space between words."""
HAS_SPACELESS = re.compile(f"[{_SPACELESS}]")
_IDEOGRAPHIC = re.compile(f"[{_IDEOGRAPHS}]")
_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_TOKEN = re.compile(r"(?<![^\s—–])[^\s—–]*[^\W_][^\s—–]*")
"""What stands between spaces or dashes and has a letter or digit in it.

Where one may begin is said for speed: a run of a thousand exclamation marks is looked at once.
"""
_OPENING = re.compile(r"[\s(\[{«‹“‘„‚¿¡「『（［【〈《〔]*")
CHARACTERS_A_WORD = {"zh": 1.6, "ja": 2.2}
"""How many characters say as much as one English word."""


class WordSpan(NamedTuple):
    """A word and where it stands in its text."""

    text: str
    start: int
    end: int


def word_spans(text: str, language: str) -> Iterator[WordSpan]:
    """The words that are spoken, in order, each with the marks that stand at it: "“Hello,”" is one."""
    for found in _TOKEN.finditer(text):
        if not HAS_SPACELESS.search(found[0]):
            yield WordSpan(found[0], *found.span())
            continue
        at = found.start()
        segments = japanese_phrases(found[0]) if _KANA.search(found[0]) else word_segments(found[0], language)
        for part in _glued(segments):
            yield WordSpan(part, at, at + len(part))
            at += len(part)


def spoken_words(text: str, language: str) -> list[str]:
    """The words of `word_spans` alone."""
    return [span.text for span in word_spans(text, language)]


def count_words(text: str, language: str) -> int:
    """How long a text is, in words; Chinese and Japanese are counted by characters, as their writers do."""
    characters = len(_IDEOGRAPHIC.findall(text))
    a_word = CHARACTERS_A_WORD["ja" if _KANA.search(text) else "zh"]
    return round(characters / a_word) + sum(1 for _ in word_spans(_IDEOGRAPHIC.sub(" ", text), language))


def _glued(segments: list[str]) -> Iterator[str]:
    """The segments with what is no word at the word it belongs to: an opening sign at the next, others at the last."""
    word, before = "", ""
    for segment in _with_marks(segments):
        if _is_word(segment):
            if word:
                yield word
            word, before = before + segment, ""
        elif not word or _OPENING.fullmatch(segment):
            before += segment
        else:
            word += before + segment
            before = ""
    if word or before:
        yield word + before


def _with_marks(segments: list[str]) -> list[str]:
    """The segments, none of which begins with a mark of the letter before it."""
    joined: list[str] = []
    for segment in segments:
        if joined and (category(segment[0])[0] == "M" or segment[0] in "\uff9e\uff9f"):
            joined[-1] += segment
        else:
            joined.append(segment)
    return joined


def _is_word(segment: str) -> bool:
    return any(character.isalnum() for character in segment)
