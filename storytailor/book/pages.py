"""How the story's pages look: dedication, picture, text, end and endpaper."""

from __future__ import annotations

import math

from PIL import Image
from reportlab.lib.colors import HexColor

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.canvas import PageCanvas
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.pagination import Column, column_height, column_of, shrink_to_fit
from storytailor.book.tagging import Element
from storytailor.book.titles import centered_block, title_block
from storytailor.book.typesetting import Style, set_block

HILLS_HEIGHT = 0.145  # of the side: the band of hills under a text page
_TOP_MARGIN = 0.08  # of the side, above the text
_OPTICAL_MIDDLE = 0.42  # of the space around a short text, above it
_SUN_RADIUS = 15.0  # points
_VIGNETTE_RADIUS = 0.2  # of the side


def text_height(side: float) -> float:
    """The height for text on a page of hills, in points."""
    return side * (1 - HILLS_HEIGHT - _TOP_MARGIN) - 4


def draw_dedication(
    canvas: PageCanvas, title: str, subtitle: str, text: str, belongs_to: str, scheme: ColorScheme, language: str
) -> None:
    """The dedication, under a small round landscape; at the foot a line for the reader's name.

    The title is there a second time for the eye only.
    """
    section = canvas.new_section()
    canvas.fill(scheme.background)
    measure, top, foot = canvas.format.measure * 0.8, canvas.side * 0.855, canvas.format.margin + 16

    def set_at_scale(scale: float) -> Column:
        names = Style(fonts.TEXT, 13, 20, scheme.text, True, 6).scaled(13 * scale)
        body = Style(fonts.TEXT, 17, 27, scheme.text, True, 34).scaled(17 * scale)
        return column_of(
            title_block(title, measure, 90, scheme.accent, language, largest=30 * scale, smallest=15 * scale, role=""),
            set_block(subtitle, names, measure, language, role=""),
            centered_block(text, body, measure * 0.9, language),
        )

    available = top - foot - 40
    column = shrink_to_fit(set_at_scale, available)
    radius = min(canvas.side * 0.155, (available - column_height(column) - 34) / 2)
    if radius > canvas.side * 0.06:
        _draw_vignette(canvas, ornaments.landscape(scheme, 2), top - radius, radius)
        top -= 2 * radius + 34
    canvas.draw_column(column, top, section)
    owner = set_block(belongs_to, Style(fonts.TEXT, 11, 16, scheme.text, True), canvas.format.measure, language)
    canvas.draw_column(column_of(owner), foot, section)
    _draw_dotted_line(canvas, foot + 10, scheme.accent)


def _draw_dotted_line(canvas: PageCanvas, y: float, color: str) -> None:
    with canvas.decoration() as pdf:
        pdf.setStrokeColor(HexColor(color))
        pdf.setLineWidth(0.8)
        pdf.setDash(0.8, 4)
        pdf.setLineCap(1)
        pdf.line(canvas.side * 0.30, y, canvas.side * 0.70, y)


def _draw_vignette(canvas: PageCanvas, backdrop: ornaments.Backdrop, center: float, radius: float) -> None:
    """A backdrop in a circle, in the middle of the page's width."""
    with canvas.decoration() as pdf:
        pdf.saveState()
        path = pdf.beginPath()
        path.circle(canvas.side / 2, center, radius)
        pdf.clipPath(path, stroke=0)
        pdf.setFillColor(HexColor(backdrop.background))
        pdf.rect(0, 0, canvas.side, canvas.side, stroke=0, fill=1)
        pdf.translate(canvas.side / 2 - radius, center - radius)
        ornaments.draw(pdf, ornaments.opaque(backdrop), 0, 2 * radius)
        pdf.restoreState()


def draw_picture(
    canvas: PageCanvas,
    image: Image.Image | None,
    alt: str,
    scheme: ColorScheme,
    number: int,
    section: Element,
) -> None:
    """A scene's picture over the whole page; a landscape in the palette's colors where there is none."""
    if image is None:
        canvas.draw_backdrop(ornaments.landscape(scheme, number))
        return
    image = pictures.crop_if_nearly_square(image)
    if image.width != image.height:
        canvas.fill(scheme.background)
        canvas.draw_shapes(ornaments.hills(scheme, 0.30, number))
    canvas.draw_picture(image, alt, section)


