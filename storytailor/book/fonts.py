"""The typefaces of the book, and which of them can set which character.

Andika is drawn for children who learn to read; Caprasimo, a soft old-style, is for titles. Whatever
they lack comes from DejaVu Sans (Greek to Georgian, Hebrew, Arabic, symbols) and Noto Sans (Chinese,
Japanese, Korean). Their licences lie beside them in `fonts/`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from threading import Lock

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display  # not bidi.get_display, which leaves brackets unmirrored
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from storytailor.text.ties import NO_BREAK_SPACES, untied

TEXT = "Andika-Regular"
BOLD = "Andika-Bold"
DISPLAY = "Caprasimo-Regular"
_FALLBACKS = ("DejaVuSans", "NotoSansSC-Subset", "NotoSansKR-Subset")

_KEPT_FORMATS = "\u200c\u2060"
"""What carries meaning for readers: the non-joiner, in Persian, and the word joiner."""

Run = tuple[str, str]  # face, and the text in the order it is drawn

_FOLDER = Path(__file__).parent / "fonts"
_registration = Lock()
_reshaper = ArabicReshaper({"delete_harakat": False})


def font_file(face: str) -> Path:
    """The TrueType file of a face."""
    return _FOLDER / f"{face}.ttf"


@cache
def _font(face: str) -> TTFont:
    """The face, registered with ReportLab at its first use: Noto's many glyphs are seldom needed."""
    with _registration:
        if face not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(face, font_file(face)))
        font = pdfmetrics.getFont(face)
        assert isinstance(font, TTFont)
        return font


def has_glyphs(face: str, text: str) -> bool:
    """Whether the face has every character of the text."""
    glyphs = _font(face).face.charToGlyph
    return all(ord(character) in glyphs for character in text if character != " ")


def title_face(text: str) -> str:
    """The display face, or the bold text face where the display face lacks a letter of the title."""
    letters = untied(printable(text))
    return DISPLAY if has_glyphs(DISPLAY, letters) or not has_glyphs(BOLD, letters) else BOLD


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """The text in composed form, in logical order, without what no face can draw.

    Emoji beyond our faces and invisible format characters go; a letter of a script we lack stays,
    and prints as the face's own "missing" sign.
    """
    composed = re.sub(rf"[^\S{NO_BREAK_SPACES}]", " ", unicodedata.normalize("NFC", text))
    return "".join(cluster for cluster, _ in _clusters(composed, TEXT))


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def has_right_to_left(text: str) -> bool:
    """Whether any letter runs right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def runs(text: str, face: str, *, right_to_left: bool = False) -> list[Run]:
    """The text of one line, ready to draw from left to right: shaped, reordered, and split by face."""
    text = printable(text)
    if has_right_to_left(text):
        text = get_display(_reshaper.reshape(text), base_dir="R" if right_to_left else "L")
    if has_glyphs(face, text):
        return [(face, text)]
    clusters = _clusters(text, face)
    return [(key, "".join(part for part, _ in group)) for key, group in groupby(clusters, key=lambda pair: pair[1])]


@lru_cache(maxsize=16384)
def width(text: str, face: str) -> float:
    """The width of the text in ems."""
    return sum(float(pdfmetrics.stringWidth(part, name, 1)) for name, part in runs(text, face))


def _clusters(text: str, face: str) -> Iterator[tuple[str, str]]:
    """Each character with its marks, and the first face that has them all."""
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and _is_combining(text[end]):
            end += 1
        yield from _with_face(text[at:end], face)
        at = end


def _is_combining(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def _with_face(cluster: str, face: str) -> Iterator[tuple[str, str]]:
    """The cluster with the first face that has it; its letter alone where none has the marks too."""
    if unicodedata.category(cluster[0]) in ("Cc", "Cf") and cluster not in _KEPT_FORMATS:
        return
    for name in (face, TEXT, *_FALLBACKS):
        if has_glyphs(name, cluster):
            yield cluster, name
            return
    if len(cluster) > 1:
        yield from _with_face(cluster[0], face)
    elif unicodedata.category(cluster)[0] in "LNP":
        yield cluster, face
