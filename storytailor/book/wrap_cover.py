"""The cover of a bound book as one sheet: back, spine and front, with bleed around them.

The sheet is as wide as the book is thick: it is drawn when the number of pages is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.canvas import JpegReader, PageCanvas
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.covers import Cover, draw_cover
from storytailor.book.formats import POINTS_PER_INCH
from storytailor.book.pagination import Column, column_height, column_of, shrink_to_fit
from storytailor.book.titles import centered_block
from storytailor.book.typesetting import Style
from storytailor.printing.profiles import PrinterProfile

_VIGNETTE = 0.19  # of the side: the radius of the back's picture
_SPINE_TEXT = 16.0  # points at most
_CAP_HEIGHT = 0.7  # of a size


@dataclass(frozen=True)
class WrapCover:
    """What is on the sheet: the front as designed, the texts, and a picture for the back."""

    front: Cover
    title: str
    back: Sequence[str]
    back_image: Image.Image | None
    scheme: ColorScheme
    language: str
    right_to_left: bool  # bound at the right


def draw_wrap_cover(pdf: Canvas, canvas: PageCanvas, cover: WrapCover, printer: PrinterProfile, pages: int) -> None:
    """The sheet, from the trim's lower left corner on."""
    side, bleed, spine = canvas.side, canvas.format.bleed, printer.spine(pages) * POINTS_PER_INCH
    width = 2 * side + spine
    front, back = (0.0, side + spine) if cover.right_to_left else (side + spine, 0.0)
    pdf.setFillColor(HexColor(cover.scheme.dark_background))
    pdf.rect(-bleed, -bleed, width + 2 * bleed, side + 2 * bleed, stroke=0, fill=1)
    pdf.saveState()
    path = pdf.beginPath()
    path.rect(front - (0 if front else bleed), -bleed, side + bleed, side + 2 * bleed)
    pdf.clipPath(path, stroke=0)
    pdf.translate(front, 0)
    draw_cover(canvas, cover.front, "", cover.title, cover.scheme)
    pdf.restoreState()
    pdf.saveState()
    pdf.translate(back, 0)
    _draw_back(pdf, canvas, cover, printer)
    pdf.restoreState()
    if pages >= printer.spine_text_pages:
        _draw_spine(pdf, canvas, cover, side, spine, printer.spine_text_space * POINTS_PER_INCH)


def _draw_back(pdf: Canvas, canvas: PageCanvas, cover: WrapCover, printer: PrinterProfile) -> None:
    """The back: a picture like a moon, who the story is about, what it is about; room for a barcode below."""
    scheme, side = cover.scheme, canvas.side
    width, height = (length * POINTS_PER_INCH for length in printer.barcode)
    edge = printer.barcode_from_edge * POINTS_PER_INCH
    stars = ornaments.stars(scheme, 9, (0.1, 0.0, 0.9, 0.92))
    night = ornaments.opaque(ornaments.Backdrop(scheme.dark_background, tuple(stars)))
    ornaments.draw(pdf, night, 0, side)
    radius, middle = side * _VIGNETTE, side * 0.68
    _draw_moon(pdf, cover, side / 2, middle, radius)
    foot = edge + height + 12
    top = middle - radius - 24
    column = _back_text(cover, canvas.format.measure * 0.86, top - foot)
    canvas.draw_column(column, top - (top - foot - column_height(column)) * 0.25, canvas.new_section())
    if printer.barcode_box:
        pdf.setFillColor(HexColor("#ffffff"))
        pdf.rect(side - edge - width, edge, width, height, stroke=0, fill=1)


def _back_text(cover: WrapCover, measure: float, height: float) -> Column:
    def at_scale(scale: float) -> Column:
        style = Style(fonts.TEXT, 16 * scale, 25 * scale, cover.scheme.text_on_dark, True, 12 * scale)
        return column_of(*(centered_block(text, style, measure, cover.language) for text in cover.back if text))

    return shrink_to_fit(at_scale, height)


def _draw_moon(pdf: Canvas, cover: WrapCover, x: float, y: float, radius: float) -> None:
    pdf.setFillColor(HexColor(cover.scheme.sun))
    pdf.circle(x, y, radius + 5, stroke=0, fill=1)
    if cover.back_image is None:
        return
    data = pictures.to_jpeg(pictures.crop_square(cover.back_image), 98)
    pdf.saveState()
    path = pdf.beginPath()
    path.circle(x, y, radius)
    pdf.clipPath(path, stroke=0)
    pdf.drawImage(JpegReader(data), x - radius, y - radius, 2 * radius, 2 * radius)
    pdf.restoreState()


def _draw_spine(pdf: Canvas, canvas: PageCanvas, cover: WrapCover, left: float, spine: float, space: float) -> None:
    """The title down the spine, read with the head to the right; none where there is no room for letters."""
    face = fonts.title_face(cover.title)
    size = min(_SPINE_TEXT, (spine - 2 * space) / _CAP_HEIGHT)
    size = min(size, canvas.side * 0.8 / max(0.1, fonts.width(cover.title, face)))
    if size < 6:
        return
    pdf.saveState()
    pdf.translate(left + spine / 2, canvas.side / 2)
    pdf.rotate(-90)
    x = -fonts.width(cover.title, face) * size / 2
    canvas.draw_label(cover.title, face, size, cover.scheme.text_on_dark, x, -size * _CAP_HEIGHT / 2)
    pdf.restoreState()
