"""The last page: the story's five colours by name, how the book was made, and the answers if they fit above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor

from storytailor.book import fonts
from storytailor.book.back_matter import HEAD, room
from storytailor.book.colours import Scheme
from storytailor.book.pages import whole
from storytailor.book.sheet import Sheet
from storytailor.book.tagging import Element
from storytailor.book.typesetting import Block, Page, Style, height, set_block
from storytailor.book.wording import Wording
from storytailor.story import PaletteJourney, PaletteStep

_SWATCH = 13.0  # radius in points
_AROUND = 20.0  # points above and below the swatches
_CLEAR = 34.0  # points between answers and colours, colours and imprint


@dataclass(frozen=True)
class Colophon:
    """A colophon set: a line over the colours, their names, and the imprint."""

    label: Page
    steps: Sequence[PaletteStep]
    names: Sequence[Block]
    imprint: Page

    @property
    def colours_height(self) -> float:
        """The height of the colours with their line and names, in points."""
        names = max(height(whole(name)) for name in self.names)
        return height(self.label) + 2 * _AROUND + 2 * _SWATCH + names

    @property
    def height(self) -> float:
        """The height of it all, in points."""
        return self.colours_height + _CLEAR + height(self.imprint)

    def fits_below(self, answers: Page, side: float) -> bool:
        """Whether it has room below these answers."""
        return height(answers) + _CLEAR + self.height <= room(side)


def design(
    palette: PaletteJourney, words: Wording, lines: Sequence[str], scheme: Scheme, measure: float
) -> Colophon:
    """The colophon with these lines for an imprint."""
    small = Style(fonts.TEXT, 9.5, 14, scheme.ink, centred=True)
    label = set_block(
        words.colours.format(motif=palette.motif),
        Style(fonts.TEXT, 12, 18, scheme.ink, centred=True),
        measure,
    )
    column = measure / len(palette.steps) - 12
    return Colophon(
        whole(label),
        palette.steps,
        [set_block(step.name, small, column) for step in palette.steps],
        whole(*(set_block(line, small, measure) for line in lines)),
    )


def draw(sheet: Sheet, colophon: Colophon, answers: Page, scheme: Scheme) -> None:
    """The page, with the last answers at its head."""
    sheet.ground(scheme.paper)
    section = sheet.tags.document.child("Sect")
    foot = sheet.form.margin + height(colophon.imprint)
    top = sheet.side * 0.62
    if answers:
        sheet.column(answers, sheet.side * (1 - HEAD), section)
        top = foot + _CLEAR + colophon.colours_height
    below = sheet.column(colophon.label, top, section)
    _journey(sheet, colophon, below - _AROUND - _SWATCH, section)
    sheet.column(colophon.imprint, foot, section)


def _journey(sheet: Sheet, colophon: Colophon, y: float, section: Element) -> None:
    """A group of swatches for each step, in a row, with its name below."""
    column = sheet.measure / len(colophon.steps)
    for number, (step, name) in enumerate(zip(colophon.steps, colophon.names, strict=True)):
        middle = sheet.form.margin + column * (number + 0.5)
        with sheet.artefact() as canvas:
            start = middle - _SWATCH * (len(step.colors) - 1) / 2
            for place, colour in enumerate(step.colors):
                canvas.setFillColor(HexColor(colour))
                canvas.circle(start + place * _SWATCH, y, _SWATCH, stroke=0, fill=1)
        sheet.column(whole(name), y - _SWATCH - _AROUND / 2, section, centre=middle)
