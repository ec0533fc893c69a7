"""The formats a book comes in as PDF: the sizes of its pages, and how its pictures are stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

from storytailor.printing.profiles import PrinterProfile

POINTS_PER_INCH = 72.0
_MOST_PAGES = 150  # more than any story has


@dataclass(frozen=True)
class PageFormat:
    """The trimmed side of a square page, its bleed and margin in points, and how pictures are stored.

    `max_pixels` is the most pixels a picture's side may have, None for as many as it has.
    """

    side: float
    bleed: float
    margin: float
    jpeg_quality: int
    max_pixels: int | None
    bound: bool  # bound in folded sheets, with endpapers
    printer: PrinterProfile | None = None  # who binds it, for whom its cover is a file of its own

    @property
    def full_side(self) -> float:
        """The side of the page, bleed included, in points."""
        return self.side + 2 * self.bleed

    @property
    def measure(self) -> float:
        """The width between the margins in points."""
        return self.side - 2 * self.margin


SCREEN = PageFormat(
    side=8 * POINTS_PER_INCH,
    bleed=0,
    margin=0.75 * POINTS_PER_INCH,
    jpeg_quality=86,
    max_pixels=1600,
    bound=False,
)
"""For reading on a screen: pictures no larger than a screen shows."""

PRINT = PageFormat(
    side=8.5 * POINTS_PER_INCH,
    bleed=0.125 * POINTS_PER_INCH,
    margin=0.8 * POINTS_PER_INCH,
    jpeg_quality=95,
    max_pixels=None,
    bound=True,
)
"""For the printer: trim and bleed boxes, pictures with all their pixels, pages that fold."""


def printers_format(printer: PrinterProfile) -> PageFormat:
    """The pages of a book for a printer: margins wide enough at the spine for all pages that a story can have."""
    return replace(
        PRINT,
        side=printer.trim * POINTS_PER_INCH,
        bleed=printer.bleed * POINTS_PER_INCH,
        margin=max(PRINT.margin, printer.gutter(_MOST_PAGES) * POINTS_PER_INCH),
        jpeg_quality=98,  # not the last time that they are compressed
        printer=printer,
    )
