"""The pen: writes SVG, knows how far it drew, and notes where recorded traits went."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from emulator_models.illustrator.figures.colours import darker, lighter
from emulator_models.illustrator.figures.geometry import Point, knots, outline, polygon, smooth
from emulator_models.illustrator.figures.model import Box

Matrix = tuple[float, float, float, float, float, float]


class Pen:
    """Collects SVG elements; all ids carry `key`, so that several drawings can share a document.

    Positions given to it are in the space of the innermost `moved` block; boxes come out in the
    outermost space.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._parts: list[str] = []
        self._defs: dict[str, str] = {}
        self._matrix: Matrix = (1, 0, 0, 1, 0, 0)
        self._clips: list[Box] = []
        self._marking: list[str] = []
        self.boxes: dict[str, Box] = {}
        self.extent: Box = (0, 0, 0, 0)

    def svg(self) -> str:
        """All that was drawn, as one group."""
        definitions = "".join(self._defs.values())
        return f'<g id="{self._key}"><defs>{definitions}</defs>{"".join(self._parts)}</g>'

    # --- shapes -------------------------------------------------------------------------------

    def path(
        self,
        d: str,
        fill: str = "none",
        *,
        stroke: str | None = None,
        width: float = 0.0,
        opacity: float = 1.0,
        dash: str | None = None,
    ) -> None:
        """A path of absolute M, L, Q, C, Z commands."""
        self._note(outline(d) if self._marking else knots(d), width / 2)  # marks are tight
        look = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<path d="{d}"{_paint(fill, stroke, width, opacity)}{look}/>')

    def blob(self, points: Sequence[Point], fill: str = "none", *, opacity: float = 1.0) -> None:
        """A smooth closed shape through the points."""
        self.path(smooth(points), fill, opacity=opacity)

    def line(self, points: Sequence[Point], stroke: str, width: float, *, opacity: float = 1.0) -> None:
        """A smooth stroke with round ends through the points."""
        d = smooth(points, closed=False) if len(points) > 2 else polygon(points, closed=False)
        self.path(d, stroke=stroke, width=width, opacity=opacity)

    def ellipse(
        self,
        at: Point,
        rx: float,
        ry: float | None = None,
        fill: str = "none",
        *,
        stroke: str | None = None,
        width: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """An ellipse, or a circle where `ry` is left out."""
        ry = rx if ry is None else ry
        ring = [i * math.pi / 8 for i in range(16)]
        self._note(((at[0] + rx * math.cos(a), at[1] + ry * math.sin(a)) for a in ring), width / 2)
        self._parts.append(
            f'<ellipse cx="{at[0]:.1f}" cy="{at[1]:.1f}" rx="{rx:.1f}" ry="{ry:.1f}"'
            f"{_paint(fill, stroke, width, opacity)}/>"
        )

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
        self._parts.append(f'<g transform="matrix({" ".join(f"{v:.4g}" for v in own)})">')
        yield
        self._parts.append("</g>")
        self._matrix = outer

    @contextmanager
    def clipped(self, *shapes: str) -> Iterator[None]:
        """Draw only inside these paths."""
        ident = f"{self._key}-c{len(self._defs)}"
        inside = "".join(f'<path d="{d}"/>' for d in shapes)
        self._defs[ident] = f'<clipPath id="{ident}">{inside}</clipPath>'
        self._clips.append(_box(self._mapped(p for d in shapes for p in outline(d))))
        self._parts.append(f'<g clip-path="url(#{ident})">')
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
        x0, y0, x1, y1 = _box(self._mapped(points))
        for trait in traits:
            self.boxes[trait] = (
                _union(self.boxes[trait], (x0, y0, x1, y1)) if trait in self.boxes else (x0, y0, x1, y1)
            )

    # --- paint --------------------------------------------------------------------------------

    def shaded(self, colour: str, depth: float = 0.16) -> str:
        """A colour with soft light from the upper left."""
        stops = (lighter(colour, depth * 0.7), 0.0), (colour, 0.5), (darker(colour, depth), 1.0)
        inside = "".join(f'<stop offset="{at}" stop-color="{c}"/>' for c, at in stops)
        return self._gradient(
            f"s{colour}{depth}",
            f'<linearGradient id="%" x1=".15" y1="0" x2=".8" y2="1">{inside}</linearGradient>',
        )

    def glow(self, colour: str, strength: float = 1.0) -> str:
        """A colour that fades out from the middle: cheeks, shadows."""
        inside = (
            f'<stop offset="0" stop-color="{colour}" stop-opacity="{strength}"/>'
            f'<stop offset=".55" stop-color="{colour}" stop-opacity="{strength * 0.6:.2f}"/>'
            f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/>'
        )
        return self._gradient(f"g{colour}{strength}", f'<radialGradient id="%">{inside}</radialGradient>')

    def _gradient(self, name: str, body: str) -> str:
        if name not in self._defs:
            self._defs[name] = body.replace("%", f"{self._key}-p{len(self._defs)}")
        ident = self._defs[name].split('"', 2)[1]
        return f"url(#{ident})"

    # --- extents ------------------------------------------------------------------------------

    def _mapped(self, points: Iterable[Point]) -> Iterator[Point]:
        a, b, c, d, e, f = self._matrix
        return ((a * x + c * y + e, b * x + d * y + f) for x, y in points)

    def _note(self, points: Iterable[Point], margin: float) -> None:
        x0, y0, x1, y1 = _box(self._mapped(points))
        margin *= math.sqrt(abs(self._matrix[0] * self._matrix[3] - self._matrix[1] * self._matrix[2]))
        box = x0 - margin, y0 - margin, x1 + margin, y1 + margin
        for clip in self._clips:
            box = max(box[0], clip[0]), max(box[1], clip[1]), min(box[2], clip[2]), min(box[3], clip[3])
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        self.extent = _union(self.extent, box)
        for trait in self._marking:
            self.boxes[trait] = _union(self.boxes[trait], box) if trait in self.boxes else box


def _paint(fill: str, stroke: str | None, width: float, opacity: float) -> str:
    paint = f' fill="{fill}"'
    if stroke:
        paint += (
            f' stroke="{stroke}" stroke-width="{width:.1f}" stroke-linecap="round" stroke-linejoin="round"'
        )
    return paint + (f' opacity="{opacity:.2f}"' if opacity < 1 else "")


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


def _box(points: Iterable[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _union(a: Box, b: Box) -> Box:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])
