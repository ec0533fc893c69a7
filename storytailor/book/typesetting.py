"""Words into lines: a paragraph or heading broken to a measure.

Lines are broken for the whole paragraph at once, to the least raggedness, so that none ends in a
runt. Widths are measured in ems, so one measurement serves every size that is tried.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storytailor.book import fonts

_RUNT = 0.22  # a last line shorter than this part of the measure looks forgotten
# Chinese and Japanese break between any two characters, but not after an opening sign or before a closing one.
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_OPENS = "（「『【〈《“‘"
_CLOSES = "、。，．：；！？）」』】〉》”’…ー々"
_TOKEN = re.compile(rf"[{_OPENS}]*[{_CJK}][{_CLOSES}]*|[^\s{_CJK}]+?(?=[{_OPENS}]*[{_CJK}]|\s|$)[{_CLOSES}]*")


@dataclass(frozen=True)
class Style:
    """How a block is set: face, size and leading in points, color, and where it stands."""

    face: str
    size: float
    leading: float
    color: str
    centered: bool = False
    space_before: float = 0.0
    indent: float = 0.0

    @property
    def baseline_drop(self) -> float:
        """How far the baseline lies below the top of its line, in points."""
        return (self.leading + self.size * 0.62) / 2

    def scaled(self, size: float) -> Style:
        """The same style at another size, all in proportion."""
        part = size / self.size
        return replace(
            self,
            size=size,
            leading=self.leading * part,
            space_before=self.space_before * part,
            indent=self.indent * part,
        )


@dataclass(frozen=True)
class Word:
    """A word, its face and width in ems; `spaced` when a space parts it from the one before."""

    text: str
    face: str
    width: float
    spaced: bool


Line = tuple[Word, ...]


@dataclass(frozen=True)
class Block:
    """A set paragraph or heading; `role` is its PDF structure type.

    The first `lead_words` words have a face and color of their own; `marker` hangs in the indent.
    """

    text: str
    lines: tuple[Line, ...]
    style: Style
    role: str = "P"
    marker: str = ""
    lead_words: int = 0
    lead_color: str = ""
    right_to_left: bool = False
    splits_words: bool = False  # some word was wider than the measure

    @property
    def is_heading(self) -> bool:
        """Whether it heads what follows, and so must not stand at a page's foot."""
        return self.role.startswith("H")


def set_block(
    text: str,
    style: Style,
    measure: float,
    *,
    role: str = "P",
    marker: str = "",
    lead_words: int = 0,
    lead_face: str = fonts.DISPLAY,
    lead_color: str = "",
) -> Block:
    """A paragraph broken into lines of at most `measure` points."""
    text = fonts.printable(text).strip()
    right_to_left = fonts.is_right_to_left(text)
    lead_words = 0 if fonts.has_right_to_left(text) else lead_words
    em = (measure - style.indent) / style.size
    tokens = _tokens(text)
    words = [
        piece
        for number, word in enumerate(tokens)
        for piece in _split_to_fit(word, lead_face if number < lead_words else style.face, em)
    ]
    lines = tuple(tuple(line) for line in break_lines(words, em))
    splits_words = len(words) > len(tokens)
    return Block(text, lines, style, role, marker, lead_words, lead_color, right_to_left, splits_words)


def line_width(line: Sequence[Word], size: float) -> float:
    """The width of a line in points."""
    return (
        sum(word.width + (_space_width(word) if number and word.spaced else 0) for number, word in enumerate(line))
        * size
    )


def _tokens(text: str) -> list[tuple[str, bool]]:
    """What a line may end after, and whether a space parts it from what comes before."""
    found = list(_TOKEN.finditer(text))
    return [(match[0], number > 0 and match.start() > found[number - 1].end()) for number, match in enumerate(found)]


def _split_to_fit(word: tuple[str, bool], face: str, measure: float) -> list[Word]:
    """The word, or its pieces if it alone is wider than the measure."""
    text, spaced = word
    width = fonts.width(text, face)
    if width <= measure or len(text) == 1:
        return [Word(text, face, width, spaced)]
    end = max(1, int(len(text) * measure / width * 0.9))
    while end > 1 and fonts.width(text[:end], face) > measure:
        end -= 1
    head = Word(text[:end], face, fonts.width(text[:end], face), spaced)
    return [head, *_split_to_fit((text[end:], False), face, measure)]


def _space_width(word: Word) -> float:
    return fonts.width(" ", word.face)


def break_lines(words: Sequence[Word], measure: float) -> list[Sequence[Word]]:
    """The words in lines of the least total squared shortfall, from the last word back.

    The last line is free to be short, down to a runt. Words that only a line of their own can hold
    are assumed to fit (`set_block` sees to it).
    """
    count = len(words)
    gaps = [_space_width(word) if word.spaced else 0.0 for word in words]
    best: list[tuple[float, int]] = [(0.0, count)] * (count + 1)
    for start in range(count - 1, -1, -1):
        width, choice = 0.0, (float("inf"), start + 1)
        for end in range(start + 1, count + 1):
            width += words[end - 1].width + (gaps[end - 1] if end > start + 1 else 0)
            if width > measure and end > start + 1:
                break
            choice = min(
                choice,
                (_raggedness(width / measure, last=end == count, alone=start == 0) + best[end][0], end),
            )
        best[start] = choice
    lines, start = [], 0
    while start < count:
        end = best[start][1]
        lines.append(words[start:end])
        start = end
    return lines


def _raggedness(filled: float, *, last: bool, alone: bool) -> float:
    if last:
        return 0.0 if alone or filled >= _RUNT else 0.5
    return (1 - filled) ** 2 + 0.02  # each line costs a little: no more of them than needed
