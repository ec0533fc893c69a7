"""The cover: the picture to the edges, sinking into a color of the palette where the title stands.

The title stands where the picture is calm, in dark on a light picture and in light on a dark one. The
PDF sets it as text; the EPUB's cover picture has it drawn in, as a bookshelf shows nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.canvas import PageCanvas
from storytailor.book.color_scheme import ColorScheme, color_scheme, title_colors
from storytailor.book.formats import PageFormat
from storytailor.book.lettering import draw_runs
from storytailor.book.line_breaking import Line
from storytailor.book.pagination import Column, column_height, column_of, shrink_to_fit
from storytailor.book.titles import title_block
from storytailor.book.typesetting import Style, line_text, line_width, set_block
from storytailor.story import PaletteStep

_EDGE = 0.06  # of the side: the space around the title
_MAX_TEXT = 0.45  # of the side: what title and names may take
_MAX_TITLE = 0.20  # of the side: what the title may take, so that it stays above the heads
_FADE = 0.12  # of the height: how far the color reaches into the picture


@dataclass(frozen=True)
class Cover:
    """A cover designed: its picture with the scrim for the title, if any, and the title from `top` down."""

    image: Image.Image | None
    title: Column
    top: float  # points


def design_cover(
    image: Image.Image | None, title: str, subtitle: str, step: PaletteStep, page_format: PageFormat, language: str
) -> Cover:
    """The cover for a page of the format."""
    side, edge = page_format.side, page_format.side * _EDGE
    if image is None:
        column = _set_title(title, subtitle, page_format, color_scheme(step).text_on_dark, language)
        return Cover(None, column, side - edge * 1.3)
    image = pictures.crop_square(image)
    end = pictures.calm_end(image)
    background, color = title_colors(step, pictures.mean_color(image, end))
    column = _set_title(title, subtitle, page_format, color, language)
    height = column_height(column)
    solid = (height + edge + page_format.bleed) / page_format.full_side
    top = side - edge if end == "top" else height + edge
    return Cover(pictures.with_scrim(image, background, end, solid, _FADE), column, top)


def draw_cover(canvas: PageCanvas, cover: Cover, alt: str, title: str, scheme: ColorScheme) -> None:
    """The cover as a page."""
    section = canvas.new_section(title)
    if cover.image is None:
        canvas.draw_backdrop(ornaments.night(scheme))
    else:
        canvas.draw_picture(cover.image, alt, section)
    canvas.draw_column(cover.title, cover.top, section)


def cover_picture(cover: Cover, scheme: ColorScheme, page_format: PageFormat, pixels: int) -> Image.Image:
    """The cover as one picture of `pixels` a side at most, its title drawn into it."""
    if cover.image is None:
        image = ornaments.rasterize(ornaments.night(scheme), pixels)
    else:
        image = cover.image.copy()
        image.thumbnail((pixels, pixels), Image.Resampling.LANCZOS)
    scale = image.width / page_format.side
    top = (page_format.side - cover.top) * scale
    for number, fragment in enumerate(cover.title):
        style = fragment.block.style
        top += style.space_before * scale if number else 0
        for line in fragment.lines:
            baseline = top + style.baseline_drop * scale
            _draw_centered(image, line, style, scale, baseline, right_to_left=fragment.block.right_to_left)
            top += style.leading * scale
    return image


def _draw_centered(
    image: Image.Image, line: Line, style: Style, scale: float, baseline: float, *, right_to_left: bool
) -> None:
    """Draw a line into the middle of the picture, at `scale` pixels a point."""
    x = (image.width - line_width(line, style.size) * scale) / 2
    text = line_text(line)
    runs = fonts.runs(text, style.face, right_to_left=right_to_left)
    draw_runs(image, runs, style.size * scale, style.color, x, baseline, style.face)


def _set_title(title: str, subtitle: str, page_format: PageFormat, color: str, language: str) -> Column:
    measure, side = page_format.measure, page_format.side
    heading = title_block(title, measure, side * _MAX_TITLE, color, language, largest=64, smallest=22, role="H1")
    style = Style(fonts.TEXT, 14, 19, color, True, 6)
    return shrink_to_fit(
        lambda scale: column_of(heading, set_block(subtitle, style.scaled(14 * scale), measure, language)),
        side * _MAX_TEXT,
    )
