"""The story's text on its pages: one size for the whole book, as large as its length allows.

A scene takes an odd number of pages, so that each picture faces the first page of its text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from storytailor.book import fonts
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.pagination import Column, column_height, paginate, paginate_evenly
from storytailor.book.typesetting import Block, Style, printable_lines, set_block
from storytailor.text.languages import script
from storytailor.text.ties import tied, untied

_SIZES = [half_points / 2 for half_points in range(44, 25, -1)]  # points, the largest first
_LEADING = 1.46
_MAX_LEAD_WORDS, _MAX_LEAD_LENGTH = 3, 30
_WITH_CASES = ("Latn", "Grek", "Cyrl", "Armn")
"""The scripts that an opening can be set apart in; the display face has nothing to show for others."""


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a beat, which blank lines part; a line feed within one ends a line of verse."""
    stanzas = ([re.sub(r"[ \t]+", " ", line).strip(" ") for line in part.split("\n")] for part in _parts(text))
    return ["\n".join(filter(str.strip, lines)) for lines in stanzas]


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


def set_scenes(
    texts: Sequence[str], schemes: Sequence[ColorScheme], measure: float, page_height: float, language: str
) -> list[list[Column]]:
    """The scenes' texts, each on its pages of `measure` by `page_height` points.

    On one page a scene in the largest size that allows it; a story too long for that in the size that
    fills its pages best.
    """
    scenes = list(zip(texts, schemes, strict=True))

    def in_size(size: float) -> list[list[Column]]:
        return [paginate(_blocks(text, scheme, size, measure, language), page_height) for text, scheme in scenes]

    place = bisect_left(_SIZES, True, key=lambda size: all(len(pages) == 1 for pages in in_size(size)))
    if place < len(_SIZES):
        return in_size(_SIZES[place])
    flows = (_on_several_pages(scenes, size, measure, page_height, language) for size in _SIZES)
    return max(flows, key=lambda flow: flow[0])[1]


def _on_several_pages(
    scenes: Sequence[tuple[str, ColorScheme]], size: float, measure: float, page_height: float, language: str
) -> tuple[float, list[list[Column]]]:
    """What part of their pages the scenes fill in this size, and the scenes on these pages."""
    pages = [_on_odd_pages(_blocks(text, scheme, size, measure, language), page_height) for text, scheme in scenes]
    filled = sum(column_height(column) for scene in pages for column in scene)
    return filled / (page_height * sum(map(len, pages))), pages


def _on_odd_pages(blocks: Sequence[Block], page_height: float) -> list[Column]:
    """The blocks on an odd number of pages; the last ones are empty where that takes more than they fill."""
    needed = len(paginate(blocks, page_height))
    wanted = needed + 1 - needed % 2
    pages = paginate_evenly(blocks, page_height, wanted)
    return pages + [[]] * (wanted - len(pages))


def _blocks(text: str, scheme: ColorScheme, size: float, measure: float, language: str) -> list[Block]:
    leading = round(size * _LEADING)
    style = Style(fonts.TEXT, size, leading, scheme.text, space_before=leading / 2)
    first, *others = list(filter(None, map(printable_lines, paragraphs(text)))) or [""]
    if not first:
        return []
    return [
        _with_lead(first, style, measure, language, scheme.accent),
        *(set_block(paragraph, style, measure, language) for paragraph in others),
    ]


def lead_length(paragraph: str, language: str) -> int:
    """How many characters open a scene in the display face: a few words, up to the first stop.

    No whole paragraph does, no mark alone, and nothing in a script without capitals.
    """
    if script(language) not in _WITH_CASES:
        return 0
    paragraph, end = tied(paragraph, language), 0
    for word in list(re.finditer(r"[^ \n]+", paragraph))[:_MAX_LEAD_WORDS]:
        if word.end() > _MAX_LEAD_LENGTH or "\n" in paragraph[end : word.start()] or not _has_cases(word[0]):
            break
        end = word.end()
        if not word[0][-1].isalnum():
            break
    return end if end < len(paragraph) else 0


def _has_cases(word: str) -> bool:
    return any(letter.lower() != letter.upper() for letter in word)


def _with_lead(paragraph: str, style: Style, measure: float, language: str, color: str) -> Block:
    """The paragraph with its opening words in the display face."""
    length = lead_length(paragraph, language)
    opening = untied(paragraph[:length])
    face = fonts.title_face(opening)
    if not fonts.has_glyphs(face, opening):
        length = 0
    return set_block(paragraph, style, measure, language, lead_length=length, lead_face=face, lead_color=color)
