"""Ornaments in the palette's colors: the band of hills under a text page, and whole backdrops.

Shapes are plain values on a square of side 1, origin at its lower left. The PDF draws them with
ReportLab; for the EPUB they are rasterized.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from storytailor.book.color_scheme import ColorScheme
from storytailor.colors import from_channels, to_channels

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top
_SEGMENTS = 3


@dataclass(frozen=True)
class Disc:
    """A filled circle."""

    x: float
    y: float
    radius: float
    color: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Hill:
    """The ground under a smooth line of crests, from edge to edge: cubic Bézier segments, left to right."""

    start: Point
    curves: tuple[tuple[Point, Point, Point], ...]
    color: str


Shape = Disc | Hill


@dataclass(frozen=True)
class Backdrop:
    """A whole page of ornament: its background color, and what is on it."""

    background: str
    shapes: tuple[Shape, ...]


def hills(scheme: ColorScheme, height: float, seed: int) -> list[Shape]:
    """Three ranges of hills, the nearest darkest, none higher than `height`."""
    rng = random.Random(seed)
    return [
        _hill(rng, height * crest, height * relief, color)
        for crest, relief, color in zip((0.80, 0.52, 0.28), (0.20, 0.18, 0.13), scheme.hills, strict=True)
    ]


def landscape(scheme: ColorScheme, seed: int) -> Backdrop:
    """A whole page: in a light palette a sun in its rings over the hills, in a dark one a moon among stars."""
    x, y = 0.30 + 0.10 * (seed % 5), 0.60 + 0.03 * (seed % 3)
    sun = Disc(x, y, 0.145, scheme.sun)
    rings = [replace(sun, radius=radius, opacity=0.16) for radius in (0.37, 0.29, 0.215)]
    foreground = hills(scheme, 0.42, seed + 1)
    if scheme.is_dark:
        clear = (x - 0.24, y - 0.24, x + 0.24, y + 0.24)
        return Backdrop(scheme.dark_background, (*stars(scheme, seed, clear), *rings, sun, *foreground))
    return Backdrop(scheme.sky, (*rings, sun, *foreground))


def night(scheme: ColorScheme) -> Backdrop:
    """A dark page that leaves its upper part to a title: a moon behind the hills, and stars at the edges."""
    moon = Disc(0.5, 0.32, 0.135, scheme.sun)
    rings = [replace(moon, radius=radius, opacity=0.10) for radius in (0.29, 0.24, 0.187)]
    sky = stars(scheme, 7, (0.06, 0.52, 0.94, 0.96))
    return Backdrop(scheme.dark_background, (*sky, *rings, moon, *hills(scheme, 0.32, 3)))


def stars(scheme: ColorScheme, seed: int, clear: Box | None = None) -> list[Shape]:
    """Specks of light for a dark page, none within `clear`, where text stands."""
    rng = random.Random(seed)
    return [
        Disc(x, y, rng.uniform(0.0015, 0.0045), scheme.sun, rng.uniform(0.5, 1))
        for x, y in _jittered_grid(rng, 90)
        if clear is None or not (clear[0] < x < clear[2] and clear[1] < y < clear[3])
    ]


def _jittered_grid(rng: random.Random, count: int) -> list[Point]:
    """Points of the upper part, one in each cell of a grid, so that they neither clump nor line up."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    return [
        ((column + rng.uniform(0.1, 0.9)) / columns, 1 - 0.72 * (row + rng.uniform(0.1, 0.9)) / rows)
        for row in range(rows)
        for column in range(columns)
    ]


def _hill(rng: random.Random, crest: float, relief: float, color: str) -> Hill:
    """A range of hills with crests at about that height, and valleys `relief` below at the most."""
    levels = [crest - relief * (number % 2) * rng.uniform(0.6, 1) for number in range(_SEGMENTS + 1)]
    if rng.random() < 0.5:
        levels.reverse()
    step = 1 / _SEGMENTS
    curves = tuple(
        (
            (number * step + step * 0.45, levels[number]),
            ((number + 1) * step - step * 0.45, levels[number + 1]),
            ((number + 1) * step, levels[number + 1]),
        )
        for number in range(_SEGMENTS)
    )
    return Hill((0.0, levels[0]), curves, color)


def opaque(backdrop: Backdrop) -> list[Shape]:
    """The backdrop's shapes without transparency, each in the colour it has on what lies under it.

    Presses do not take transparency. Of discs the larger lie lower, so that a ring hides no star.
    """
    veils = [shape for shape in backdrop.shapes if isinstance(shape, Disc) and shape.opacity < 1]
    mixed: list[Disc] = []
    for veil in sorted(veils, key=lambda disc: -disc.radius):
        under = [disc for disc in mixed if math.dist((disc.x, disc.y), (veil.x, veil.y)) < disc.radius]
        ground = under[-1].color if under else backdrop.background
        mixed.append(replace(veil, color=_mixed(veil.color, ground, veil.opacity), opacity=1.0))
    return [*mixed, *(shape for shape in backdrop.shapes if shape not in veils)]


def _mixed(color: str, ground: str, opacity: float) -> str:
    pairs = zip(to_channels(color), to_channels(ground), strict=True)
    red, green, blue = (opacity * over + (1 - opacity) * under for over, under in pairs)
    return from_channels(red, green, blue)


def draw(canvas: Canvas, shapes: Iterable[Shape], corner: float, side: float) -> None:
    """Draw opaque shapes on a square of `side` points whose lower left is at (corner, corner)."""

    def at(point: Point) -> Point:
        return corner + point[0] * side, corner + point[1] * side

    for shape in shapes:
        canvas.setFillColor(HexColor(shape.color))
        if isinstance(shape, Disc):
            canvas.circle(*at((shape.x, shape.y)), shape.radius * side, stroke=0, fill=1)
            continue
        path = canvas.beginPath()
        path.moveTo(*at((0, 0)))
        path.lineTo(*at(shape.start))
        for one, two, end in shape.curves:
            path.curveTo(*at(one), *at(two), *at(end))
        path.lineTo(*at((1, 0)))
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)


def rasterize(backdrop: Backdrop, side: int) -> Image.Image:
    """The backdrop as a picture of `side` pixels, drawn at twice the size for smooth edges."""
    image = Image.new("RGB", (2 * side, 2 * side), backdrop.background)
    pen = ImageDraw.Draw(image, "RGBA")

    def at(point: Point) -> Point:
        return point[0] * 2 * side, (1 - point[1]) * 2 * side

    for shape in backdrop.shapes:
        if isinstance(shape, Disc):
            x, y = at((shape.x, shape.y))
            reach = shape.radius * 2 * side
            pen.ellipse(
                (x - reach, y - reach, x + reach, y + reach),
                (*to_channels(shape.color), round(255 * shape.opacity)),
            )
        else:
            pen.polygon([at(point) for point in ((0.0, 0.0), *_as_polyline(shape), (1.0, 0.0))], shape.color)
    return image.reduce(2)


def _as_polyline(hill: Hill) -> list[Point]:
    """The hill's line as points, sixteen a segment."""
    points, start = [hill.start], hill.start
    for one, two, end in hill.curves:
        for step in range(1, 17):
            t = step / 16
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            corners = (start, one, two, end)
            points.append(
                (
                    sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True)),
                    sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True)),
                )
            )
        start = end
    return points
