"""How large a book's text is set: by the age of its reader, and a little smaller the longer its scenes are.

The size follows from the words alone, so the file for the screen and the one for the printer have the same. It falls
evenly from one length to another: a word more moves it by less than half a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storytailor.book import fonts
from storytailor.story import AgeBand

_EMS_A_WORD = 3.7  # of ordinary prose: an English word with its space, and its share of what a paragraph takes
_EMS_A_PARAGRAPH = 14.0  # for its last line, which is not full, and the space after it
_FULL_PARAGRAPH = 12.0  # ems: a shorter paragraph takes its share, so that its first word is not as long as a line


@dataclass(frozen=True)
class _Range:
    """`largest` points up to `short` words a scene, `smallest` from `long` words on."""

    largest: float
    smallest: float
    short: float
    long: float


_RANGES: dict[AgeBand, _Range] = {
    "3-5": _Range(22, 18, 15, 95),
    "6-8": _Range(18, 16, 150, 240),
    "9+": _Range(16, 13, 200, 360),
}
"""No older reader's text is larger than a younger one's of the same length."""


def type_size(scenes: Sequence[Sequence[str]], age_band: AgeBand) -> float:
    """The size for these scenes, each of paragraphs, in points; a multiple of a half."""
    size = _RANGES[age_band]
    words = sum(map(_words, scenes)) / max(1, len(scenes))
    part = min(1.0, max(0.0, (words - size.short) / (size.long - size.short)))
    return round(2 * (size.largest - part * (size.largest - size.smallest))) / 2


def _words(paragraphs: Sequence[str]) -> float:
    """How long the text is when it is set, in words of ordinary prose."""
    widths = [fonts.width(line, fonts.TEXT) for paragraph in paragraphs for line in paragraph.split("\n")]
    return sum(width + _EMS_A_PARAGRAPH * min(1.0, width / _FULL_PARAGRAPH) for width in widths) / _EMS_A_WORD
