"""The cover: the picture to the edges, sinking into a colour of the palette where the title stands.

The title stands where the picture is calm, in dark on a light picture and in light on a dark one. The
PDF sets it as text, the EPUB's cover picture carries it drawn, for a bookshelf shows nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.colours import Scheme, scheme_of, title_colours
from storytailor.book.pages import shrunk, title_block, whole
from storytailor.book.sheet import Format, Sheet
from storytailor.book.typesetting import Page, Style, height, line_width, set_block
from storytailor.story import PaletteStep

_EDGE = 0.06  # of the side: the white around the title
_MOST = 0.45  # of the side: what title and names may take
_TITLE = 0.20  # of the side: what the title may take, so that it stays above the heads
_FADE = 0.12  # of the height: how far the colour reaches into the picture


@dataclass(frozen=True)
class Cover:
    """A cover designed: its picture with the title's ground in it, if any, and the title from `top` down."""

    image: Image.Image | None
    set_title: Page
    top: float


def design(image: Image.Image | None, title: str, about: str, step: PaletteStep, form: Format) -> Cover:
    """The cover for a page of the format."""
    edge = form.side * _EDGE
    if image is None:
        return Cover(None, _set_title(title, about, form, scheme_of(step).chalk), form.side - edge * 1.3)
    image = pictures.covering(image)
    end = pictures.calm_end(image)
    ground, ink = title_colours(step, pictures.colour_at(image, end))
    page = _set_title(title, about, form, ink)
    tall = height(page)
    solid = (tall + edge + form.bleed) / (form.side + 2 * form.bleed)
    top = form.side - edge if end == "top" else tall + edge
    return Cover(pictures.scrimmed(image, ground, end, solid, _FADE), page, top)


def draw(sheet: Sheet, cover: Cover, alt: str, title: str, scheme: Scheme) -> None:
    """The cover as a page."""
    section = sheet.tags.document.child("Sect", title=title)
    if cover.image is None:
        sheet.scenery(ornaments.night(scheme))
    else:
        sheet.picture(cover.image, alt, section)
    sheet.column(cover.set_title, cover.top, section)


def drawn(cover: Cover, scheme: Scheme, form: Format, pixels: int) -> Image.Image:
    """The cover as one picture of `pixels` a side at most, its title drawn into it."""
    if cover.image is None:
        image = ornaments.raster(ornaments.night(scheme), pixels)
    else:
        image = cover.image.copy()
        image.thumbnail((pixels, pixels), Image.Resampling.LANCZOS)
    scale = image.width / form.side
    pen = ImageDraw.Draw(image)
    top = (form.side - cover.top) * scale
    for number, piece in enumerate(cover.set_title):
        style = piece.block.style
        top += style.space_before * scale if number else 0
        for line in piece.lines:
            x = (image.width - line_width(line, style.size) * scale) / 2
            baseline = top + (style.leading + style.size * 0.62) / 2 * scale
            text = " ".join(word.text for word in line)
            for face, part in fonts.runs(text, style.face, right_to_left=piece.block.right_to_left):
                font = ImageFont.truetype(
                    fonts.font_file(face), style.size * scale, layout_engine=ImageFont.Layout.BASIC
                )
                pen.text((x, baseline), part, style.colour, font, anchor="ls")
                x += font.getlength(part)
            top += style.leading * scale
    return image


def _set_title(title: str, about: str, form: Format, ink: str) -> Page:
    measure = form.side - 2 * form.margin
    heading = title_block(title, measure, form.side * _TITLE, ink, largest=64, smallest=22, role="H1")
    style = Style(fonts.TEXT, 14, 19, ink, True, 6)
    room = form.side * _MOST
    return shrunk(lambda scale: whole(heading, set_block(about, style.scaled(14 * scale), measure)), room)
