"""Reading a page's content: its instructions, each with the matrix that holds where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import pikepdf

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Instruction:
    """One instruction, and the matrix from its space to the page's."""

    operator: str
    operands: Sequence[pikepdf.Object]
    matrix: Matrix

    @property
    def numbers(self) -> tuple[float, ...]:
        """Its operands, where all of them are numbers."""
        return tuple(float(cast("Decimal | int", operand)) for operand in self.operands)


def instructions(page: pikepdf.Page) -> Iterator[Instruction]:
    """All instructions of the page's own content, in order."""
    matrix, kept = IDENTITY, list[Matrix]()
    for parsed in pikepdf.parse_content_stream(page):
        operator = str(parsed.operator)
        instruction = Instruction(operator, list(parsed.operands), matrix)
        match operator:
            case "q":
                kept.append(matrix)
            case "Q":
                matrix = kept.pop() if kept else IDENTITY
            case "cm":
                matrix = times(cast(Matrix, instruction.numbers), matrix)
        yield instruction


def times(one: Matrix, then: Matrix) -> Matrix:
    """The matrix that does one, then the other."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def at(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a point comes to stand."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def box_of(matrix: Matrix, left: float, bottom: float, right: float, top: float) -> Box:
    """The upright box around a box that the matrix has moved."""
    corners = [at(matrix, x, y) for x in (left, right) for y in (bottom, top)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def size_of_unit(matrix: Matrix) -> tuple[float, float]:
    """Width and height, in points, of what fills the unit square: a picture."""
    a, b, c, d, _, _ = matrix
    return (a * a + b * b) ** 0.5, (c * c + d * d) ** 0.5


def images_of(page: pikepdf.Page) -> dict[str, pikepdf.Object]:
    """The page's pictures by name."""
    named = page.obj.get("/Resources", pikepdf.Dictionary()).get("/XObject", pikepdf.Dictionary())
    return {name: item for name, item in named.items() if item.get("/Subtype") == "/Image"}
