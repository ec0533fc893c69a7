"""The designs of the story's pages: cover, dedication, picture, text, end, endpaper."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image
from reportlab.lib.colors import HexColor

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.colours import Scheme
from storytailor.book.sheet import Sheet
from storytailor.book.tagging import Element
from storytailor.book.typesetting import Block, Page, Piece, Style, height, set_block

HILLS = 0.145  # the band of hills under a text page, as a part of the page's height
_HEAD = 0.08  # the white above the text, likewise
_OPTICAL = 0.42  # a short text stands a little above the middle
_SUN = 15.0  # radius of the folio's sun in points
_TITLE_LINES = 4


def text_room(side: float) -> float:
    """The height for text on a page of hills, in points."""
    return side * (1 - HILLS - _HEAD) - 4


def title_block(
    text: str, measure: float, room: float, colour: str, *, largest: float, smallest: float, role: str = "P"
) -> Block:
    """A title as large as fits `room` points in a few lines, its lines of about one length."""
    face = fonts.title_face(text)
    size = largest
    while True:
        style = Style(face, size, size * 1.14, colour, centred=True)
        block = set_block(text, style, measure, role=role)
        fits = len(block.lines) <= _TITLE_LINES and len(block.lines) * style.leading <= room
        if size <= smallest or (fits and not block.splits_words):
            return _balanced(block, style, measure)
        size = max(smallest, size - 2)


def _balanced(block: Block, style: Style, measure: float) -> Block:
    """The block on the narrowest measure that takes no more lines."""
    best = block
    for part in range(19, 7, -1):
        narrower = set_block(block.text, style, measure * part / 20, role=block.role)
        if len(narrower.lines) > len(block.lines) or (narrower.splits_words and not block.splits_words):
            break
        best = narrower
    return best


def whole(*blocks: Block) -> Page:
    """Blocks as pieces that stand whole on one page."""
    return [Piece(block, 0, len(block.lines)) for block in blocks if block.lines]


def shrunk(make: Callable[[float], Page], room: float) -> Page:
    """What `make` sets at a scale of 1, or the largest below at which it takes no more than `room` points."""
    for tenths in range(10, 4, -1):
        page = make(tenths / 10)
        if height(page) <= room:
            break
    return page


def dedication(sheet: Sheet, title: str, about: str, text: str, belongs_to: str, scheme: Scheme) -> None:
    """The dedication, under a small round landscape; at the foot a line for the reader's name."""
    section = sheet.tags.document.child("Sect")
    sheet.ground(scheme.paper)
    measure, head, foot = sheet.measure * 0.8, sheet.side * 0.855, sheet.form.margin + 16

    def words(scale: float) -> Page:
        names = Style(fonts.TEXT, 13, 20, scheme.ink, True, 6).scaled(13 * scale)
        body = Style(fonts.TEXT, 17, 27, scheme.ink, True, 34).scaled(17 * scale)
        return whole(
            title_block(title, measure, 90, scheme.accent, largest=30 * scale, smallest=15 * scale),
            set_block(about, names, measure),
            set_block(text, body, measure * 0.9),
        )

    below = head - foot - 40
    page = shrunk(words, below)
    radius = min(sheet.side * 0.155, (below - height(page) - 34) / 2)
    if radius > sheet.side * 0.06:
        _vignette(sheet, ornaments.landscape(scheme, 2), head - radius, radius)
        head -= 2 * radius + 34
    sheet.column(page, head, section)
    owner = set_block(belongs_to, Style(fonts.TEXT, 11, 16, scheme.ink, True), sheet.measure)
    sheet.column(whole(owner), foot, section)
    with sheet.artefact() as canvas:
        canvas.setStrokeColor(HexColor(scheme.accent))
        canvas.setLineWidth(0.8)
        canvas.setDash(0.8, 4)
        canvas.setLineCap(1)
        canvas.line(sheet.side * 0.30, foot + 10, sheet.side * 0.70, foot + 10)


