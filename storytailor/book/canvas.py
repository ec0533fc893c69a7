"""The page being drawn, in the trim's own coordinates, with every mark tagged.

All lengths are points from the trim's lower left corner; the bleed lies outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Final

from PIL import Image
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from storytailor.book import fonts, ornaments, pictures
from storytailor.book.formats import PageFormat
from storytailor.book.line_breaking import Line, Word
from storytailor.book.pagination import Column, Fragment
from storytailor.book.shaping import Glyphs, is_one_by_one
from storytailor.book.tagging import Artifact, Element, Group, Tags
from storytailor.book.typesetting import Block, line_as_read, line_text, line_width
from storytailor.text.typefaces import HEAVIER, is_stroked, size_of

_UNSEEN_SIZE = 12.0  # points: of a heading that is not seen
_NOT_SEEN: Final = 3  # text rendering modes
_SEEN: Final = 0
_STROKED: Final = 2  # filled, and its outline drawn: heavier


class JpegReader(ImageReader):
    """A JPEG that goes into the document as it is.

    ReportLab would decode it as well, to see by its pixels whether it has been drawn before; its bytes tell that too.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__(BytesIO(data))
        self._bytes = data
        self._dataA = None  # what is seen through

    def getRGBData(self) -> bytes:
        """What ReportLab knows the picture by."""
        return self._bytes


