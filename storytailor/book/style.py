"""The EPUB's style sheet: `style.css`, and the colors of this book's pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from storytailor.book.color_scheme import ColorScheme
from storytailor.book.overlays import ACTIVE_CLASS


def style_sheet(schemes: Sequence[ColorScheme], *, highlight: bool) -> str:
    """The style sheet, with each palette step's colors, and a highlight on the word that is spoken."""
    rules = [(Path(__file__).parent / "style.css").read_text(encoding="utf-8")]
    for number, scheme in enumerate(schemes):
        page = f".step-{number}" if number else "body"
        rules.append(f"{page} {{ background-color: {scheme.background}; color: {scheme.text}; }}")
        accented = ", ".join(f"{page} {part}" for part in ("h1", "h2", ".lead"))
        rules.append(f"{accented} {{ color: {scheme.accent}; }}")
        if highlight:
            colors = f"background-color: {scheme.sun}; color: {scheme.text_on_sun};"
            rules.append(f"{page} .{ACTIVE_CLASS} {{ {colors} border-radius: 0.25em; }}")
    return "\n".join(rules) + "\n"
