"""Letters as their script joins them: HarfBuzz chooses and places the glyphs, ReportLab draws them.

ReportLab draws characters, and many of a script's glyphs stand for none: ligatures, joined forms, half consonants.
When a face is loaded, each of these is given a character of the private use area, once, so that documents made side
by side in threads share a face that never changes. What a reader copies is told apart from what is drawn (ActualText).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from threading import Lock
from typing import Any, Self, cast

import uharfbuzz as hb
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import ShapeData, ShapedStr, TTFont

from storytailor.book.unicode_map import MappedFont
from storytailor.text.typefaces import font_file, hb_font

# Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew, Ethiopic, Han, kana and Hangul stand one beside the other as they
# are written; a combining mark among them is placed by HarfBuzz.
_ONE_BY_ONE = re.compile(
    r"[\u0020-\u02ff\u0370-\u0482\u048a-\u05ff\u10a0-\u10ff\u1200-\u135c\u1360-\u139f\u1c90-\u1cbf\u1e00-\u200b"
    r"\u2010-\u2bff\u2e80-\u3029\u3030-\u3098\u309b-\ud7a3\uf900-\ufaff\ufb1d-\ufb4f\uff00-\uffef]*"
)
_FEATURES = {"kern": True, "liga": True}
_PRIVATE = range(0xE000, 0xF900)
_registration = Lock()


class Glyphs(ShapedStr):
    """Glyphs as characters of their face, from left to right, each with its place."""

    def __new__(cls, characters: str, places: Sequence[ShapeData]) -> Self:
        """The characters with a place for each, in thousandths of an em."""
        return super().__new__(cls, characters, list(places))  # type: ignore[arg-type]  # the stubs know one only

    @property
    def places(self) -> Sequence[ShapeData]:
        """Advance and offset of each, in thousandths of an em."""
        return cast("Sequence[ShapeData]", self.__shapeData__)  # type: ignore[attr-defined]

    def levels(self) -> Iterator[tuple[float, Glyphs]]:
        """The glyphs in stretches that stand at one height: how high in thousandths of an em, and the stretch."""
        pairs = zip(self, self.places, strict=True)
        for up, group in groupby(pairs, key=lambda pair: float(pair[1].y_offset)):
            characters, places = zip(*group, strict=True)
            yield up, Glyphs("".join(characters), [place._replace(y_offset=0) for place in places])

    @property
    def width(self) -> float:
        """The width of them all in ems."""
        return float(sum(place.x_advance for place in self.places)) / 1000


@cache
def registered_font(face: str) -> TTFont:
    """The face as ReportLab draws it, loaded at its first use."""
    with _registration:
        if face not in pdfmetrics.getRegisteredFontNames():
            font = MappedFont(face, font_file(face))
            _name_glyphs(font.face, face)
            pdfmetrics.registerFont(font)
        return cast(TTFont, pdfmetrics.getFont(face))


def tables_of(face: str) -> Any:
    """What ReportLab knows of the face: charToGlyph, glyphToChar, charWidths. Its stubs leave most of it out."""
    return registered_font(face).face


def _name_glyphs(tables: Any, face: str) -> None:
    """Give each glyph that stands for no character a private one. A face without OpenType layout needs none."""
    shaper = hb_font(face)
    if not shaper.face.has_layout_substitution:
        return
    free = (code for code in _PRIVATE if code not in tables.charToGlyph)
    for glyph in range(1, shaper.face.glyph_count):
        if glyph not in tables.glyphToChar:
            code = next(free)
            tables.charToGlyph[code] = glyph
            tables.glyphToChar[glyph] = [code]
            tables.charWidths[code] = tables._pdfScale(shaper.get_glyph_h_advance(glyph))


def is_one_by_one(text: str) -> bool:
    """Whether the text's characters stand one beside the other as they are, in whichever direction."""
    return _ONE_BY_ONE.fullmatch(text) is not None


def shape(text: str, face: str, language: str, *, right_to_left: bool) -> Glyphs:
    """The text's glyphs; the face must have all its characters."""
    tables = tables_of(face)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if right_to_left else "ltr"
    buffer.guess_segment_properties()
    buffer.language = language
    hb.shape(hb_font(face), buffer, _FEATURES)
    characters, places = [], []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        if not info.codepoint:
            raise ValueError(f"{face} lacks a letter of {text!r}")
        code = tables.glyphToChar[info.codepoint][0]
        scaled = map(tables._pdfScale, (position.x_advance, position.y_advance, position.x_offset, position.y_offset))
        characters.append(chr(code))
        places.append(ShapeData(info.cluster, *scaled, tables.charWidths[code]))  # type: ignore[call-arg]
    return Glyphs("".join(characters), places)


def glyph_numbers(text: str, face: str) -> list[tuple[int, float]]:
    """The glyph of each character and its width in thousandths of an em."""
    tables = tables_of(face)
    return [(tables.charToGlyph[ord(character)], tables.charWidths[ord(character)]) for character in text]