def draw_text(
    canvas: PageCanvas,
    column: Column,
    scheme: ColorScheme,
    folio: int,
    progress: float,
    section: Element,
    *,
    is_only_page: bool,
) -> None:
    """A page of the story: the text on the scene's tint, and a sun that moves on through the book.

    A scene's only page stands in the page's optical middle, pages that follow one another at its head.
    """
    canvas.fill(scheme.background)
    _draw_folio_in_sun(canvas, scheme, folio, progress)
    slack = max(0.0, text_height(canvas.side) - column_height(column)) if is_only_page else 0.0
    canvas.draw_column(column, canvas.side * (1 - _TOP_MARGIN) - slack * _OPTICAL_MIDDLE, section)


def draw_vignette_page(canvas: PageCanvas, scheme: ColorScheme, number: int, folio: int, progress: float) -> None:
    """A page that closes a scene without words: a small round landscape of its colors."""
    canvas.fill(scheme.background)
    _draw_folio_in_sun(canvas, scheme, folio, progress)
    middle = canvas.side * (HILLS_HEIGHT + (1 - HILLS_HEIGHT) / 2)
    _draw_vignette(canvas, ornaments.landscape(scheme, number), middle, canvas.side * _VIGNETTE_RADIUS)


def _draw_folio_in_sun(canvas: PageCanvas, scheme: ColorScheme, folio: int, progress: float) -> None:
    """The hills, and over them the folio in a sun that rises, crosses the page as its language is read, and sets."""
    progress = 1 - progress if fonts.is_right_to_left() else progress
    x = canvas.format.margin + _SUN_RADIUS + (canvas.format.measure - 2 * _SUN_RADIUS) * progress
    y = canvas.side * (HILLS_HEIGHT - 0.068 + 0.045 * math.sin(math.pi * progress))
    canvas.draw_shapes(ornaments.hills(scheme, HILLS_HEIGHT * 0.82, folio))
    label = str(folio)
    with canvas.decoration("Pagination") as pdf:
        pdf.setFillColor(HexColor(scheme.sun))
        pdf.circle(x, y, _SUN_RADIUS, stroke=0, fill=1)
        half = fonts.width(label, fonts.BOLD) * 12 / 2
        canvas.draw_label(label, fonts.BOLD, 12, scheme.text_on_sun, x - half, y - 4.3)


def draw_ending(canvas: PageCanvas, the_end: str, moral: str, scheme: ColorScheme, language: str) -> None:
    """The end: what a child takes away, on the last scene's dark."""
    section = canvas.new_section(the_end)
    text_area = (0.06, 0.34, 0.94, 0.86)
    shapes = (*ornaments.stars(scheme, 11, text_area), *ornaments.hills(scheme, 0.26, 12))
    canvas.draw_backdrop(ornaments.Backdrop(scheme.dark_background, shapes))
    measure = canvas.format.measure
    heading = title_block(the_end, measure, 80, scheme.sun, language, largest=46, smallest=20, role="H2")
    style = Style(fonts.TEXT, 20, 31, scheme.text_on_dark, True, 26)

    def set_at_scale(scale: float) -> Column:
        return column_of(heading, centered_block(moral, style.scaled(20 * scale), measure * 0.8, language))

    column = shrink_to_fit(set_at_scale, canvas.side * 0.52)
    canvas.draw_column(column, canvas.side * 0.62 + column_height(column) / 2, section)


def draw_endpaper(canvas: PageCanvas, scheme: ColorScheme, seed: int) -> None:
    """A page without words, in the palette's dark."""
    shapes = (*ornaments.stars(scheme, seed), *ornaments.hills(scheme, 0.30, seed))
    canvas.draw_backdrop(ornaments.Backdrop(scheme.dark_background, shapes))
