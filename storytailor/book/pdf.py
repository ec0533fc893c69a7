"""A book as a PDF file, for the screen and for the printer."""

from __future__ import annotations

from io import BytesIO

from reportlab import rl_config
from reportlab.pdfbase.pdfdoc import XMP
from reportlab.pdfgen.canvas import Canvas

from storytailor.book import fonts, xmp
from storytailor.book.canvas import PageCanvas
from storytailor.book.formats import PRINT, SCREEN, PageFormat
from storytailor.book.layout import BookLayout
from storytailor.book.model import Book
from storytailor.book.shaping import registered_font
from storytailor.book.tagging import Tags, document_of

rl_config.useA85 = 0  # streams as they are: a fifth smaller, and sooner written


def screen_pdf(book: Book) -> bytes:
    """The book as a tagged, outlined PDF of 8-inch pages for reading on a screen."""
    return set_as_pdf(book, SCREEN)


def print_pdf(book: Book) -> bytes:
    """The book as a PDF of 8.5-inch pages with 0.125 inch of bleed, a multiple of four of them."""
    return set_as_pdf(book, PRINT)


def set_as_pdf(book: Book, page_format: PageFormat) -> bytes:
    """The book in a format, as tagged PDF 1.7."""
    with fonts.printing_in(book.language):
        return _printed(book, page_format)


def _printed(book: Book, page_format: PageFormat) -> bytes:
    layout = BookLayout(book, page_format)
    out = BytesIO()
    document = empty_document(out, book.language, page_format)
    describe(document, layout)
    tags = Tags(document)
    canvas = PageCanvas(document, tags, page_format)
    for folio, page in enumerate(layout.pages(), 1):
        document.translate(page_format.bleed, page_format.bleed)
        if page.outline_title and not page_format.bound:
            document.bookmarkPage(f"page.{folio}")
            document.addOutlineEntry(fonts.printable(page.outline_title), f"page.{folio}")
        page.draw(canvas, folio)
        document.showPage()
    tags.finish()
    document.save()
    return out.getvalue()


def empty_document(
    out: BytesIO, language: str, page_format: PageFormat, size: tuple[float, float] | None = None
) -> Canvas:
    """A document without pages, each of them to be of the format, or of another `size` in points."""
    full, bleed = page_format.full_side, page_format.bleed
    registered_font(fonts.TEXT)  # before the canvas asks for it
    document = Canvas(
        out,
        pagesize=size or (full, full),
        pageCompression=1,
        invariant=1,
        pdfVersion=(1, 7),
        lang=language,
        initialFontName=fonts.TEXT,  # type: ignore[arg-type]  # the stubs ask for a number
    )
    if bleed and size is None:
        document.setTrimBox((bleed, bleed, bleed + page_format.side, bleed + page_format.side))
        document.setBleedBox((0, 0, full, full))
    return document


def describe(document: Canvas, layout: BookLayout) -> None:
    """Write title, subject, keywords, dates and how a viewer opens the file."""
    book, dpi = layout.book, layout.dpi
    document.setTitle(book.content.title)
    document.setAuthor("Storytailor")
    document.setCreator("Storytailor")
    document.setProducer("ReportLab")
    document.setSubject(layout.subtitle)
    resolution = f"{'drawn at' if layout.page_format.printer else 'effective resolution'} {dpi} dpi" if dpi else ""
    keywords = ", ".join(filter(None, (book.palette.motif, resolution)))
    document.setKeywords(keywords)
    document.setDateFormatter(lambda *_: book.modified.strftime("D:%Y%m%d%H%M%SZ"))
    packet = xmp.packet(book, layout.subtitle, keywords, pdf_ua=layout.page_format.printer is None)
    document_of(document).Catalog.Metadata = XMP(creator=lambda _: packet)
    document.setViewerPreference("DisplayDocTitle", "true")
    document.setViewerPreference("Direction", "R2L" if fonts.is_right_to_left() else "L2R")
    if not layout.page_format.bound:
        document_of(document).Catalog.setPageLayout("TwoPageLeft")  # cover and dedication, picture and text
