"""A book's files for a printer: the interior, and the cover that wraps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

from storytailor.book import fonts
from storytailor.book.canvas import PageCanvas
from storytailor.book.formats import POINTS_PER_INCH, PageFormat, printers_format
from storytailor.book.layout import BookLayout
from storytailor.book.model import Book
from storytailor.book.pdf import describe, empty_document, set_as_pdf
from storytailor.book.tagging import Tags
from storytailor.book.wrap_cover import draw_wrap_cover
from storytailor.printing.press import Sheet, pressed
from storytailor.printing.profiles import Part, PrinterProfile
from storytailor.text.languages import is_right_to_left


def printer_files(book: Book, printer: PrinterProfile) -> Mapping[Part, bytes]:
    """Interior and cover as this printer takes them. Takes processor time: seconds."""
    with fonts.printing_in(book.language):
        return _printed(book, printer)


def _printed(book: Book, printer: PrinterProfile) -> Mapping[Part, bytes]:
    page_format = printers_format(printer)
    layout = BookLayout(book, page_format)
    specs = layout.pages()
    pages, added = len(specs), sum(spec.is_added for spec in specs)
    interior = pressed(set_as_pdf(book, page_format), printer, _sheets(book, page_format, printer, pages), added)
    width, height = (length * POINTS_PER_INCH for length in printer.cover_size(pages))
    bleed = page_format.bleed
    sheet = Sheet((0, 0, width, height), (bleed, bleed, width - bleed, height - bleed))
    return {"interior": interior, "cover": pressed(_cover(layout, printer, pages, width, height), printer, [sheet])}


def _sheets(book: Book, page_format: PageFormat, printer: PrinterProfile, pages: int) -> Sequence[Sheet]:
    """The boxes of each page: some printers want no bleed where the page is bound."""
    full, bleed, side = page_format.full_side, page_format.bleed, page_format.side
    inner = 0 if printer.bleed_at_spine else bleed
    trim = (bleed, bleed, bleed + side, bleed + side)
    at_left, at_right = Sheet((inner, 0, full, full), trim), Sheet((0, 0, full - inner, full), trim)
    if is_right_to_left(book.language):
        at_left, at_right = at_right, at_left
    return [at_left if folio % 2 else at_right for folio in range(1, pages + 1)]


def _cover(layout: BookLayout, printer: PrinterProfile, pages: int, width: float, height: float) -> bytes:
    """The cover's sheet, in RGB."""
    out, page_format = BytesIO(), layout.page_format
    document = empty_document(out, layout.book.language, page_format, (width, height))
    describe(document, layout)
    canvas = PageCanvas(document, Tags(document), page_format)
    document.translate(page_format.bleed, page_format.bleed)
    draw_wrap_cover(document, canvas, layout.wrap_cover(), printer, pages)
    document.showPage()
    document.save()
    return out.getvalue()
