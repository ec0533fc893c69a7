"""Pages that are the child's own: to draw on and to write on. They fill a book up to what a printer binds."""

from __future__ import annotations

from PIL import Image
from reportlab.lib.colors import HexColor

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.back_matter import TOP_MARGIN, draw_frame
from storytailor.book.canvas import JpegReader, PageCanvas
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.formats import POINTS_PER_INCH
from storytailor.book.pages import HILLS_HEIGHT
from storytailor.book.pagination import column_of
from storytailor.book.typesetting import Style, set_block

_FOOT = HILLS_HEIGHT * 0.55  # of the side: the hills
_PICTURE = 0.30  # of the side: a scene's picture, small
_DPI = 300  # of that picture
_LINE_GAP = 34.0  # points between the lines to write on


def draw_own_page(
    canvas: PageCanvas, image: Image.Image | None, heading: str, scheme: ColorScheme, folio: int, language: str
) -> None:
    """A page with a scene's picture and room to draw it anew; without a picture, to draw and write on."""
    canvas.fill(scheme.background)
    canvas.draw_shapes(ornaments.hills(scheme, _FOOT, folio))
    style = Style(fonts.title_face(heading), 25, 34, scheme.accent, centered=True)
    block = set_block(heading, style, canvas.format.measure, language)
    below = canvas.draw_column(column_of(block), canvas.side * (1 - TOP_MARGIN), canvas.new_section(heading))
    bottom, top = canvas.side * _FOOT + 24, below - 16
    if image:
        side = canvas.side * _PICTURE
        _draw_small_picture(canvas, image, below - 16 - side, side)
        top -= side + 18
    else:
        bottom = _draw_lines(canvas, bottom, scheme)
    draw_frame(canvas, bottom, top, scheme)


def _draw_small_picture(canvas: PageCanvas, image: Image.Image, bottom: float, side: float) -> None:
    """The picture with round corners, in the middle."""
    dots = round(side / POINTS_PER_INCH * _DPI)
    small = pictures.crop_square(image).resize((dots, dots), Image.Resampling.LANCZOS)
    data = pictures.to_jpeg(small, canvas.format.jpeg_quality)
    left = (canvas.side - side) / 2
    with canvas.decoration() as pdf:
        pdf.saveState()
        path = pdf.beginPath()
        path.roundRect(left, bottom, side, side, 14)
        pdf.clipPath(path, stroke=0)
        pdf.drawImage(JpegReader(data), left, bottom, side, side)
        pdf.restoreState()


def _draw_lines(canvas: PageCanvas, bottom: float, scheme: ColorScheme) -> float:
    """Three lines to write on; the height above them."""
    left, right = canvas.format.margin, canvas.side - canvas.format.margin
    with canvas.decoration() as pdf:
        pdf.setStrokeColor(HexColor(scheme.hills[2]))
        pdf.setLineWidth(1.2)
        pdf.setDash()
        for number in range(3):
            height = bottom + number * _LINE_GAP
            pdf.line(left, height, right, height)
    return bottom + 3 * _LINE_GAP
