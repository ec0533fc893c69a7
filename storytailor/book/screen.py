"""The book for the screen: square pages, tagged and outlined, its pictures no larger than a screen shows."""

from __future__ import annotations

from storytailor.book.document import pdf
from storytailor.book.manuscript import Book
from storytailor.book.sheet import INCH, Format

SCREEN = Format(side=8 * INCH, bleed=0, margin=0.75 * INCH, quality=86, longest=1600, bound=False)


def screen_pdf(book: Book) -> bytes:
    """The book as a tagged PDF of 8-inch pages for reading on a screen."""
    return pdf(book, SCREEN)