class PageCanvas:
    """The page being drawn."""

    def __init__(self, canvas: Canvas, tags: Tags, page_format: PageFormat) -> None:
        self.tags = tags
        self.format = page_format
        self._canvas = canvas
        # By the block's id, for blocks that go on on the next page. The block is held, so that no later block
        # is given its id.
        self._elements: dict[int, tuple[Block, Element]] = {}
        self._groups: dict[Group, Element] = {}
        self._sections: dict[str, Element] = {}

    @property
    def side(self) -> float:
        """The trimmed side in points."""
        return self.format.side

    def new_section(self, title: str = "") -> Element:
        """A new section of the document, after all others."""
        return self.tags.document.child("Sect", title=title)

    def section(self, title: str) -> Element:
        """The section of this title, new where there is none yet: one for all the pages of a part."""
        if title not in self._sections:
            self._sections[title] = self.new_section(title)
        return self._sections[title]

    @contextmanager
    def decoration(self, artifact: Artifact = "Layout") -> Iterator[Canvas]:
        """ReportLab's canvas, for drawing what a screen reader passes over."""
        with self.tags.decoration(artifact):
            yield self._canvas

    def fill(self, color: str) -> None:
        """Fill the page, bleed included."""
        bleed, full = self.format.bleed, self.format.full_side
        with self.decoration("Background") as canvas:
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
            self._canvas.drawImage(JpegReader(data), x, y, width, height)

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
        pen = self._pen(x, baseline, size)
        paint = HexColor(color)
        pen.setFillColor(paint)
        _write(pen, fonts.runs(text, face, right_to_left=fonts.is_right_to_left()), size, face, paint)
        self._canvas.drawText(pen)

    def _pen(self, x: float, baseline: float, size: float) -> PDFTextObject:
        """Where a line is written from; in scripts without a bold face with a stroke that makes its letters heavier."""
        if fonts.is_of_one_weight():
            self._canvas.setLineWidth(HEAVIER * size)
        return self._canvas.beginText(x, baseline)

    def draw_unseen_heading(self, text: str, section: Element) -> None:
        """A heading where none is printed, for who moves through the book by its headings."""
        heading = section.child("H2", actual_text=self._unlike_drawn(text))
        pen = self._canvas.beginText(self.format.margin, self.side - self.format.margin - _UNSEEN_SIZE)
        pen.setTextRenderMode(_NOT_SEEN)
        unseen = fonts.runs(text, fonts.TEXT, right_to_left=fonts.is_right_to_left())
        _write(pen, unseen, _UNSEEN_SIZE, fonts.TEXT, HexColor("#000000"))
        pen.setTextRenderMode(_SEEN)
        with self.tags.marked(heading), self.tags.read_as("" if is_one_by_one(text) else text):
            self._canvas.drawText(pen)

    def _draw_fragment(self, fragment: Fragment, top: float, section: Element, center: float) -> None:
        block, style = fragment.block, fragment.block.style
        if block.marker and not fragment.first:
            self._draw_marker(block, top - style.baseline_drop, section)
        with self.tags.marked(self._element_of(block, section)) if block.role else self.tags.decoration():
            for number in range(len(fragment.lines)):
                baseline = top - number * style.leading - style.baseline_drop
                self._draw_line(block, fragment.first + number, baseline, center)

    def _draw_marker(self, block: Block, baseline: float, section: Element) -> None:
        """A list item's number, as the label of the item whose body the block is in."""
        item = block.within.within if block.within else None
        with self.tags.marked(self._group(item, section).child("Lbl")):
            color, x = block.lead_color, self._marker_x(block)
            self.draw_label(f"{block.marker} ", fonts.DISPLAY, block.style.size, color, x, baseline)

    def _element_of(self, block: Block, section: Element) -> Element:
        """The block's element, the same one on every page that the block goes on to."""
        if id(block) not in self._elements:
            parent, actual_text = self._group(block.within, section), self._unlike_drawn(block.text)
            self._elements[id(block)] = block, parent.child(block.role, actual_text=actual_text)
        return self._elements[id(block)][1]

    def _group(self, group: Group | None, section: Element) -> Element:
        """The group's element; the section where there is no group."""
        if group is None:
            return section
        if group not in self._groups:
            parent = self._group(group.within, section)
            self._groups[group] = parent.child(group.role, numbering=group.numbering)
        return self._groups[group]

    def _unlike_drawn(self, text: str) -> str:
        """The text where it is not what is drawn: glyphs that stand for no character, or an order of its own."""
        return "" if fonts.is_drawn_as_written(text.replace("\n", " ")) else text

    def _marker_x(self, block: Block) -> float:
        if not block.right_to_left:
            return self.format.margin
        width = fonts.width(block.marker, fonts.DISPLAY) * block.style.size
        return self.side - self.format.margin - width

    def _draw_line(self, block: Block, place: int, baseline: float, center: float) -> None:
        """The line at this place of the block, with a space at its end where its last word ends there."""
        style, line = block.style, block.lines[place]
        lead_words = max(0, block.lead_words - sum(map(len, block.lines[:place])))
        drawn, read = line_text(line), line_as_read(line, next(iter(block.lines[place + 1 :]), None))
        is_read_as_drawn = is_one_by_one(drawn) and read.startswith(drawn)
        pen = self._pen(self._line_x(line, block, block.indent(place), center), baseline, style.size)
        for words, color in ((line[:lead_words], block.lead_color), (line[lead_words:], style.color)):
            if not words:
                continue
            text = line_text(words) if words[0] is line[0] else "".join(map(_spaced, words))
            if is_read_as_drawn and words[-1] is line[-1] and not block.right_to_left:
                text += read[len(drawn) :]
            face, paint = words[0].face, HexColor(color)
            pen.setFillColor(paint)
            _write(pen, fonts.runs(text, face, right_to_left=block.right_to_left), style.size, face, paint)
        # Readers' programs turn Hebrew round by themselves, as long as its letters say what they are.
        with self.tags.read_as("" if is_read_as_drawn or not block.role else read):
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


def _write(pen: PDFTextObject, runs: Sequence[fonts.Run], size: float, asked: str, color: Color) -> None:
    """Write the runs one after the other; `asked` is the face that they were set in, as far as it has their letters.

    Glyphs that stand higher or lower than the line are written apart: ReportLab 5.1 loses its way where one such
    follows another.
    """
    for face, part in runs:
        own_size = size * size_of(face)
        pen.setFont(face, own_size)
        stroked = is_stroked(face, asked)
        if stroked:
            pen.setStrokeColor(color)
            pen.setTextRenderMode(_STROKED)
        _write_run(pen, part, own_size)
        if stroked:
            pen.setTextRenderMode(_SEEN)


def _write_run(pen: PDFTextObject, part: str | Glyphs, own_size: float) -> None:
    if not isinstance(part, Glyphs):
        pen.textOut(part)
        return
    height = 0.0
    for up, glyphs in part.levels():
        if up != height:
            pen.setRise(up * own_size / 1000)
            height = up
        pen.textOut(glyphs)
    if height:
        pen.setRise(0)
