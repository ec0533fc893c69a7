"""Printers' profiles, read from `profiles.toml`: what each asks of a book's files. All lengths in inches."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

HOME = "home"
"""The profile of the one file that every book is made into."""
Part = Literal["interior", "cover"]


class PrinterProfile(BaseModel):
    """What a printer asks. Where a rule has no value, the printer has no such rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    apart: bool  # interior and cover are files of their own
    trim: float
    bleed: float
    bleed_at_spine: bool
    margin: float  # between what may not be cut off and the trim
    gutters: Sequence[tuple[int, float]]  # up to how many pages, the margin at the spine
    least_pages: int
    most_pages: int
    multiple: int
    color: Literal["RGB", "sRGB", "CMYK"]
    pdfx: str | None = None
    intent: str | None = None
    ink_limit: float | None = None
    dpi: int | None = None  # to which pictures are enlarged
    least_dpi: int
    most_dpi: int | None = None
    spine_a_page: float = 0.0
    spine_plus: float = 0.0
    spine_text_pages: int = 0
    spine_text_space: float = 0.0  # to be kept free on both sides of a spine's text
    barcode: tuple[float, float] = (0.0, 0.0)  # width and height of its place, at the back's lower right
    barcode_from_edge: float = 0.0
    barcode_box: bool = False
    most_bytes: int | None = None
    sources: Sequence[str]

    def spine(self, pages: int) -> float:
        """The width of the spine of a book of so many pages."""
        return self.spine_plus + self.spine_a_page * pages

    def gutter(self, pages: int) -> float:
        """The least margin at the spine of a book of so many pages."""
        return max(self.margin, next((inches for most, inches in self.gutters if pages <= most), 0.0))

    def page_count(self, pages: int) -> int:
        """The least number of pages that this printer binds and that so many fit into."""
        least = max(pages, self.least_pages)
        return least + -least % self.multiple

    def cover_size(self, pages: int) -> tuple[float, float]:
        """Width and height of the sheet that wraps so many pages, bleed included."""
        return 2 * self.trim + self.spine(pages) + 2 * self.bleed, self.trim + 2 * self.bleed


@cache
def profiles() -> Mapping[str, PrinterProfile]:
    """Every profile by its id, the home's first."""
    text = (Path(__file__).parent / "profiles.toml").read_text(encoding="utf-8")
    return {name: PrinterProfile.model_validate(rules) for name, rules in tomllib.loads(text).items()}


def file_name(profile: str, part: Part) -> str:
    """How a printer's file is called among an asset's: `luluInterior`."""
    return f"{profile}{part.capitalize()}"
