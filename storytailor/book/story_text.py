"""The story's text on its pages: one size for the whole book, as large as its length allows.

A scene takes an odd number of pages, so that each picture faces the first page of its text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from storytailor.book import fonts
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.pagination import Column, column_height, paginate, paginate_evenly
from storytailor.book.typesetting import Block, Style, set_block

_SIZES = [half_points / 2 for half_points in range(44, 25, -1)]  # points, the largest first
_LEADING = 1.46
_MAX_LEAD_WORDS = 3


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a beat, which blank lines part."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def set_scenes(
    texts: Sequence[str], schemes: Sequence[ColorScheme], measure: float, page_height: float
) -> list[list[Column]]:
    """The scenes' texts, each on its pages of `measure` by `page_height` points.

    On one page a scene in the largest size that allows it; a story too long for that in the size that
    fills its pages best.
    """
    scenes = list(zip(texts, schemes, strict=True))

    def in_size(size: float) -> list[list[Column]]:
        return [paginate(_blocks(text, scheme, size, measure), page_height) for text, scheme in scenes]

    place = bisect_left(_SIZES, True, key=lambda size: all(len(pages) == 1 for pages in in_size(size)))
    if place < len(_SIZES):
        return in_size(_SIZES[place])
    flows = (_on_several_pages(scenes, size, measure, page_height) for size in _SIZES)
    return max(flows, key=lambda flow: flow[0])[1]


def _on_several_pages(
    scenes: Sequence[tuple[str, ColorScheme]], size: float, measure: float, page_height: float
) -> tuple[float, list[list[Column]]]:
    """What part of their pages the scenes fill in this size, and the scenes on these pages."""
    pages = [_on_odd_pages(_blocks(text, scheme, size, measure), page_height) for text, scheme in scenes]
    filled = sum(column_height(column) for scene in pages for column in scene)
    return filled / (page_height * sum(map(len, pages))), pages


def _on_odd_pages(blocks: Sequence[Block], page_height: float) -> list[Column]:
    """The blocks on an odd number of pages; the last ones are empty where that takes more than they fill."""
    needed = len(paginate(blocks, page_height))
    wanted = needed + 1 - needed % 2
    pages = paginate_evenly(blocks, page_height, wanted)
    return pages + [[]] * (wanted - len(pages))


def _blocks(text: str, scheme: ColorScheme, size: float, measure: float) -> list[Block]:
    leading = round(size * _LEADING)
    style = Style(fonts.TEXT, size, leading, scheme.text, space_before=leading / 2)
    blocks = [set_block(paragraph, style, measure) for paragraph in paragraphs(text)]
    if blocks:
        blocks[0] = _with_lead(blocks[0], scheme, measure)
    return blocks


def count_lead_words(text: str) -> int:
    """How many words open the text in the display face: a few, up to the first stop."""
    words = text.split()[:_MAX_LEAD_WORDS]
    for number, word in enumerate(words, 1):
        if not word[-1].isalnum():
            return number
    return len(words)


def _with_lead(block: Block, scheme: ColorScheme, measure: float) -> Block:
    """The block with its opening words in the display face."""
    count = count_lead_words(block.text)
    lead = " ".join(block.text.split()[:count])
    face = fonts.title_face(lead)
    if not fonts.has_glyphs(face, lead):
        return block
    led = set_block(block.text, block.style, measure, lead_words=count, lead_face=face, lead_color=scheme.accent)
    if not led.lead_words:
        return led
    # A word too long for the line is in pieces by now, all of which belong to the lead.
    return replace(led, lead_words=sum(word.face == face for line in led.lines for word in line))
