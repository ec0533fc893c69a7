"""A paragraph or heading set: its lines, broken to a measure, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, takewhile

from storytailor.book import fonts
from storytailor.book.line_breaking import HYPHEN, Line, Word, break_lines, is_too_wide, segments, words_of
from storytailor.book.tagging import Group
from storytailor.text.languages import is_right_to_left
from storytailor.text.ties import tied


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


_TURNOVER = 1.5  # ems: how far a line that goes on with a line of verse is set in


@dataclass(frozen=True)
class Block:
    """A set paragraph, stanza or heading; `role` is its PDF structure type, empty for what repeats other text.

    The first `lead_words` words have a face and color of their own; `marker` hangs in the indent. A line feed in
    `text` ends a line of verse.
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
    turnovers: frozenset[int] = frozenset()  # the lines that go on with a line of verse, which are set in
    goes_with_next: bool = False
    within: Group | None = None

    def indent(self, line: int) -> float:
        """How far the line is set in from the margin, in points."""
        return self.style.indent + (_TURNOVER * self.style.size if line in self.turnovers else 0.0)

    @property
    def is_heading(self) -> bool:
        """Whether it heads what follows."""
        return self.role.startswith("H")

    @property
    def keeps_next(self) -> bool:
        """Whether it must not stand at a page's foot without the beginning of the next block."""
        return self.goes_with_next or self.is_heading


def set_block(
    text: str,
    style: Style,
    measure: float,
    language: str,
    *,
    role: str = "P",
    marker: str = "",
    lead_length: int = 0,
    lead_face: str = fonts.DISPLAY,
    lead_color: str = "",
) -> Block:
    """A paragraph broken into lines of at most `measure` points, by the rules of its language; verse keeps its lines.

    What begins in the first `lead_length` characters is set in `lead_face`.
    """
    text = tied(printable_lines(text), language)
    right_to_left = is_right_to_left(language)
    lead_length = 0 if right_to_left or fonts.has_right_to_left(text) else lead_length
    em = (measure - style.indent) / style.size
    may_hyphenate = not (style.centered or role.startswith("H"))
    lines: list[Line] = []
    turnovers: list[int] = []
    splits_words, at = False, 0
    for verse in (verses := text.split("\n")):
        words: list[Word] = []
        spaced = bool(lines)  # a line of verse ends like a word
        for segment in segments(verse, language):
            face = lead_face if at < lead_length else style.face
            words += words_of(segment, face, em, language, spaced=spaced, may_hyphenate=may_hyphenate)
            splits_words |= is_too_wide(segment, face, em)
            spaced = segment.text.endswith(" ")
            at += len(segment.text)
        broken = break_lines(words, em)
        if len(broken) > 1 and len(verses) > 1 and not style.centered:
            broken = break_lines(words, em - _TURNOVER)
            turnovers += range(len(lines) + 1, len(lines) + len(broken))
        lines += broken
        at += 1
    lead_words = sum(1 for _ in takewhile(lambda word: word.face == lead_face, chain(*lines))) if lead_length else 0
    return Block(
        text, tuple(lines), style, role, marker, lead_words, lead_color, right_to_left, splits_words,
        turnovers=frozenset(turnovers),
    )  # fmt: skip


def printable_lines(text: str) -> str:
    """The text without what no face can draw, in its lines."""
    return "\n".join(filter(None, (fonts.printable(line).strip(" ") for line in text.split("\n"))))


def line_text(words: Sequence[Word]) -> str:
    """The words of a line, or of a part of it, as they are drawn."""
    return "".join((" " if number and word.spaced else "") + word.text for number, word in enumerate(words))


def line_as_read(line: Line, after: Line | None) -> str:
    """The text of a line before the line `after` as its writer wrote it: without the hyphen where the line ends within
    a word, with the space where it ends between two."""
    if line and line[-1].hyphenated:
        return line_text(line).removesuffix(HYPHEN)
    return f"{line_text(line)} " if after and after[0].spaced else line_text(line)


def line_width(line: Sequence[Word], size: float) -> float:
    """The width of a line in points."""
    return sum(word.width + (word.space if number else 0) for number, word in enumerate(line)) * size
