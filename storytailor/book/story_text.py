"""The story's text on its pages: one size for the whole book, as large as its length allows.

A scene takes an odd number of pages, so that each picture faces the first page of its text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from storytailor.book import fonts
from storytailor.book.colours import Scheme
from storytailor.book.typesetting import (
    Block,
    Page,
    Style,
    height,
    paginate,
    paginate_evenly,
    set_block,
)

_SIZES = [half_points / 2 for half_points in range(44, 25, -1)]  # points, the largest first
_LEADING = 1.46
_LEAD_WORDS = 3


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a beat, which blank lines part."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def set_scenes(
    texts: Sequence[str], schemes: Sequence[Scheme], measure: float, room: float
) -> list[list[Page]]:
    """The scenes' texts, each on its pages of `measure` by `room` points.

    On one page a scene in the largest size that allows it; a story too long for that in the size that
    fills its pages best.
    """
    scenes = list(zip(texts, schemes, strict=True))

    def in_size(size: float) -> list[list[Page]]:
        return [paginate(_blocks(text, scheme, size, measure), room) for text, scheme in scenes]

    place = bisect_left(_SIZES, True, key=lambda size: all(len(pages) == 1 for pages in in_size(size)))
    if place < len(_SIZES):
        return in_size(_SIZES[place])
    return max((_flowing(scenes, size, measure, room) for size in _SIZES), key=lambda flow: flow[0])[1]


def _flowing(
    scenes: Sequence[tuple[str, Scheme]], size: float, measure: float, room: float
) -> tuple[float, list[list[Page]]]:
    """The scenes on as many pages as they need, and what part of these they fill."""
    pages = [_odd(_blocks(text, scheme, size, measure), room) for text, scheme in scenes]
    filled = sum(height(page) for scene in pages for page in scene)
    return filled / (room * sum(map(len, pages))), pages


def _odd(blocks: Sequence[Block], room: float) -> list[Page]:
    needed = len(paginate(blocks, room))
    wanted = needed + 1 - needed % 2
    pages = paginate_evenly(blocks, room, wanted)
    return pages + [[]] * (wanted - len(pages))


def _blocks(text: str, scheme: Scheme, size: float, measure: float) -> list[Block]:
    leading = round(size * _LEADING)
    style = Style(fonts.TEXT, size, leading, scheme.ink, space_before=leading / 2)
    blocks = [set_block(paragraph, style, measure) for paragraph in paragraphs(text)]
    if blocks:
        blocks[0] = _with_lead(blocks[0], scheme, measure)
    return blocks


def lead_words(text: str) -> int:
    """How many words open the text in the display face: a few, up to the first stop."""
    words = text.split()[:_LEAD_WORDS]
    for number, word in enumerate(words, 1):
        if not word[-1].isalnum():
            return number
    return len(words)


def _with_lead(block: Block, scheme: Scheme, measure: float) -> Block:
    """The block with its opening words in the display face."""
    words = block.text.split()
    lead = lead_words(block.text)
    face = fonts.title_face(" ".join(words[:lead]))
    if not fonts.covers(face, " ".join(words[:lead])):
        return block
    led = set_block(block.text, block.style, measure, lead=lead, lead_face=face, lead_colour=scheme.accent)
    return (
        replace(led, lead=sum(word.face == face for line in led.lines for word in line)) if led.lead else led
    )
