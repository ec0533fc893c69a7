"""SVG in strings: shapes, smooth curves, gradients. Numbers are user units, y down."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

Point = tuple[float, float]


def num(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".removesuffix(".0")


def _style(fill: str, opacity: float, stroke: str, width: float) -> str:
    see_through = "" if opacity >= 1 else f' fill-opacity="{opacity:.2f}"'
    if not stroke:
        return f'fill="{fill}"{see_through}'
    line = "" if opacity >= 1 else f' stroke-opacity="{opacity:.2f}"'
    return (
        f'fill="{fill}"{see_through}{line} stroke="{stroke}" stroke-width="{num(width)}"'
        ' stroke-linecap="round" stroke-linejoin="round"'
    )


def path(d: str, fill: str = "none", *, opacity: float = 1, stroke: str = "", width: float = 0) -> str:
    """A path from path data."""
    return f'<path d="{d}" {_style(fill, opacity, stroke, width)}/>'


def circle(x: float, y: float, r: float, fill: str, *, opacity: float = 1) -> str:
    """A disc."""
    return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}" {_style(fill, opacity, "", 0)}/>'


def ellipse(
    x: float, y: float, rx: float, ry: float, fill: str, *, opacity: float = 1, turn: float = 0
) -> str:
    """An ellipse, turned by degrees about its centre."""
    turned = f' transform="rotate({num(turn)} {num(x)} {num(y)})"' if turn else ""
    shape = f'cx="{num(x)}" cy="{num(y)}" rx="{num(rx)}" ry="{num(ry)}"'
    return f"<ellipse {shape} {_style(fill, opacity, '', 0)}{turned}/>"


def rect(
    x: float, y: float, width: float, height: float, fill: str, *, round_: float = 0, opacity: float = 1
) -> str:
    """A rectangle with its top left at x, y."""
    corner = f' rx="{num(round_)}"' if round_ else ""
    shape = f'x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}"'
    return f"<rect {shape}{corner} {_style(fill, opacity, '', 0)}/>"


def polygon(points: Iterable[Point], fill: str, *, opacity: float = 1) -> str:
    """A closed shape with straight sides."""
    return path("M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + "Z", fill, opacity=opacity)


def line(points: Sequence[Point], colour: str, width: float, *, opacity: float = 1) -> str:
    """A smooth round-ended stroke through the points."""
    return path(smooth(points), "none", opacity=opacity, stroke=colour, width=width)


def smooth(points: Sequence[Point], *, closed: bool = False) -> str:
    """Path data of a Catmull-Rom curve through the points."""
    count = len(points)

    def at(i: int) -> Point:
        return points[i % count] if closed else points[min(max(i, 0), count - 1)]

    parts = [f"M{num(points[0][0])} {num(points[0][1])}"]
    for i in range(count if closed else count - 1):
        before, start, end, after = at(i - 1), at(i), at(i + 1), at(i + 2)
        c1 = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        c2 = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        parts.append("C" + " ".join(f"{num(x)} {num(y)}" for x, y in (c1, c2, end)))
    return "".join(parts) + ("Z" if closed else "")


def blob(points: Sequence[Point], fill: str, *, opacity: float = 1) -> str:
    """A closed smooth shape through the points."""
    return path(smooth(points, closed=True), fill, opacity=opacity)


def ring(
    x: float, y: float, rx: float, ry: float, random: Random, *, rough: float = 0.1, count: int = 12
) -> list[Point]:
    """Points round an ellipse, each pushed in or out by up to `rough`: a pebble, a bush, a cloud."""
    turn = random.random()
    points = []
    for i in range(count):
        angle = 2 * math.pi * (i + turn) / count
        push = 1 + random.uniform(-rough, rough)
        points.append((x + rx * push * math.cos(angle), y + ry * push * math.sin(angle)))
    return points


def star_points(
    x: float, y: float, outer: float, inner: float, tips: int = 5, turn: float = -90
) -> list[Point]:
    """The corners of a star."""
    radii = (outer, inner)
    angles = [math.radians(turn + 180 * i / tips) for i in range(2 * tips)]
    return [(x + radii[i % 2] * math.cos(a), y + radii[i % 2] * math.sin(a)) for i, a in enumerate(angles)]


def group(
    content: str, *, x: float = 0, y: float = 0, scale: float = 1, mirror: bool = False, turn: float = 0
) -> str:
    """Content moved, then turned, scaled and perhaps mirrored about its own origin."""
    across = f"{-scale:.4g}" if mirror else f"{scale:.4g}"
    turned = f" rotate({num(turn)})" if turn else ""
    return f'<g transform="translate({num(x)} {num(y)}){turned} scale({across} {scale:.4g})">{content}</g>'


@dataclass
class Defs:
    """The gradients of one picture, each with an id of its own."""

    made: list[str] = field(default_factory=list)

    def _add(self, tag: str, attributes: str, stops: Sequence[tuple[float, str, float]]) -> str:
        name = f"paint{len(self.made)}"
        inner = "".join(
            f'<stop offset="{offset:.3g}" stop-color="{colour}" stop-opacity="{opacity:.3g}"/>'
            for offset, colour, opacity in stops
        )
        self.made.append(f'<{tag} id="{name}" {attributes}>{inner}</{tag}>')
        return f"url(#{name})"

    def down(self, *stops: tuple[float, str, float]) -> str:
        """A paint running from the top of the shape to its foot: (offset, colour, opacity) each."""
        return self._add("linearGradient", 'x1="0" y1="0" x2="0" y2="1"', stops)

    def across(self, *stops: tuple[float, str, float]) -> str:
        """A paint running from the left of the shape to its right."""
        return self._add("linearGradient", 'x1="0" y1="0" x2="1" y2="0"', stops)

    def out(self, *stops: tuple[float, str, float]) -> str:
        """A paint running from the middle of the shape outwards."""
        return self._add("radialGradient", 'cx="0.5" cy="0.5" r="0.5"', stops)

    @property
    def markup(self) -> str:
        """The whole as a `<defs>` element."""
        return f"<defs>{''.join(self.made)}</defs>"
