"""Setting text: words into lines, lines into pages.

Lines are broken for the whole paragraph at once, to the least raggedness, so that none ends in a
runt. Pages keep two lines of a paragraph together at least, and a heading with what it heads.
Widths are measured in ems, so one measurement serves every size that is tried.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storytailor.book import fonts

_RUNT = 0.22  # a last line shorter than this part of the measure looks forgotten
_TOGETHER = 2  # lines of a paragraph that stay together at a page's foot and head
# Chinese and Japanese break between any two characters, but not after an opening sign or before a closing one.
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_OPENS = "（「『【〈《“‘"
_CLOSES = "、。，．：；！？）」』】〉》”’…ー々"
_TOKEN = re.compile(rf"[{_OPENS}]*[{_CJK}][{_CLOSES}]*|[^\s{_CJK}]+?(?=[{_OPENS}]*[{_CJK}]|\s|$)[{_CLOSES}]*")


@dataclass(frozen=True)
class Style:
    """How a block is set: face, size and leading in points, colour, and where it stands."""

    face: str
    size: float
    leading: float
    colour: str
    centred: bool = False
    space_before: float = 0.0
    indent: float = 0.0

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

    `lead` is the number of opening words set in `lead_face`; `marker` hangs in the indent.
    """

    text: str
    lines: tuple[Line, ...]
    style: Style
    role: str = "P"
    marker: str = ""
    lead: int = 0
    lead_colour: str = ""
    right_to_left: bool = False
    splits_words: bool = False  # some word was wider than the measure

    @property
    def heads(self) -> bool:
        """Whether it must not stand at a page's foot."""
        return self.role.startswith("H")


@dataclass(frozen=True)
class Piece:
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


Page = list[Piece]


def set_block(
    text: str,
    style: Style,
    measure: float,
    *,
    role: str = "P",
    marker: str = "",
    lead: int = 0,
    lead_face: str = fonts.DISPLAY,
    lead_colour: str = "",
    right_to_left: bool | None = None,
) -> Block:
    """A paragraph broken into lines of at most `measure` points."""
    text = fonts.printable(text).strip()
    backwards = fonts.is_right_to_left(text) if right_to_left is None else right_to_left
    lead = 0 if fonts.has_right_to_left(text) else lead
    em = (measure - style.indent) / style.size
    tokens = _words(text)
    words = [
        piece
        for number, word in enumerate(tokens)
        for piece in _fitting(word, lead_face if number < lead else style.face, em)
    ]
    lines = tuple(tuple(line) for line in break_lines(words, em))
    return Block(text, lines, style, role, marker, lead, lead_colour, backwards, len(words) > len(tokens))


def line_width(line: Sequence[Word], size: float) -> float:
    """The width of a line in points."""
    return (
        sum(word.width + (_space(word) if number and word.spaced else 0) for number, word in enumerate(line))
        * size
    )


def height(page: Page) -> float:
    """The height of a page's pieces in points, the first one's space before left out."""
    return sum(
        piece.height + (piece.block.style.space_before if number and not piece.first else 0)
        for number, piece in enumerate(page)
    )


def _words(text: str) -> list[tuple[str, bool]]:
    found = list(_TOKEN.finditer(text))
    return [
        (match[0], number > 0 and match.start() > found[number - 1].end())
        for number, match in enumerate(found)
    ]


def _fitting(word: tuple[str, bool], face: str, measure: float) -> list[Word]:
    """The word, or its pieces if it alone is wider than the measure."""
    text, spaced = word
    width = fonts.width(text, face)
    if width <= measure or len(text) == 1:
        return [Word(text, face, width, spaced)]
    end = max(1, int(len(text) * measure / width * 0.9))
    while end > 1 and fonts.width(text[:end], face) > measure:
        end -= 1
    head = Word(text[:end], face, fonts.width(text[:end], face), spaced)
    return [head, *_fitting((text[end:], False), face, measure)]


def _space(word: Word) -> float:
    return fonts.width(" ", word.face)


def break_lines(words: Sequence[Word], measure: float) -> list[Sequence[Word]]:
    """The words in lines of the least total squared shortfall, from the last word back.

    The last line is free to be short, down to a runt. Words that only a line of their own can hold
    are assumed to fit (`set_block` sees to it).
    """
    count = len(words)
    gaps = [_space(word) if word.spaced else 0.0 for word in words]
    best: list[tuple[float, int]] = [(0.0, count)] * (count + 1)
    for start in range(count - 1, -1, -1):
        width, choice = 0.0, (float("inf"), start + 1)
        for end in range(start + 1, count + 1):
            width += words[end - 1].width + (gaps[end - 1] if end > start + 1 else 0)
            if width > measure and end > start + 1:
                break
            choice = min(
                choice, (_cost(width / measure, last=end == count, alone=start == 0) + best[end][0], end)
            )
        best[start] = choice
    lines, start = [], 0
    while start < count:
        end = best[start][1]
        lines.append(words[start:end])
        start = end
    return lines


def _cost(filled: float, *, last: bool, alone: bool) -> float:
    if last:
        return 0.0 if alone or filled >= _RUNT else 0.5
    return (1 - filled) ** 2 + 0.02  # each line costs a little: no more of them than needed


def paginate(blocks: Sequence[Block], room: float) -> list[Page]:
    """The blocks on pages of `room` points, without widows, orphans or headings left behind."""
    pages: list[Page] = [[]]
    left = room
    rest = list(blocks)
    position = 0
    while rest:
        block = rest[0]
        space = block.style.space_before if pages[-1] and not position else 0.0
        wanted = len(block.lines) - position
        fits = _lines_that_fit(block, position, left - space)
        if fits == wanted and block.heads and len(rest) > 1:
            follower = rest[1]
            needed = (
                min(_TOGETHER, len(follower.lines)) * follower.style.leading + follower.style.space_before
            )
            if left - space - wanted * block.style.leading < needed and pages[-1]:
                fits = 0
        if not fits and not pages[-1]:
            fits = min(wanted, max(1, int(room // block.style.leading)))
        if fits:
            pages[-1].append(Piece(block, position, position + fits))
            left -= space + fits * block.style.leading
        if fits == wanted:
            rest.pop(0)
            position = 0
        else:
            position += fits
            pages.append([])
            left = room
    return pages


def _lines_that_fit(block: Block, position: int, left: float) -> int:
    """How many of the block's lines from `position` may stand in what is left of the page."""
    wanted = len(block.lines) - position
    fits = min(wanted, int((left + 0.01) // block.style.leading)) if left > 0 else 0
    if fits == wanted:
        return fits
    if block.heads or block.marker:
        return 0
    if wanted - fits < _TOGETHER:
        fits = wanted - _TOGETHER
    return fits if fits >= _TOGETHER else 0


def paginate_evenly(blocks: Sequence[Block], room: float, pages: int) -> list[Page]:
    """The blocks on `pages` pages filled about alike; more pages if they do not fit."""
    leading = min((block.style.leading for block in blocks), default=room)
    lowest = sum(len(block.lines) * block.style.leading for block in blocks) / pages
    steps = max(1, int((room - lowest) / leading) + 1)
    for step in range(steps):
        spread = paginate(blocks, min(room, lowest + step * leading))
        if len(spread) <= pages:
            return spread
    return paginate(blocks, room)
