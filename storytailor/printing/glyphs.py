"""Which characters of an embedded TrueType font have no glyph: what is drawn for them is an empty box."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import lru_cache

import pikepdf


class DrawnFont:
    """A font of a PDF, as far as it says what is drawn and how wide."""

    def __init__(self, font: pikepdf.Object) -> None:
        self.name = str(font.get("/BaseFont", ""))
        self.is_composite = font.get("/Subtype") == "/Type0"
        own = font.DescendantFonts[0] if self.is_composite else font
        descriptor = own.get("/FontDescriptor", pikepdf.Dictionary())
        file = next((descriptor[key] for key in ("/FontFile2", "/FontFile3", "/FontFile") if key in descriptor), None)
        self.is_embedded = file is not None
        truetype = "/FontFile2" in descriptor and not self.is_composite and isinstance(file, pikepdf.Stream)
        self._glyphs = _glyphs(file.read_bytes()) if truetype and isinstance(file, pikepdf.Stream) else None
        self._first = int(own.get("/FirstChar", 0))
        self._widths = [float(width) for width in own.get("/Widths", [])]
        self._other = float(own.get("/DW", 1000) if self.is_composite else descriptor.get("/MissingWidth", 0))

    def codes(self, text: bytes) -> list[int]:
        """The characters' codes: two bytes each in a composite font."""
        if self.is_composite:
            return [high << 8 | low for high, low in zip(text[::2], text[1::2], strict=False)]
        return list(text)

    def width(self, code: int) -> float:
        """In ems; in a composite font all are taken for as wide as its default."""
        at = code - self._first
        width = self._widths[at] if 0 <= at < len(self._widths) and not self.is_composite else self._other
        return width / 1000

    def lacks(self, code: int) -> bool:
        """Whether an empty box is drawn for this code, as far as the font's own table says."""
        if self.is_composite:
            return code == 0
        return self._glyphs is not None and code != 32 and self._glyphs.get(code, 0) == 0


class DrawnFonts:
    """The fonts of one PDF, each read once however many of its pages it is drawn on."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, int], DrawnFont] = {}

    def read(self, font: pikepdf.Object) -> DrawnFont:
        """The font."""
        if not font.is_indirect:
            return DrawnFont(font)
        if font.objgen not in self._read:
            self._read[font.objgen] = DrawnFont(font)
        return self._read[font.objgen]


@lru_cache(maxsize=64)
def _glyphs(font: bytes) -> Mapping[int, int] | None:
    """Glyphs by code, from the table for simple fonts: Macintosh's, or the symbol fonts'. None when there is none."""
    tables = {
        font[at : at + 4]: struct.unpack(">II", font[at + 8 : at + 16])
        for at in range(12, 12 + 16 * struct.unpack(">H", font[4:6])[0], 16)
    }
    if b"cmap" not in tables:
        return None
    start, _ = tables[b"cmap"]
    for number in range(struct.unpack(">H", font[start + 2 : start + 4])[0]):
        platform, encoding, offset = struct.unpack(">HHI", font[start + 4 + 8 * number : start + 12 + 8 * number])
        if (platform, encoding) in ((1, 0), (3, 0)):
            return _read_table(font[start + offset :])
    return None


def _read_table(table: bytes) -> Mapping[int, int] | None:
    """A table of format 0, 4 or 6."""
    match struct.unpack(">H", table[:2])[0]:
        case 0:
            return dict(enumerate(table[6 : 6 + 256]))
        case 6:
            first, count = struct.unpack(">HH", table[6:10])
            return {
                first + at: glyph for at, glyph in enumerate(struct.unpack(f">{count}H", table[10 : 10 + 2 * count]))
            }
        case 4:
            return _read_segments(table)
    return None


def _read_segments(table: bytes) -> Mapping[int, int]:
    count = struct.unpack(">H", table[6:8])[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack(f">{count}H", table[at : at + 2 * count])
        for at in (14, 16 + 2 * count, 16 + 4 * count, 16 + 6 * count)
    )
    found = {}
    for number in range(count):
        for code in range(starts[number], min(ends[number], 0xFFFE) + 1):
            glyph = code
            if offsets[number]:
                at = 16 + 6 * count + 2 * number + offsets[number] + 2 * (code - starts[number])
                glyph = struct.unpack(">H", table[at : at + 2])[0]
            if glyph or not offsets[number]:
                found[code & 0xFF if code >= 0xF000 else code] = (glyph + deltas[number]) & 0xFFFF
    return found
