"""The last page: the story's colors by name, how the book was made, and the answers if they fit above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reportlab.lib.colors import HexColor

from storytailor.book import fonts
from storytailor.book.back_matter import TOP_MARGIN, text_height
from storytailor.book.canvas import PageCanvas
from storytailor.book.color_scheme import ColorScheme
from storytailor.book.model import Book
from storytailor.book.pagination import Column, column_height, column_of
from storytailor.book.strings import Strings
from storytailor.book.tagging import Element, Group
from storytailor.book.typesetting import Block, Style, set_block
from storytailor.story import PaletteStep

_SWATCH_RADIUS = 13.0  # points
_SWATCH_MARGIN = 20.0  # points above and below the swatches
_PART_GAP = 34.0  # points between answers and colors, colors and imprint


@dataclass(frozen=True)
class Colophon:
    """A colophon set: a line over the colors, their names, and the imprint."""

    label: Column
    steps: Sequence[PaletteStep]
    names: Sequence[Block]
    imprint: Column

    @property
    def colors_height(self) -> float:
        """The height of the colors with their line and names, in points."""
        names = max(column_height(column_of(name)) for name in self.names)
        return column_height(self.label) + 2 * _SWATCH_MARGIN + 2 * _SWATCH_RADIUS + names

    @property
    def height(self) -> float:
        """The height of it all, in points."""
        return self.colors_height + _PART_GAP + column_height(self.imprint)

    def fits_below(self, answers: Column, side: float) -> bool:
        """Whether it has room below these answers."""
        return column_height(answers) + _PART_GAP + self.height <= text_height(side)


def design_colophon(
    book: Book, strings: Strings, imprint: Sequence[str], scheme: ColorScheme, measure: float
) -> Colophon:
    """The colophon with these lines for an imprint."""
    palette, language = book.palette, book.language
    large = Style(fonts.TEXT, 12, 18, scheme.text, centered=True)
    small = Style(fonts.TEXT, 9.5, 14, scheme.text, centered=True)
    label = set_block(strings.colors_line.format(motif=palette.motif), large, measure, language)
    name_measure, colors = measure / len(palette.steps) - 12, Group("L", numbering="None")
    return Colophon(
        column_of(label),
        palette.steps,
        [
            replace(set_block(step.name, small, name_measure, language, role="LBody"), within=Group("LI", colors))
            for step in palette.steps
        ],
        column_of(*(set_block(line, small, measure, language) for line in imprint)),
    )


def draw_colophon(
    canvas: PageCanvas, colophon: Colophon, answers: Column, answers_title: str, scheme: ColorScheme
) -> None:
    """The page, with the last answers at its head."""
    canvas.fill(scheme.background)
    foot = canvas.format.margin + column_height(colophon.imprint)
    top = canvas.side * 0.62
    if answers:
        canvas.draw_column(answers, canvas.side * (1 - TOP_MARGIN), canvas.section(answers_title))
        top = foot + _PART_GAP + colophon.colors_height
    section = canvas.new_section()
    end = canvas.draw_column(colophon.label, top, section)
    _draw_swatches(canvas, colophon, end - _SWATCH_MARGIN - _SWATCH_RADIUS, section)
    canvas.draw_column(colophon.imprint, foot, section)


def _draw_swatches(canvas: PageCanvas, colophon: Colophon, y: float, section: Element) -> None:
    """A group of swatches for each step, in a row that begins where its language does, with its name below."""
    width = canvas.format.measure / len(colophon.steps)
    for number, (step, name) in enumerate(zip(colophon.steps, colophon.names, strict=True)):
        place = len(colophon.steps) - 1 - number if fonts.is_right_to_left() else number
        center = canvas.format.margin + width * (place + 0.5)
        with canvas.decoration() as pdf:
            start = center - _SWATCH_RADIUS * (len(step.colors) - 1) / 2
            for circle, color in enumerate(step.colors):
                pdf.setFillColor(HexColor(color))
                pdf.circle(start + circle * _SWATCH_RADIUS, y, _SWATCH_RADIUS, stroke=0, fill=1)
        top = y - _SWATCH_RADIUS - _SWATCH_MARGIN / 2
        canvas.draw_column(column_of(name), top, section, center=center)
