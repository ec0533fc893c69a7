"""What the codes of a font in a PDF stand for, so that a screen reader and a search find letters and not glyphs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.pdfbase.ttfonts import TTFont

_ENTRIES = 100  # in a block of a CMap, at most


class MappedFont(TTFont):
    """A TrueType font whose codes without a character claim none.

    ReportLab 5.1 maps these to U+0000, which PDF/UA-1 forbids (7.21.7), in one block of any length.
    """

    def addObjects(self, doc: Any) -> None:
        """Add the font's objects to the document, their maps to Unicode mended."""
        subsets = list(self.state[doc].subsets)  # given up by what follows
        names = [self.getSubsetInternalName(number, doc)[1:] for number in range(len(subsets))]
        super().addObjects(doc)
        written = doc.idToObject["BasicFonts"].dict
        for name, subset in zip(names, subsets, strict=True):
            font = written[name]
            doc.idToObject[font.ToUnicode.name].content = to_unicode(font.BaseFont, subset)


def to_unicode(name: str, subset: Sequence[int]) -> str:
    """The CMap (ISO 32000-1, 9.10.3) of a font whose code n stands for the character `subset[n]`, 0 for none."""
    entries = [f"<{code:02X}> <{_utf16(character)}>" for code, character in enumerate(subset) if character]
    blocks = [entries[start : start + _ENTRIES] for start in range(0, len(entries), _ENTRIES)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        f"/CMapName /{name}-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])


def _utf16(character: int) -> str:
    return chr(character).encode("utf-16-be").hex().upper()