def _vignette(sheet: Sheet, scene: ornaments.Scene, centre: float, radius: float) -> None:
    """A scene of ornament in a circle, in the middle of the page's width."""
    with sheet.artefact() as canvas:
        canvas.saveState()
        path = canvas.beginPath()
        path.circle(sheet.side / 2, centre, radius)
        canvas.clipPath(path, stroke=0)
        canvas.setFillColor(HexColor(scene.ground))
        canvas.rect(0, 0, sheet.side, sheet.side, stroke=0, fill=1)
        canvas.translate(sheet.side / 2 - radius, centre - radius)
        ornaments.paint(canvas, scene.shapes, 0, 2 * radius)
        canvas.restoreState()


def picture(
    sheet: Sheet, image: Image.Image | None, alt: str, scheme: Scheme, number: int, section: Element
) -> None:
    """A scene's picture over the whole page; a landscape in the palette's colours where there is none."""
    if image is None:
        sheet.scenery(ornaments.landscape(scheme, number))
        return
    image = pictures.squared(image)
    if image.width != image.height:
        sheet.ground(scheme.paper)
        sheet.ornament(ornaments.hills(scheme, 0.30, number))
    sheet.picture(image, alt, section)


def text(
    sheet: Sheet, page: Page, scheme: Scheme, folio: int, progress: float, section: Element, *, alone: bool
) -> None:
    """A page of the story: the text on the scene's tint, and a sun that wanders through the book.

    A scene's only page stands in the page's optical middle, pages that follow one another at its head.
    """
    sheet.ground(scheme.paper)
    _wandering_sun(sheet, scheme, folio, progress)
    slack = max(0.0, text_room(sheet.side) - height(page)) if alone else 0.0
    sheet.column(page, sheet.side * (1 - _HEAD) - slack * _OPTICAL, section)


def _wandering_sun(sheet: Sheet, scheme: Scheme, folio: int, progress: float) -> None:
    """The hills, and over them the folio in a sun that rises, crosses the page and sets."""
    x = sheet.form.margin + _SUN + (sheet.measure - 2 * _SUN) * progress
    y = sheet.side * (HILLS - 0.068 + 0.045 * math.sin(math.pi * progress))
    ranges = ornaments.hills(scheme, HILLS * 0.82, folio)
    sheet.ornament(ranges)
    label = str(folio)
    with sheet.artefact() as canvas:
        canvas.setFillColor(HexColor(scheme.sun))
        canvas.circle(x, y, _SUN, stroke=0, fill=1)
        half = fonts.width(label, fonts.BOLD) * 12 / 2
        sheet.write(label, fonts.BOLD, 12, scheme.numeral, x - half, y - 4.3)


def ending(sheet: Sheet, the_end: str, moral: str, scheme: Scheme) -> None:
    """The end: what a child takes away, on the last scene's dark."""
    section = sheet.tags.document.child("Sect", title=the_end)
    sheet.ground(scheme.deep)
    sheet.ornament(
        [*ornaments.stars(scheme, 11, (0.06, 0.34, 0.94, 0.86)), *ornaments.hills(scheme, 0.26, 12)]
    )
    heading = title_block(the_end, sheet.measure, 80, scheme.sun, largest=46, smallest=20, role="H2")
    style = Style(fonts.TEXT, 20, 31, scheme.chalk, True, 26)

    def words(scale: float) -> Page:
        return whole(heading, set_block(moral, style.scaled(20 * scale), sheet.measure * 0.8))

    page = shrunk(words, sheet.side * 0.52)
    sheet.column(page, sheet.side * 0.62 + height(page) / 2, section)


def endpaper(sheet: Sheet, scheme: Scheme, seed: int) -> None:
    """A page without words, in the palette's dark."""
    sheet.ground(scheme.deep)
    sheet.ornament([*ornaments.stars(scheme, seed), *ornaments.hills(scheme, 0.30, seed)])
