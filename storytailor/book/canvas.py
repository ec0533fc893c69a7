"""The page being drawn, in the trim's own coordinates, with every mark tagged.

All lengths are points from the trim's lower left corner; the bleed lies outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO

from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.formats import PageFormat
from storytailor.book.line_breaking import Line, Word
from storytailor.book.pagination import Column, Fragment
from storytailor.book.shaping import Glyphs, is_one_by_one
from storytailor.book.tagging import Element, Tags
from storytailor.book.typesetting import Block, line_as_read, line_text, line_width
from storytailor.text.typefaces import size_of


class PageCanvas:
    """The page being drawn."""

    def __init__(self, canvas: Canvas, tags: Tags, page_format: PageFormat) -> None:
        self.tags = tags
        self.format = page_format
        self._canvas = canvas
        # By the block's id, for blocks that go on on the next page. The block is held, so that no later block
        # is given its id.
        self._elements: dict[int, tuple[Block, Element]] = {}

    @property
    def side(self) -> float:
        """The trimmed side in points."""
        return self.format.side

    def new_section(self, title: str = "") -> Element:
        """A new section of the document, after all others."""
        return self.tags.document.child("Sect", title=title)

    @contextmanager
    def decoration(self) -> Iterator[Canvas]:
        """ReportLab's canvas, for drawing what a screen reader passes over."""
        with self.tags.decoration():
            yield self._canvas

    def fill(self, color: str) -> None:
        """Fill the page, bleed included."""
        bleed, full = self.format.bleed, self.format.full_side
        with self.decoration() as canvas:
            canvas.setFillColor(HexColor(color))
            canvas.rect(-bleed, -bleed, full, full, stroke=0, fill=1)

    def draw_backdrop(self, backdrop: ornaments.Backdrop) -> None:
        """Fill the page with a backdrop, bleed included."""
        self.fill(backdrop.background)
        self.draw_shapes(ornaments.opaque(backdrop))

    def draw_shapes(self, shapes: Sequence[ornaments.Shape]) -> None:
        """Draw ornaments over the page, bleed included."""
        with self.decoration() as canvas:
            ornaments.draw(canvas, shapes, -self.format.bleed, self.format.full_side)

    def draw_picture(self, image: Image.Image, alt: str, section: Element) -> None:
        """Place a picture full-bleed, or, when it is far from square, whole from the top edge down."""
        scale = self.format.full_side / max(image.size)
        width, height = image.width * scale, image.height * scale
        bleed = self.format.bleed
        x, y = (self.side - width) / 2, self.side + bleed - height
        figure = section.child("Figure", alt=alt)
        figure.bbox = (x + bleed, y + bleed, x + bleed + width, y + bleed + height)
        data = pictures.to_jpeg(image, self.format.jpeg_quality, self.format.max_pixels)
        with self.tags.marked(figure):
            self._canvas.drawImage(ImageReader(BytesIO(data)), x, y, width, height)

    def draw_column(self, column: Column, top: float, section: Element, center: float | None = None) -> float:
        """Draw set text from `top` down, within the margins, or about `center` where it is centered.

        Returns the height at which it ends.
        """
        center = self.side / 2 if center is None else center
        y = top
        for number, fragment in enumerate(column):
            if number and not fragment.first:
                y -= fragment.block.style.space_before
            self._draw_fragment(fragment, y, section, center)
            y -= fragment.height
        return y

    def draw_label(self, text: str, face: str, size: float, color: str, x: float, baseline: float) -> None:
        """Draw a short text from x on."""
        pen = self._canvas.beginText(x, baseline)
        pen.setFillColor(HexColor(color))
        _write(pen, fonts.runs(text, face, right_to_left=fonts.is_right_to_left()), size)
        self._canvas.drawText(pen)

    def _draw_fragment(self, fragment: Fragment, top: float, section: Element, center: float) -> None:
        block, style = fragment.block, fragment.block.style
        with self.tags.marked(self._element_of(block, section)):
            for number, line in enumerate(fragment.lines):
                baseline = top - number * style.leading - style.baseline_drop
                place = fragment.first + number
                if not place and block.marker:
                    x = self._marker_x(block)
                    self.draw_label(block.marker, fonts.DISPLAY, style.size, block.lead_color, x, baseline)
                words_before = sum(len(earlier) for earlier in block.lines[:place])
                x = self._line_x(line, block, block.indent(place), center)
                self._draw_line(line, block, max(0, block.lead_words - words_before), x, baseline)

    def _element_of(self, block: Block, section: Element) -> Element:
        """The block's element, the same one on every page that the block goes on to."""
        if id(block) not in self._elements:
            self._elements[id(block)] = block, section.child(block.role, actual_text=self._unlike_drawn(block.text))
        return self._elements[id(block)][1]

    def _unlike_drawn(self, text: str) -> str:
        """The text where it is not what is drawn: glyphs that stand for no character, or an order of its own."""
        return "" if fonts.is_drawn_as_written(text.replace("\n", " ")) else text

    def _marker_x(self, block: Block) -> float:
        if not block.right_to_left:
            return self.format.margin
        width = fonts.width(block.marker, fonts.DISPLAY) * block.style.size
        return self.side - self.format.margin - width

    def _draw_line(self, line: Line, block: Block, lead_words: int, x: float, baseline: float) -> None:
        style = block.style
        pen = self._canvas.beginText(x, baseline)
        for words, color in ((line[:lead_words], block.lead_color), (line[lead_words:], style.color)):
            if not words:
                continue
            text = line_text(words) if words[0] is line[0] else "".join(map(_spaced, words))
            pen.setFillColor(HexColor(color))
            _write(pen, fonts.runs(text, words[0].face, right_to_left=block.right_to_left), style.size)
        # Readers' programs turn Hebrew round by themselves, as long as its letters say what they are.
        read = line_as_read(line)
        with self.tags.read_as(read if line[-1].hyphenated or not is_one_by_one(read) else ""):
            self._canvas.drawText(pen)

    def _line_x(self, line: Line, block: Block, indent: float, center: float) -> float:
        """Where the line begins, seen from the left."""
        style = block.style
        if not (style.centered or block.right_to_left):
            return self.format.margin + indent
        width = line_width(line, style.size)
        if style.centered:
            return center - width / 2
        return self.side - self.format.margin - indent - width


def _spaced(word: Word) -> str:
    """The word with the space before it, where one parts it from what comes before."""
    return f" {word.text}" if word.spaced else word.text


def _write(pen: PDFTextObject, runs: Sequence[fonts.Run], size: float) -> None:
    """Write the runs one after the other.

    Glyphs that stand higher or lower than the line are written apart: ReportLab 5.1 loses its way where one such
    follows another.
    """
    for face, part in runs:
        own_size = size * size_of(face)
        pen.setFont(face, own_size)
        if not isinstance(part, Glyphs):
            pen.textOut(part)
            continue
        height = 0.0
        for up, glyphs in part.levels():
            if up != height:
                pen.setRise(up * own_size / 1000)
                height = up
            pen.textOut(glyphs)
        if height:
            pen.setRise(0)
