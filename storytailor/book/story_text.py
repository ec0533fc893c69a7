"""The story's text on its pages: one size for the whole book, and as many pages a scene as it needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from storytailor.book import fonts
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.formats import PageFormat
from storytailor.book.model import Book
from storytailor.book.pagination import Column, paginate
from storytailor.book.type_size import type_size
from storytailor.book.typesetting import Block, Style, printable_lines, set_block
from storytailor.text.languages import script
from storytailor.text.ties import tied, untied

_LEADING, _SPACE = 1.46, 0.5  # of the size; of the leading, between paragraphs
_WIDER = ((1.62, 0.58), (1.54, 0.54))
"""The same, where that takes no page more: scenes of a little over a page are not two pages half empty."""
_TIGHTER = ((1.46, 0.42), (1.42, 0.42), (1.39, 0.38), (1.36, 0.35))
"""The same, where that saves a page: a scene that needs a line or two more than a page is not worth a second one."""
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
    book: Book, schemes: Sequence[ColorScheme], page_format: PageFormat, page_height: float
) -> list[list[Column]]:
    """The scenes' texts, each on as many pages of `page_height` points as it needs, in one size for the whole book.

    Its lines stand as far apart as they can without a page more; in scripts with tall letters, they always do.
    """
    scenes = [list(filter(None, map(printable_lines, paragraphs(beat.text)))) for beat in book.content.beats]
    size = type_size(scenes, book.age_band)
    blocks = [
        _blocks(scene, scheme, size, page_format.measure, book.language)
        for scene, scheme in zip(scenes, schemes, strict=True)
    ]
    has_low_letters = script(book.language) in _WITH_CASES
    settings = [
        [paginate(_spaced(scene, leading, space), page_height) for scene in blocks]
        for leading, space in (*_WIDER, (_LEADING, _SPACE), *_TIGHTER)
        if (leading, space) == (_LEADING, _SPACE) or has_low_letters
    ]
    return min(settings, key=lambda scenes: sum(map(len, scenes)))  # the first, which is the widest, of as many pages


def _spaced(blocks: Sequence[Block], leading: float, space: float) -> list[Block]:
    """The blocks with this leading, a part of their size, and this space before each, a part of the leading."""
    return [replace(block, style=_style(block.style, leading, space)) for block in blocks]


def _style(style: Style, leading: float, space: float) -> Style:
    points = fonts.leading(style.size * leading)
    return replace(style, leading=points, space_before=points * space)


def _blocks(scene: Sequence[str], scheme: ColorScheme, size: float, measure: float, language: str) -> list[Block]:
    style = _style(Style(fonts.TEXT, size, size, scheme.text), _LEADING, _SPACE)
    return [
        set_block(paragraph, style, measure, language)
        if number
        else _with_lead(paragraph, style, measure, language, scheme.accent)
        for number, paragraph in enumerate(scene)
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
