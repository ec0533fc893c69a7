"""A composed book as a PDF file."""

from __future__ import annotations

from io import BytesIO

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from storytailor.book import fonts
from storytailor.book.composition import Composition
from storytailor.book.manuscript import Book
from storytailor.book.sheet import Format, Sheet
from storytailor.book.tagging import Tags, document_of

rl_config.useA85 = 0  # streams as they are: a fifth smaller, and sooner written


def pdf(book: Book, form: Format) -> bytes:
    """The book in a format, as tagged PDF 1.7."""
    composition = Composition(book, form)
    out = BytesIO()
    canvas = _canvas(out, book.language, form)
    _describe(canvas, composition)
    tags = Tags(canvas)
    sheet = Sheet(canvas, tags, form)
    for folio, leaf in enumerate(composition.leaves(), 1):
        canvas.translate(form.bleed, form.bleed)
        if leaf.entry and not form.bound:
            canvas.bookmarkPage(f"page.{folio}")
            canvas.addOutlineEntry(fonts.printable(leaf.entry), f"page.{folio}")
        leaf.draw(sheet, folio)
        canvas.showPage()
    tags.finish()
    canvas.save()
    return out.getvalue()


def _canvas(out: BytesIO, language: str, form: Format) -> Canvas:
    full = form.side + 2 * form.bleed
    fonts.covers(fonts.TEXT, "")  # registers the face before the canvas asks for it
    canvas = Canvas(
        out,
        pagesize=(full, full),
        pageCompression=1,
        invariant=1,
        pdfVersion=(1, 7),
        lang=language,
        initialFontName=fonts.TEXT,  # type: ignore[arg-type]  # the stubs ask for a number
    )
    if form.bleed:
        canvas.setTrimBox((form.bleed, form.bleed, form.bleed + form.side, form.bleed + form.side))
        canvas.setBleedBox((0, 0, full, full))
    return canvas


def _describe(canvas: Canvas, composition: Composition) -> None:
    book, dpi = composition.book, composition.resolution
    canvas.setTitle(book.content.title)
    canvas.setAuthor("Storytailor")
    canvas.setCreator("Storytailor")
    canvas.setProducer("ReportLab")
    canvas.setSubject(composition.about)
    resolution = f"effective resolution {dpi} dpi" if dpi else ""
    canvas.setKeywords(", ".join(filter(None, (book.palette.motif, resolution))))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    if not composition.form.bound:
        document_of(canvas).Catalog.setPageLayout("TwoPageLeft")  # cover and dedication, picture and text
