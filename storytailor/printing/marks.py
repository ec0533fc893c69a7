"""What is marked on a page: where its letters stand, what is painted, in which colours, at which resolution."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pikepdf

from storytailor.printing.content import (
    IDENTITY,
    Box,
    Instruction,
    Matrix,
    at,
    box_of,
    images_of,
    instructions,
    size_of_unit,
    times,
)
from storytailor.printing.glyphs import DrawnFont, DrawnFonts

_COLOR_SPACES = {"rg": "RGB", "RG": "RGB", "k": "CMYK", "K": "CMYK", "g": "Gray", "G": "Gray"}
_PATH_POINTS = {"m": 1, "l": 1, "c": 3, "v": 2, "y": 2}
_PAINTING = {"f", "F", "f*", "S", "s", "B", "B*", "b", "b*"}


@dataclass
class PageMarks:
    """What a page's content does. Boxes in points of the page; `inks` are sums of four inks, 0 to 4."""

    letters: list[Box] = field(default_factory=list)
    painted: list[Box] = field(default_factory=list)  # areas and pictures
    pictures: list[tuple[Box, float, str]] = field(default_factory=list)  # box, dots per inch, name
    color_spaces: set[str] = field(default_factory=set)
    inks: set[float] = field(default_factory=set)
    states: set[str] = field(default_factory=set)  # graphics states by name
    missing_glyphs: int = 0
    unnamed_spaces: bool = False  # colours by `cs`, `sc` or shading


class _Reader:
    """Follows a page's instructions."""

    def __init__(self, page: pikepdf.Page, fonts: DrawnFonts) -> None:
        self.marks = PageMarks()
        self._images = images_of(page)
        resources = page.obj.get("/Resources", pikepdf.Dictionary())
        self._fonts = {name: fonts.read(font) for name, font in resources.get("/Font", pikepdf.Dictionary()).items()}
        self._font: DrawnFont | None = None
        self._size, self._leading, self._rise = 0.0, 0.0, 0.0
        self._line: Matrix = IDENTITY  # where the line begins
        self._pen: Matrix = IDENTITY
        self._path: list[tuple[float, float]] = []

    def take(self, instruction: Instruction) -> None:
        """Do what the instruction says."""
        operator = instruction.operator
        if operator in _COLOR_SPACES:
            self.marks.color_spaces.add(_COLOR_SPACES[operator])
            if operator in ("k", "K"):
                self.marks.inks.add(round(sum(instruction.numbers), 4))
        elif operator in ("cs", "CS", "sh"):
            self.marks.unnamed_spaces = True
        elif operator == "gs":
            self.marks.states.add(str(instruction.operands[0]))
        elif operator == "Do":
            self._place(str(instruction.operands[0]), instruction.matrix)
        elif operator in _PATH_POINTS or operator in ("re", "n") or operator in _PAINTING:
            self._draw(instruction)
        else:
            self._write(instruction)

    def _place(self, name: str, matrix: Matrix) -> None:
        image = self._images.get(name)
        box = box_of(matrix, 0, 0, 1, 1)
        self.marks.painted.append(box)
        if image is not None:
            pixels = (int(image.Width), int(image.Height))
            sides = size_of_unit(matrix)
            dpi = min(dots / points * 72 for dots, points in zip(pixels, sides, strict=True))
            self.marks.pictures.append((box, dpi, name))

    def _draw(self, instruction: Instruction) -> None:
        operator, numbers = instruction.operator, instruction.numbers
        if operator in _PATH_POINTS:
            self._path += [at(instruction.matrix, numbers[n], numbers[n + 1]) for n in range(0, len(numbers), 2)]
        elif operator == "re":
            x, y, width, height = numbers
            left, bottom, right, top = box_of(instruction.matrix, x, y, x + width, y + height)
            self._path += [(left, bottom), (right, top)]
        else:
            if operator in _PAINTING and self._path:
                xs, ys = [x for x, _ in self._path], [y for _, y in self._path]
                self.marks.painted.append((min(xs), min(ys), max(xs), max(ys)))
            self._path = []

    def _write(self, instruction: Instruction) -> None:
        operator, operands = instruction.operator, instruction.operands
        match operator:
            case "BT":
                self._line = self._pen = IDENTITY
            case "Tf":
                self._font, self._size = self._fonts.get(str(operands[0])), float(cast(float, operands[1]))
            case "TL":
                self._leading = instruction.numbers[0]
            case "Ts":
                self._rise = instruction.numbers[0]
            case "Tm":
                self._line = self._pen = cast(Matrix, instruction.numbers)
            case "Td" | "TD":
                x, y = instruction.numbers
                self._move(x, y)
                self._leading = -y if operator == "TD" else self._leading
            case "T*":
                self._move(0, -self._leading)
            case "Tj":
                self._show(bytes(operands[0]), instruction.matrix)
            case "'":
                self._move(0, -self._leading)
                self._show(bytes(operands[0]), instruction.matrix)
            case "TJ":
                for part in cast("pikepdf.Array", operands[0]):
                    if isinstance(part, pikepdf.String):
                        self._show(bytes(part), instruction.matrix)
                    else:
                        self._step(-float(cast(float, part)) / 1000 * self._size)

    def _move(self, x: float, y: float) -> None:
        self._line = self._pen = times((1, 0, 0, 1, x, y), self._line)

    def _step(self, x: float) -> None:
        self._pen = times((1, 0, 0, 1, x, 0), self._pen)

    def _show(self, text: bytes, matrix: Matrix) -> None:
        if self._font is None or not text:
            return
        codes = self._font.codes(text)
        width = sum(map(self._font.width, codes)) * self._size
        low, high = self._rise - 0.1 * self._size, self._rise + 0.6 * self._size
        self.marks.letters.append(box_of(times(self._pen, matrix), 0, low, width, high))
        self.marks.missing_glyphs += sum(map(self._font.lacks, codes))
        self._step(width)


def marks_of(page: pikepdf.Page, fonts: DrawnFonts) -> PageMarks:
    """Read the page's content; `fonts` are its document's."""
    reader = _Reader(page, fonts)
    for instruction in instructions(page):
        reader.take(instruction)
    return reader.marks
