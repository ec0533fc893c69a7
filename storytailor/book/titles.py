"""Titles: as large as their place allows, in lines of about one length."""

from __future__ import annotations

from storytailor.book import fonts
from storytailor.book.typesetting import Block, Style, set_block

_MAX_LINES = 4
_LEADING = 1.14  # of the size


def title_block(
    text: str,
    measure: float,
    max_height: float,
    color: str,
    language: str,
    *,
    largest: float,
    smallest: float,
    role: str = "P",
) -> Block:
    """A title in the largest size, in points, that fits `max_height` points in a few lines.

    Where no size is small enough for its longest word, the word is parted in the largest that fits so.
    """
    face = fonts.title_face(text)
    leading = _LEADING * fonts.largest_size(text, face)
    size, parted = largest, None
    while True:
        style = Style(face, size, size * leading, color, centered=True)
        block = set_block(text, style, measure, language, role=role)
        fits = len(block.lines) <= _MAX_LINES and len(block.lines) * style.leading <= max_height
        if fits and not block.splits_words:
            return _balanced(block, style, measure, language)
        if fits and parted is None:
            parted = block
        if size <= smallest:
            return _balanced(parted or block, (parted or block).style, measure, language)
        size = max(smallest, size - 2)


def _balanced(block: Block, style: Style, measure: float, language: str) -> Block:
    """The block on the narrowest measure that takes no more lines, and ends none where a reader stumbles more."""
    best = block
    for part in range(19, 7, -1):
        narrower = set_block(block.text, style, measure * part / 20, language, role=block.role)
        if len(narrower.lines) > len(block.lines) or (narrower.splits_words and not block.splits_words):
            break
        if _stumbles(narrower) <= _stumbles(block):
            best = narrower
    return best


def _stumbles(block: Block) -> float:
    return sum(line[-1].end_cost for line in block.lines[:-1])
