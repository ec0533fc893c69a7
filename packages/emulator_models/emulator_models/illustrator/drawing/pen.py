"""The pen: draws SVG elements, knows how far it drew, and notes where recorded traits went."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from emulator_models.illustrator.drawing import svg
from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Box, Point, bounds, union
from emulator_models.illustrator.drawing.paths import flattened, knots, smooth_loop
from emulator_models.illustrator.drawing.svg import Defs, line_data, opened

Matrix = tuple[float, float, float, float, float, float]
_RING = [(math.cos(i * math.pi / 8), math.sin(i * math.pi / 8)) for i in range(16)]


class Pen:
    """Collects SVG elements; all ids start with `key`, so that several drawings can share a document.

    Positions given to it are in the space of the innermost `moved` block; boxes come out in the
    outermost space.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._parts: list[str] = []
        self._defs = Defs(key)
        self._matrix: Matrix = (1, 0, 0, 1, 0, 0)
        self._clips: list[Box] = []
        self._marking: list[str] = []
        self.boxes: dict[str, Box] = {}
        self.extent: Box = (0, 0, 0, 0)

    def svg(self) -> str:
        """All that was drawn, as one group."""
        return f'<g id="{self._key}">{self._defs.markup}{"".join(self._parts)}</g>'

    # --- shapes -------------------------------------------------------------------------------

    def path(
        self,
        d: str,
        fill: str = "none",
        *,
        stroke: str = "",
        width: float = 0,
        opacity: float = 1,
        dash: str = "",
    ) -> None:
        """A path of absolute M, L, Q, C, Z commands."""
        self._note(flattened(d) if self._marking else knots(d), width / 2)  # marks are tight
        self._parts.append(svg.path(d, fill, stroke=stroke, width=width, opacity=opacity, dash=dash))

    def blob(self, points: Sequence[Point], fill: str, *, opacity: float = 1) -> None:
        """A smooth closed shape through the points."""
        self.path(smooth_loop(points), fill, opacity=opacity)

    def line(self, points: Sequence[Point], stroke: str, width: float, *, opacity: float = 1) -> None:
        """A smooth stroke with round ends through the points."""
        self.path(line_data(points), stroke=stroke, width=width, opacity=opacity)

    def ellipse(
        self,
        at: Point,
        rx: float,
        ry: float | None = None,
        fill: str = "none",
        *,
        stroke: str = "",
        width: float = 0,
        opacity: float = 1,
    ) -> None:
        """An ellipse, or a circle where `ry` is left out."""
        ry = rx if ry is None else ry
        self._note(((at[0] + rx * c, at[1] + ry * s) for c, s in _RING), width / 2)
        self._parts.append(svg.ellipse(*at, rx, ry, fill, stroke=stroke, width=width, opacity=opacity))

    # --- spaces, clips and marks --------------------------------------------------------------

    @contextmanager
    def moved(
        self, x: float = 0, y: float = 0, turn: float = 0, sx: float = 1, sy: float | None = None
    ) -> Iterator[None]:
        """Draw in a space of its own: scaled, turned (degrees, clockwise on the page), then moved."""
        sy = sx if sy is None else sy
        c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        own: Matrix = (c * sx, s * sx, -s * sy, c * sy, x, y)
        outer, self._matrix = self._matrix, _times(self._matrix, own)
        self._parts.append(opened(x, y, turn, sx, sy))
        yield
        self._parts.append("</g>")
        self._matrix = outer

    @contextmanager
    def clipped(self, *shapes: str) -> Iterator[None]:
        """Draw only inside these paths."""
        self._clips.append(bounds(self._mapped(p for d in shapes for p in flattened(d))))
        self._parts.append(f'<g clip-path="{self._defs.clip(shapes)}">')
        yield
        self._parts.append("</g>")
        self._clips.pop()

    @contextmanager
    def marking(self, *traits: str) -> Iterator[None]:
        """What is drawn inside shows these traits."""
        self._marking.extend(traits)
        yield
        del self._marking[len(self._marking) - len(traits) :]

    def mark(self, traits: Iterable[str], points: Iterable[Point]) -> None:
        """Note where traits show that are drawn by other shapes: a box around the points."""
        self._widen(traits, bounds(self._mapped(points)))

    # --- paint --------------------------------------------------------------------------------

    def shaded(self, color: str, depth: float = 0.16) -> str:
        """A color with soft light from the upper left."""
        return self._defs.aslant((0, lighter(color, depth * 0.7), 1), (0.5, color, 1), (1, darker(color, depth), 1))

    def glow(self, color: str, strength: float = 1) -> str:
        """A color that fades out from the middle: cheeks, shadows."""
        return self._defs.out((0, color, strength), (0.55, color, strength * 0.6), (1, color, 0))

    # --- extents ------------------------------------------------------------------------------

    def _mapped(self, points: Iterable[Point]) -> Iterator[Point]:
        a, b, c, d, e, f = self._matrix
        return ((a * x + c * y + e, b * x + d * y + f) for x, y in points)

    def _note(self, points: Iterable[Point], margin: float) -> None:
        x0, y0, x1, y1 = bounds(self._mapped(points))
        margin *= math.sqrt(abs(self._matrix[0] * self._matrix[3] - self._matrix[1] * self._matrix[2]))
        box = x0 - margin, y0 - margin, x1 + margin, y1 + margin
        for clip in self._clips:
            box = max(box[0], clip[0]), max(box[1], clip[1]), min(box[2], clip[2]), min(box[3], clip[3])
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        self.extent = union(self.extent, box)
        self._widen(self._marking, box)

    def _widen(self, traits: Iterable[str], box: Box) -> None:
        for trait in traits:
            self.boxes[trait] = union(self.boxes[trait], box) if trait in self.boxes else box


def _times(m: Matrix, n: Matrix) -> Matrix:
    a, b, c, d, e, f = m
    return (
        a * n[0] + c * n[1],
        b * n[0] + d * n[1],
        a * n[2] + c * n[3],
        b * n[2] + d * n[3],
        a * n[4] + c * n[5] + e,
        b * n[4] + d * n[5] + f,
    )
