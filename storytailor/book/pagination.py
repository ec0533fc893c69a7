"""Set blocks onto pages: on as few as they need, filled about alike, with nothing left alone.

Two lines of a paragraph stand together at least, a heading stands with what it heads, and no page but the last is less
than half full where that can be had.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from storytailor.book.line_breaking import Line
from storytailor.book.typesetting import Block

_LINES_TOGETHER = 2  # of a paragraph, at a page's foot and head
# What a page's end costs: after a sentence within a paragraph, within a sentence, before a heading; in the square of
# the part of a page that is filled.
_AFTER_SENTENCE, _IN_SENTENCE, _BEFORE_HEADING = 0.02, 0.06, -0.15
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।॥։።][\"'’”“»)」』]*$")
_ROUNDING = 0.01  # points


@dataclass(frozen=True)
class Fragment:
    """The lines of a block that stand on one page."""

    block: Block
    first: int
    last: int  # exclusive

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines."""
        return self.block.lines[self.first : self.last]

    @property
    def height(self) -> float:
        """Its lines' height in points, the space before left out."""
        return (self.last - self.first) * self.block.style.leading


Column = list[Fragment]
"""What is set on one page, or on a part of it, from the top down."""


def column_of(*blocks: Block) -> Column:
    """The blocks whole, one below the other."""
    return [Fragment(block, 0, len(block.lines)) for block in blocks if block.lines]


def column_height(column: Column) -> float:
    """The column's height in points, the first fragment's space before left out."""
    return sum(
        fragment.height + (fragment.block.style.space_before if number and not fragment.first else 0)
        for number, fragment in enumerate(column)
    )


def shrink_to_fit(set_at_scale: Callable[[float], Column], max_height: float) -> Column:
    """The column at a scale of 1, or the largest below at which it is no taller than `max_height` points.

    At a scale of 0.5 it is taken as it is.
    """
    for tenths in range(10, 4, -1):
        column = set_at_scale(tenths / 10)
        if column_height(column) <= max_height:
            break
    return column


@dataclass(frozen=True)
class _Place:
    """A line, and what it would mean if a page began with it."""

    block: Block
    line: int
    is_forbidden: bool
    cost: float


def paginate(blocks: Sequence[Block], page_height: float) -> list[Column]:
    """The blocks on pages of `page_height` points; one empty page if there are none.

    Of all ways to do it the one is taken with the fewest faults, then pages, then pages less than half full, then the
    most even. Only what is taller than a page whole has faults.
    """
    places = _places(blocks)
    tops = [0.0, *accumulate(_space_before(place) + place.block.style.leading for place in places)]
    count = len(places)
    best: list[tuple[tuple[int, int, int, float], int]] = [((0, 0, 0, 0.0), count)] * (count + 1)
    for start in range(count - 1, -1, -1):
        top = tops[start] + _space_before(places[start])
        choices = []
        for end in range(start + 1, count + 1):
            height = tops[end] - top
            if height > page_height + _ROUNDING and end > start + 1:
                break
            (faults, pages, thin, cost), _ = best[end]
            filled = height / page_height
            if end < count:
                faults += places[end].is_forbidden
                thin += filled < 0.5
                cost += places[end].cost
            else:
                thin += start > 0 and end - start < _LINES_TOGETHER  # a line alone on the last page
            choices.append(((faults, pages + 1, thin, cost + filled**2), end))
        best[start] = min(choices)
    columns, start = [], 0
    while start < count:
        end = best[start][1]
        columns.append(_column(places[start:end]))
        start = end
    return columns or [[]]


def _places(blocks: Sequence[Block]) -> list[_Place]:
    places = []
    for number, block in enumerate(blocks):
        keeps = number > 0 and blocks[number - 1].keeps_next
        splits = not (block.is_heading or block.marker)
        for line in range(len(block.lines)):
            if not line:
                places.append(_Place(block, line, keeps, _BEFORE_HEADING if block.is_heading else 0.0))
            else:
                is_alone = min(line, len(block.lines) - line) < _LINES_TOGETHER
                places.append(_Place(block, line, is_alone or not splits, _cost_after(block.lines[line - 1])))
    return places


def _cost_after(line: Line) -> float:
    """What it costs to end a page after this line of a paragraph: a picture may stand before the next."""
    return _AFTER_SENTENCE if _SENTENCE_END.search(line[-1].text) else _IN_SENTENCE


def _space_before(place: _Place) -> float:
    return 0.0 if place.line else place.block.style.space_before


def _column(places: Sequence[_Place]) -> Column:
    column: Column = []
    for place in places:
        if column and place.line:
            column[-1] = Fragment(place.block, column[-1].first, place.line + 1)
        else:
            column.append(Fragment(place.block, place.line, place.line + 1))
    return column
