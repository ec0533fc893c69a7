"""The book for the printer: trim and bleed boxes, pictures untouched in size, pages that fold."""

from __future__ import annotations

from storytailor.book.document import pdf
from storytailor.book.manuscript import Book
from storytailor.book.sheet import INCH, Format

PRINT = Format(side=8.5 * INCH, bleed=0.125 * INCH, margin=0.8 * INCH, quality=95, longest=None, bound=True)


def print_pdf(book: Book) -> bytes:
    """The book as a PDF of 8.5-inch pages with 0.125 inch of bleed, a multiple of four of them."""
    return pdf(book, PRINT)
