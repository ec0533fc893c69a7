"""Text as it is drawn: in which faces, in which order, shaped as its script asks.

Which faces there are says `storytailor.text.typefaces`; how letters are joined, `storytailor.book.shaping`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import groupby

from reportlab.pdfbase import pdfmetrics

from storytailor.book.bidi import has_right_to_left, stretches
from storytailor.book.shaping import Glyphs, is_one_by_one, registered_font, shape
from storytailor.errors import UnprintableError
from storytailor.text import languages, typefaces
from storytailor.text.ties import NO_BREAK_SPACES, untied
from storytailor.text.typefaces import (
    BOLD,
    DISPLAY,
    TEXT,
    describe_unprintable,
    faces_for,
    letters,
    size_of,
    unprintable,
    without_lacking_symbols,
)

__all__ = ["BOLD", "DISPLAY", "TEXT", "has_glyphs", "has_right_to_left", "is_drawn_as_written", "is_right_to_left",
           "largest_size", "leading", "printable", "printing_in", "require_printable", "runs", "title_face",
           "width"]  # fmt: skip

Run = tuple[str, str]  # face, and what is drawn in it: characters, or glyphs as a `Glyphs`

_KEPT_FORMATS = "\u200c\u200d\u2060"
"""What carries meaning for readers: joiner and non-joiner in Persian and Indic scripts, and the word joiner."""
_OTHER_SPACE = re.compile(rf"[^\S{NO_BREAK_SPACES}]")
_language: ContextVar[str] = ContextVar("_language", default="en")


@contextmanager
def printing_in(language: str) -> Iterator[None]:
    """Within it, text is measured and drawn as in a book of this language.

    The same Han character looks different in a Japanese and in a Chinese book, and every measure of a book depends
    on it.
    """
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def is_right_to_left() -> bool:
    """Whether the book's language is written from right to left, and so each of its paragraphs."""
    return languages.is_right_to_left(_language.get())


def has_glyphs(face: str, text: str) -> bool:
    """Whether the face has every character of the text."""
    return letters(face).issuperset(text.replace(" ", ""))


def title_face(text: str) -> str:
    """The display face, or the bold text face where the display face lacks a letter of the title.

    A space that it lacks, as before a French question mark, is set in another face.
    """
    letters = "".join(untied(printable(text)).split())
    return DISPLAY if has_glyphs(DISPLAY, letters) else BOLD


def is_of_one_weight() -> bool:
    """Whether the face of the book's script has no bold."""
    return typefaces.is_of_one_weight(_language.get())


def leading(points: float) -> float:
    """The leading in the book's script, where Latin has one of so many points; a multiple of half a point."""
    return round(points * typefaces.leading_in(_language.get()) * 2) / 2


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """The text in composed form, in logical order, without symbols and format characters that no face can draw."""
    composed = _OTHER_SPACE.sub(" ", unicodedata.normalize("NFC", text))
    if composed.isascii() and composed.isprintable():
        return composed
    return "".join(
        character
        for character in without_lacking_symbols(composed)
        if unicodedata.category(character) not in ("Cc", "Cf") or character in _KEPT_FORMATS
    )


def require_printable(text: str) -> None:
    """Raise UnprintableError, naming the letters, where no face has one of the text's."""
    if lacking := unprintable(text):
        raise UnprintableError(f"The book cannot be printed: {describe_unprintable(lacking)}.")


def is_drawn_as_written(text: str) -> bool:
    """Whether what is drawn are the text's own characters in its own order, so that it can be read off the page."""
    return is_one_by_one(text) and not has_right_to_left(text) and not (is_right_to_left() and text)


def runs(text: str, face: str, *, right_to_left: bool = False) -> list[Run]:
    """The text of one line, ready to draw from left to right: reordered, split by face, and shaped.

    `right_to_left` is the direction of the book. Raises UnprintableError for a letter that no face has.
    """
    text = printable(text).replace("\u2060", "")
    language = _language.get()
    drawn: list[Run] = []
    for stretch, to_left in stretches(text, right_to_left=right_to_left):
        parts = _in_faces(stretch, faces_for(face, language))
        drawn += [_drawn(part, name, language, to_left) for name, part in (reversed(parts) if to_left else parts)]
    return drawn


def _drawn(text: str, face: str, language: str, to_left: bool) -> Run:
    registered_font(face)
    if is_one_by_one(text) and not to_left:
        return face, text
    return face, shape(text, face, language, right_to_left=to_left)


def width(text: str, face: str) -> float:
    """The width of the text in ems."""
    return _width(text, face, _language.get())


@lru_cache(maxsize=16384)
def _width(text: str, face: str, language: str) -> float:
    return sum(
        (part.width if isinstance(part, Glyphs) else float(pdfmetrics.stringWidth(part, name, 1))) * size_of(name)
        for name, part in runs(text, face)
    )


def largest_size(text: str, face: str) -> float:
    """How large the largest of its faces is set, where others are set at 1."""
    return max((size_of(name) for name, _ in runs(text, face)), default=1.0)


def _in_faces(text: str, faces: tuple[str, ...]) -> list[tuple[str, str]]:
    """The text in stretches of one face each, with their faces."""
    if not text:
        return []
    letters = "".join(text.split())
    whole = next((name for name in faces if has_glyphs(name, letters)), "")
    if whole and has_glyphs(whole, text):
        return [(whole, text)]  # no digits of one face between letters of another
    require_printable(text)
    tried = (whole, *faces) if whole else faces
    pairs = [pair for cluster in _clusters(text) for pair in _with_face(cluster, tried)]
    return [(name, "".join(part for _, part in group)) for name, group in groupby(pairs, key=lambda pair: pair[0])]


def _clusters(text: str) -> Iterator[str]:
    """Each character with its marks and joiners."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not (text[at] in _KEPT_FORMATS or unicodedata.category(text[at])[0] == "M"):
            yield text[start:at]
            start = at


def _with_face(cluster: str, faces: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The cluster with the first face that has it; its characters one by one where no face has them all."""
    sought = cluster.translate(_WITHOUT_FORMATS)
    for name in faces:
        if has_glyphs(name, sought):
            yield name, cluster
            return
    if len(sought) > 1:
        for character in sought:
            yield from _with_face(character, faces)
    elif sought:  # a kind of space that none has
        yield faces[0], " "


_WITHOUT_FORMATS = dict.fromkeys(map(ord, _KEPT_FORMATS))
