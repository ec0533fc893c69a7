"""Lines that run both ways: in which order their stretches are drawn (Unicode's bidirectional algorithm, UAX 9)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby

from bidi import get_display

# `get_display` gives a line in the order it is drawn, but not which way each character runs. So each is followed by
# its number, written with two tag characters, which the algorithm takes along and does not look at: where they come
# back in the other order, the character runs from right to left.
_HIGH, _LOW, _BASE = 0xE0020, 0xE0050, 48
_MAX_LENGTH = _BASE * _BASE


def has_right_to_left(text: str) -> bool:
    """Whether any letter runs right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)


def stretches(line: str, *, right_to_left: bool) -> list[tuple[str, bool]]:
    """The line's stretches as they are drawn from left to right: the text of each, and whether it runs to the left.

    `right_to_left` is the direction of what the line stands in.
    """
    if not right_to_left and not has_right_to_left(line):
        return [(line, False)]
    if len(line) > _MAX_LENGTH:
        raise ValueError(f"a line of {len(line)} characters is none")
    return list(_stretches(line, right_to_left=right_to_left))


def _stretches(line: str, *, right_to_left: bool) -> Iterator[tuple[str, bool]]:
    numbered = "".join(
        f"{character}{chr(_HIGH + place // _BASE)}{chr(_LOW + place % _BASE)}" for place, character in enumerate(line)
    )
    # What ends a line takes the line's own direction, the last number too if it were the end.
    end, direction = ("\u05d0", "R") if right_to_left else ("a", "L")
    drawn = get_display(numbered + end, base_dir=direction)
    marks = [ord(character) for character in drawn if _HIGH <= ord(character) < _LOW + _BASE]
    places = [_place(*pair) for pair in zip(marks[::2], marks[1::2], strict=True)]
    for to_left, group in groupby(places, key=lambda place: place[1]):
        characters = [line[place] for place, _ in group]
        yield "".join(reversed(characters) if to_left else characters), to_left


def _place(first: int, second: int) -> tuple[int, bool]:
    """Which character of the line it is, and whether it runs from right to left."""
    to_left = first >= _LOW
    high, low = (second, first) if to_left else (first, second)
    return (high - _HIGH) * _BASE + low - _LOW, to_left
