"""The typefaces that an EPUB carries: of each face that its text is set in, the letters that it sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import uharfbuzz as hb

from storytailor.text.typefaces import DISPLAY, TEXT, faces_for, font_file, letters

_ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))
_NAMES = range(15)  # of the font's own entries: its makers, its licence


@dataclass(frozen=True)
class Typefaces:
    """The faces of a book's text and of its headings, each in the order they are asked for a letter."""

    text: Sequence[str]
    headings: Sequence[str]

    @property
    def all(self) -> list[str]:
        """Each of them once."""
        return list(dict.fromkeys([*self.text, *self.headings]))


def typefaces_of(characters: Iterable[str], language: str) -> Typefaces:
    """The faces that set these characters in a book of this language."""
    wanted = {character for character in characters if not character.isspace()}
    text = _used(faces_for(TEXT, language), wanted)
    # For a mark that the titles' faces lack, the text's is good enough.
    headings = _used(faces_for(DISPLAY, language), set(filter(str.isalnum, wanted)))
    return Typefaces(text, [*headings, *(face for face in text if face not in headings)])


def _used(faces: Sequence[str], wanted: set[str]) -> list[str]:
    """The faces that are the first to have one of the characters."""
    used, left = [], set(wanted)
    for face in faces:
        if left & letters(face):
            used.append(face)
            left -= letters(face)
    return used


def embedded_font(face: str, characters: Iterable[str]) -> bytes:
    """The face with these characters, and with all that its script makes of them."""
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_HINTING
    wanted.sets(hb.SubsetInputSets.UNICODE).update(map(ord, _ALWAYS.union(characters)))
    wanted.sets(hb.SubsetInputSets.NAME_ID).update(_NAMES)
    return bytes(hb.subset(hb.Face(hb.Blob.from_file_path(font_file(face))), wanted).blob.data)
