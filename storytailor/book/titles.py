"""Titles, and other lines in the middle of a page: in lines of about one length, titles as large as fits."""

from __future__ import annotations

from storytailor.book import fonts
from storytailor.book.typesetting import Block, Style, set_block

_MAX_LINES = 4
_LEADING = 1.14  # of the size
_PAUSES = (",", ";", ":", ".", "!", "?", "…", "、", "，", "。", "،", "؛")
_WITHOUT_STUMBLING = 0.75  # of its size is what a title gives up at most for a better line's end


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

    A little smaller, if so its lines end where a reader pauses, and not at a hyphen. Where no size is small enough for
    its longest word, the word is parted in the largest that fits so.
    """
    face = fonts.title_face(text)
    leading = _LEADING * fonts.largest_size(text, face)
    size, parted, stumbling = largest, None, None
    while True:
        style = Style(face, size, size * leading, color, centered=True)
        block = set_block(text, style, measure, language, role=role)
        fits = len(block.lines) <= _MAX_LINES and len(block.lines) * style.leading <= max_height
        if fits and not block.splits_words:
            block = _balanced(block, style, measure, language)
            if not _stumbles(block):
                return block
            stumbling = stumbling or block
        if stumbling and size <= stumbling.style.size * _WITHOUT_STUMBLING:
            return stumbling
        if fits and parted is None:
            parted = block
        if size <= smallest:
            if stumbling:
                return stumbling
            return _balanced(parted or block, (parted or block).style, measure, language)
        size = max(smallest, size - 2)


def centered_block(text: str, style: Style, measure: float, language: str, *, role: str = "P") -> Block:
    """A centered text of a sentence or two, in lines of about one length."""
    return _balanced(set_block(text, style, measure, language, role=role), style, measure, language)


def _balanced(block: Block, style: Style, measure: float, language: str) -> Block:
    """The block on the narrowest measure that takes no more lines, and ends none where a reader stumbles more."""
    best = block
    for part in range(19, 7, -1):
        narrower = set_block(block.text, style, measure * part / 20, language, role=block.role)
        if len(narrower.lines) > len(block.lines) or (narrower.splits_words and not block.splits_words):
            break
        if _stumbles(narrower) <= _stumbles(block) and _pauses(narrower) >= _pauses(best):
            best = narrower
    return best


def _stumbles(block: Block) -> float:
    return sum(line[-1].end_cost for line in block.lines[:-1])


def _pauses(block: Block) -> int:
    """How many of its lines end with a mark at which a reader pauses."""
    return sum(line[-1].text.endswith(_PAUSES) for line in block.lines[:-1])
