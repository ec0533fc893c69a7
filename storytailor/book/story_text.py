"""The story's text on its pages: one size for the whole book, and as many pages a scene as it needs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storytailor.book import fonts
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.formats import PageFormat
from storytailor.book.model import Book
from storytailor.book.pagination import Column, paginate
from storytailor.book.type_size import type_size
from storytailor.book.typesetting import Block, Style, printable_lines, set_block
from storytailor.text.languages import script
from storytailor.text.ties import tied, untied

_LEADING = 1.46  # of the size
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
    """The scenes' texts, each on as many pages of `page_height` points as it needs, in one size for the whole book."""
    scenes = [list(filter(None, map(printable_lines, paragraphs(beat.text)))) for beat in book.content.beats]
    size = type_size(scenes, book.age_band)
    return [
        paginate(_blocks(scene, scheme, size, page_format.measure, book.language), page_height)
        for scene, scheme in zip(scenes, schemes, strict=True)
    ]


def _blocks(scene: Sequence[str], scheme: ColorScheme, size: float, measure: float, language: str) -> list[Block]:
    leading = round(size * _LEADING * 2) / 2
    style = Style(fonts.TEXT, size, leading, scheme.text, space_before=leading / 2)
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
