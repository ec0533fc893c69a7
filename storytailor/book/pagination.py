"""Set blocks onto pages: two lines of a paragraph together at least, and a heading with what it heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from storytailor.book.line_breaking import Line
from storytailor.book.typesetting import Block

_LINES_TOGETHER = 2  # of a paragraph, at a page's foot and head


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


def paginate(blocks: Sequence[Block], page_height: float) -> list[Column]:
    """The blocks on pages of `page_height` points, without widows, orphans or headings left behind."""
    pages: list[Column] = [[]]
    left = page_height
    rest = list(blocks)
    position = 0
    while rest:
        block = rest[0]
        space = block.style.space_before if pages[-1] and not position else 0.0
        wanted = len(block.lines) - position
        fits = _lines_that_fit(block, position, left - space)
        if fits == wanted and pages[-1] and _is_left_behind(rest, left - space - wanted * block.style.leading):
            fits = 0
        if not fits and not pages[-1]:
            fits = min(wanted, max(1, int(page_height // block.style.leading)))
        if fits:
            pages[-1].append(Fragment(block, position, position + fits))
            left -= space + fits * block.style.leading
        if fits == wanted:
            rest.pop(0)
            position = 0
        else:
            position += fits
            pages.append([])
            left = page_height
    return pages


def _is_left_behind(rest: Sequence[Block], left_below: float) -> bool:
    """Whether the first block is a heading and the beginning of the next one does not fit below it."""
    if not rest[0].is_heading or len(rest) < 2:
        return False
    follower = rest[1]
    needed = min(_LINES_TOGETHER, len(follower.lines)) * follower.style.leading + follower.style.space_before
    return left_below < needed


def _lines_that_fit(block: Block, position: int, left: float) -> int:
    """How many of the block's lines from `position` may stand in what is left of the page."""
    wanted = len(block.lines) - position
    fits = min(wanted, int((left + 0.01) // block.style.leading)) if left > 0 else 0
    if fits == wanted:
        return fits
    if block.is_heading or block.marker:
        return 0
    if wanted - fits < _LINES_TOGETHER:
        fits = wanted - _LINES_TOGETHER
    return fits if fits >= _LINES_TOGETHER else 0


def paginate_evenly(blocks: Sequence[Block], page_height: float, pages: int) -> list[Column]:
    """The blocks on `pages` pages filled about alike; more pages if they do not fit."""
    leading = min((block.style.leading for block in blocks), default=page_height)
    lowest = sum(len(block.lines) * block.style.leading for block in blocks) / pages
    steps = max(1, int((page_height - lowest) / leading) + 1)
    for step in range(steps):
        spread = paginate(blocks, min(page_height, lowest + step * leading))
        if len(spread) <= pages:
            return spread
    return paginate(blocks, page_height)
