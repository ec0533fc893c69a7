"""Where words and lines of a text may end, as ICU says: Unicode's rules, and a dictionary where none is written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Protocol

import budoux
from icu4py.breakers import LineBreaker, WordBreaker


class _Breaker(Protocol):
    def segments(self) -> Iterator[tuple[int, int]]: ...


def word_segments(text: str, language: str) -> list[str]:
    """The text cut at every border of a word; what stands between words is a segment too."""
    return _cut(text, WordBreaker(text, _locale(language)))


def japanese_phrases(text: str) -> list[str]:
    """Japanese cut where a reader pauses: a word with its particles and endings, as BudouX has learned them.

    ICU's dictionary cuts an ending into single syllables, and what is written in kana alone anywhere.
    """
    return _japanese().parse(text)


@cache
def _japanese() -> budoux.Parser:
    return budoux.load_default_japanese_parser()


def line_segments(text: str, language: str) -> list[str]:
    """The text cut wherever a line may end.

    A segment keeps the white space it ends with. No line ends or begins with what its script forbids: Japanese by
    its strict rules (kinsoku), French beside its no-break spaces.
    """
    return _cut(text, LineBreaker(text, f"{_locale(language)}@lb=strict"))


def _cut(text: str, breaker: _Breaker) -> list[str]:
    if text.isascii() or max(text) <= "\uffff":
        return [text[start:end] for start, end in breaker.segments() if end > start]
    units = text.encode("utf-16-le", "surrogatepass")  # ICU counts in UTF-16
    return [units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
            for start, end in breaker.segments() if end > start]  # fmt: skip


def _locale(language: str) -> str:
    return language.replace("-", "_")
