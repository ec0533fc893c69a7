"""The typefaces that books are printed in, and what each of them has letters for.

Andika is drawn for children who learn to read; Caprasimo, a soft old-style, is for titles. Noto sets the scripts that
they lack. The files lie in `storytailor/book/fonts/` with their licences.

HarfBuzz reads them where they lie, so that the API can say what can be printed without loading what draws it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb

from storytailor.text.languages import SCRIPTS, script

TEXT = "Andika-Regular"
BOLD = "Andika-Bold"
DISPLAY = "Caprasimo-Regular"

_FAMILIES = {
    "Grek": "NotoSans", "Armn": "NotoSansArmenian", "Geor": "NotoSansGeorgian", "Arab": "NotoNaskhArabic",
    "Hebr": "NotoSansHebrew", "Deva": "NotoSansDevanagari", "Beng": "NotoSansBengali", "Taml": "NotoSansTamil",
    "Thai": "NotoSansThai", "Ethi": "NotoSansEthiopic", "Jpan": "NotoSansJP", "Kore": "NotoSansKR",
    "Hans": "NotoSansSC", "Hant": "NotoSansTC",
}  # fmt: skip
"""The family of each script but Latin and Cyrillic, which Andika has. A Han character that is in several is drawn as
Japanese do it, unless the book is Chinese."""
_SIZES = {"NotoNaskhArabic": 1.3, "NotoSansDevanagari": 1.12, "NotoSansBengali": 1.12, "NotoSansThai": 1.08,
          "NotoSansHebrew": 1.05}  # fmt: skip
"""How much larger a family is set, for its letters to look as large as Andika's beside them: its low letters stand
about as high as Andika's, and where all hang from a line, that line stands a third higher: they have more strokes."""
_LEADINGS = {"NotoNaskhArabic": 1.2}
"""How much farther apart the lines of a family stand: its marks above and its tails below need the room."""
_SYMBOLS = "DejaVuSans-Symbols"
_ONE_WEIGHT = frozenset({"NotoSansJP", "NotoSansKR", "NotoSansSC", "NotoSansTC"})
HEAVIER = 0.035
"""How wide a stroke round its letters, in ems, makes a face of one weight a bold one."""
_FOLDER = Path(__file__).parent.parent / "book" / "fonts"


def font_file(face: str) -> Path:
    """The TrueType file of a face."""
    return _FOLDER / f"{face}.ttf"


@cache
def hb_font(face: str) -> hb.Font:
    """The face as HarfBuzz reads it, in its own units; not to be changed, as threads share it."""
    return hb.Font(hb.Face(hb.Blob.from_file_path(font_file(face))))


def is_stroked(face: str, asked: str) -> bool:
    """Whether a face that has one weight stands for the bold or display face that was asked for."""
    return asked != TEXT and face.partition("-")[0] in _ONE_WEIGHT


def is_of_one_weight(language: str) -> bool:
    """Whether the face of the language's script has one weight."""
    return _FAMILIES.get(script(language)) in _ONE_WEIGHT


def size_of(face: str) -> float:
    """How large the face is set, where others are set at 1."""
    return _SIZES.get(face.partition("-")[0], 1.0)


def leading_in(language: str) -> float:
    """How far apart lines in the language's script stand, where those of others stand at 1."""
    return _LEADINGS.get(_FAMILIES.get(script(language), ""), 1.0)


@cache
def letters(face: str) -> frozenset[str]:
    """The characters that the face can draw."""
    return frozenset(map(chr, hb_font(face).face.unicodes))


@lru_cache(maxsize=64)
def faces_for(face: str, language: str) -> tuple[str, ...]:
    """All faces in the order in which they are asked for a letter, in a book of this language.

    A title's face comes first. In running text the face of the language's own script does, so that digits and marks
    look like the letters around them; what it lacks, as Latin letters, is set in `face`.
    """
    is_bold = face != TEXT
    others = [_weighted(family, is_bold=is_bold) for family in _FAMILIES.values()]
    own = _FAMILIES.get(script(language))
    mine = [_weighted(own, is_bold=is_bold)] if own else []
    first = [DISPLAY, *mine, BOLD] if face == DISPLAY else [*mine, face]
    return tuple(dict.fromkeys([*first, *others, TEXT, _SYMBOLS]))


def names_of_faces(language: str) -> str:
    """The families that a book of this language is set in, as its colophon names them."""
    family = _FAMILIES.get(script(language))
    return f"{re.sub('(?<=[a-z])(?=[A-Z])', ' ', family)}, Andika" if family else "Andika, Caprasimo"


def _weighted(family: str, *, is_bold: bool) -> str:
    return f"{family}-{'Bold' if is_bold and family not in _ONE_WEIGHT else 'Regular'}"


def is_ignorable(character: str) -> bool:
    """Whether it only changes how its neighbors are drawn, as joiners do, or parts them, and needs no letter."""
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def unprintable(text: str) -> str:
    """The letters, marks, digits and punctuation of the text that no face has, each once."""
    return "".join(character for character in _lacking(text) if not _is_symbol(character))


def without_lacking_symbols(text: str) -> str:
    """The text without the symbols that no face has, such as emoji: a line says the same without them."""
    symbols = "".join(filter(_is_symbol, _lacking(text)))
    return re.sub(rf"\s?[{re.escape(symbols)}][\u200d\ufe0f]*", "", text) if symbols else text


@lru_cache(maxsize=4096)
def _lacking(text: str) -> str:
    """The characters of the text that no face has, each once."""
    if text.isascii():
        return ""
    faces = faces_for(TEXT, "en")
    composed = dict.fromkeys(unicodedata.normalize("NFC", text))
    return "".join(
        character
        for character in composed
        if not is_ignorable(character) and not any(character in letters(face) for face in faces)
    )


def _is_symbol(character: str) -> bool:
    """Whether it is a picture or sign; what this Python does not know yet are the newest emoji."""
    return unicodedata.category(character) in ("So", "Sk", "Cn")


def describe_unprintable(characters: str) -> str:
    """What to say of them: which they are, of what script, and which scripts there are."""
    names = (unicodedata.name(character, "").partition(" ")[0].capitalize() for character in characters)
    scripts = ", ".join(dict.fromkeys(filter(None, names)))
    shown = " ".join(characters[:12])
    *known, last = SCRIPTS.values()
    return (
        f"no typeface has {shown}{f' ({scripts})' if scripts else ''}: write it in {', '.join(known)} or {last} letters"
    )
