"""The EPUB's style sheet: `style.css`, and the colors of this book's pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from storytailor.book.color_scheme import ColorScheme
from storytailor.book.embedding import Typefaces
from storytailor.book.overlays import ACTIVE_CLASS
from storytailor.text.typefaces import leading_in, size_of

_LINE_HEIGHT = 1.6
"""That of the body in `style.css`."""


def style_sheet(schemes: Sequence[ColorScheme], faces: Typefaces, language: str, *, highlight: bool) -> str:
    """The style sheet, with its faces and each palette step's colors, and a highlight on the word that is spoken."""
    rules = [
        f'@font-face {{ font-family: "{face}"; src: url("fonts/{face}.ttf"); size-adjust: {size_of(face):.0%}; }}'
        for face in faces.all
    ]
    rules.append(f"body {{ font-family: {_stack(faces.text)}, sans-serif; }}")
    rules.append(f"h1, h2, .lead, dt {{ font-family: {_stack(faces.headings)}, serif; }}")
    rules.append((Path(__file__).parent / "style.css").read_text(encoding="utf-8"))
    if (apart := leading_in(language)) != 1:
        rules.append(f"body {{ line-height: {_LINE_HEIGHT * apart:.2g}; }}")
    for number, scheme in enumerate(schemes):
        page = f".step-{number}" if number else "body"
        rules.append(f"{page} {{ background-color: {scheme.background}; color: {scheme.text}; }}")
        accented = ", ".join(f"{page} {part}" for part in ("h1", "h2", ".lead"))
        rules.append(f"{accented} {{ color: {scheme.accent}; }}")
        if highlight:
            colors = f"background-color: {scheme.sun}; color: {scheme.text_on_sun};"
            rules.append(f"{page} .{ACTIVE_CLASS} {{ {colors} border-radius: 0.25em; }}")
    return "\n".join(rules) + "\n"


def _stack(faces: Sequence[str]) -> str:
    return ", ".join(f'"{face}"' for face in faces)
