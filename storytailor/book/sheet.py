"""A page under the hands of a designer: the canvas, the tags, and the trim's own coordinates.

All lengths are points from the trim's lower left corner; the bleed lies outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.tagging import Element, Tags
from storytailor.book.typesetting import Block, Line, Page, Piece, line_width

INCH = 72.0


@dataclass(frozen=True)
class Format:
    """A kind of book file: the trimmed side, bleed and margin in points, and how pictures are stored.

    `longest` is the most pixels a picture's side may have, None for as many as it has.
    """

    side: float
    bleed: float
    margin: float
    quality: int
    longest: int | None
    bound: bool  # bound in pairs of pages, with endpapers


class Sheet:
    """The page being drawn."""

    def __init__(self, canvas: Canvas, tags: Tags, form: Format) -> None:
        self.canvas = canvas
        self.tags = tags
        self.form = form
        self._elements: dict[int, Element] = {}  # a block's id → its element, for blocks that turn the page

    @property
    def side(self) -> float:
        """The trimmed side in points."""
        return self.form.side

    @property
    def measure(self) -> float:
        """The width between the margins in points."""
        return self.form.side - 2 * self.form.margin

    def ground(self, colour: str) -> None:
        """Fill the page, bleed included."""
        bleed, side = self.form.bleed, self.form.side
        with self.tags.artefact():
            self.canvas.setFillColor(HexColor(colour))
            self.canvas.rect(-bleed, -bleed, side + 2 * bleed, side + 2 * bleed, stroke=0, fill=1)

    def scenery(self, scene: ornaments.Scene) -> None:
        """Fill the page with a scene of ornament, bleed included."""
        self.ground(scene.ground)
        self.ornament(scene.shapes)

    def ornament(self, shapes: Sequence[ornaments.Shape]) -> None:
        """Paint ornaments over the page, bleed included."""
        with self.tags.artefact():
            ornaments.paint(self.canvas, shapes, -self.form.bleed, self.form.side + 2 * self.form.bleed)

    def picture(self, image: Image.Image, alt: str, section: Element) -> float:
        """Place a picture full-bleed, or, when it is far from square, whole from the top edge down.

        Answers the height from the trim's lower edge at which the picture ends.
        """
        full = self.form.side + 2 * self.form.bleed
        scale = full / max(image.size)
        width, height = image.width * scale, image.height * scale
        x, y = (self.form.side - width) / 2, self.form.side + self.form.bleed - height
        figure = section.child("Figure", alt=alt)
        bleed = self.form.bleed
        figure.box = (x + bleed, y + bleed, x + bleed + width, y + bleed + height)
        data = pictures.jpeg(image, self.form.quality, self.form.longest)
        with self.tags.marked(figure):
            self.canvas.drawImage(ImageReader(BytesIO(data)), x, y, width, height)
        return y

    def column(self, page: Page, top: float, section: Element, centre: float | None = None) -> float:
        """Draw set pieces from `top` down, within the margins, or about `centre` if they are centred.

        Answers the height at which they end.
        """
        centre = self.side / 2 if centre is None else centre
        y = top
        for number, piece in enumerate(page):
            if number and not piece.first:
                y -= piece.block.style.space_before
            self._piece(piece, y, section, centre)
            y -= piece.height
        return y

    def _piece(self, piece: Piece, top: float, section: Element, centre: float) -> None:
        block, style = piece.block, piece.block.style
        element = self._elements.get(id(block))
        if element is None:
            spoken = block.text if fonts.has_right_to_left(block.text) else ""
            element = self._elements[id(block)] = section.child(block.role, spoken=spoken)
        with self.tags.marked(element):
            for number, line in enumerate(piece.lines):
                baseline = top - number * style.leading - (style.leading + style.size * 0.62) / 2
                place = piece.first + number
                if not place and block.marker:
                    self.write(
                        block.marker,
                        fonts.DISPLAY,
                        style.size,
                        block.lead_colour,
                        self._marker_x(block),
                        baseline,
                    )
                opening = sum(len(earlier) for earlier in block.lines[:place])
                self._line(line, block, opening, baseline, centre)

    def _marker_x(self, block: Block) -> float:
        if not block.right_to_left:
            return self.form.margin
        width = fonts.width(block.marker, fonts.DISPLAY) * block.style.size
        return self.form.side - self.form.margin - width

    def _line(self, line: Line, block: Block, opening: int, baseline: float, centre: float) -> None:
        style = block.style
        width = line_width(line, style.size)
        x = self.form.margin + style.indent
        if style.centred:
            x = centre - width / 2
        elif block.right_to_left:
            x = self.form.side - self.form.margin - style.indent - width
        lead = [word for number, word in enumerate(line) if opening + number < block.lead]
        rest = line[len(lead) :]
        pen = self.canvas.beginText(x, baseline)
        for words, colour in ((lead, block.lead_colour), (rest, style.colour)):
            if not words:
                continue
            text = "".join((" " if word.spaced else "") + word.text for word in words)
            if words[0] is line[0]:
                text = text.lstrip(" ")
            pen.setFillColor(HexColor(colour))
            for face, part in fonts.runs(text, words[0].face, right_to_left=block.right_to_left):
                pen.setFont(face, style.size)
                pen.textOut(part)
        self.canvas.drawText(pen)

    def write(self, text: str, face: str, size: float, colour: str, x: float, baseline: float) -> None:
        """Draw a short text from x on."""
        pen = self.canvas.beginText(x, baseline)
        pen.setFillColor(HexColor(colour))
        for name, part in fonts.runs(text, face, right_to_left=fonts.is_right_to_left(text)):
            pen.setFont(name, size)
            pen.textOut(part)
        self.canvas.drawText(pen)

    @contextmanager
    def artefact(self) -> Iterator[Canvas]:
        """Draw decoration."""
        with self.tags.artefact():
            yield self.canvas
