"""Landscapes in the palette's colours: the band of hills under a text page, and whole ornamental pages.

Shapes are plain values on a square of side 1, origin at its lower left. The PDF paints them with
ReportLab, the EPUB as pictures.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from storytailor.book.colours import Scheme, rgb

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top
_SEGMENTS = 3


@dataclass(frozen=True)
class Disc:
    """A filled circle."""

    x: float
    y: float
    radius: float
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Hill:
    """The ground under a smooth line of crests, from edge to edge: cubic Bézier segments, left to right."""

    start: Point
    curves: tuple[tuple[Point, Point, Point], ...]
    colour: str


Shape = Disc | Hill


@dataclass(frozen=True)
class Scene:
    """A whole page of ornament: its ground, and what is on it."""

    ground: str
    shapes: tuple[Shape, ...]


def hills(scheme: Scheme, height: float, seed: int) -> list[Shape]:
    """Three ranges of hills, the nearest darkest, none higher than `height`."""
    chance = random.Random(seed)
    return [
        _range(chance, height * top, height * swing, colour)
        for top, swing, colour in zip((0.80, 0.52, 0.28), (0.20, 0.18, 0.13), scheme.hills, strict=True)
    ]


def landscape(scheme: Scheme, seed: int) -> Scene:
    """A whole page: in a light palette a sun in its rings over the hills, in a dark one a moon among stars."""
    x, y = 0.30 + 0.10 * (seed % 5), 0.60 + 0.03 * (seed % 3)
    lamp = Disc(x, y, 0.145, scheme.sun)
    rings = [replace(lamp, radius=radius, opacity=0.16) for radius in (0.37, 0.29, 0.215)]
    ground = hills(scheme, 0.42, seed + 1)
    if scheme.dark:
        clear = (x - 0.24, y - 0.24, x + 0.24, y + 0.24)
        return Scene(scheme.deep, (*stars(scheme, seed, clear), *rings, lamp, *ground))
    return Scene(scheme.dawn, (*rings, lamp, *ground))


def night(scheme: Scheme) -> Scene:
    """A dark page that leaves its upper part to a title: a moon behind the hills, and stars at the edges."""
    lamp = Disc(0.5, 0.32, 0.135, scheme.sun)
    rings = [replace(lamp, radius=radius, opacity=0.10) for radius in (0.29, 0.24, 0.187)]
    specks = stars(scheme, 7, (0.06, 0.52, 0.94, 0.96))
    return Scene(scheme.deep, (*specks, *rings, lamp, *hills(scheme, 0.32, 3)))


def stars(scheme: Scheme, seed: int, clear: Box | None = None) -> list[Shape]:
    """Specks of light for a dark page, none within `clear`, where text stands."""
    chance = random.Random(seed)
    return [
        Disc(x, y, chance.uniform(0.0015, 0.0045), scheme.sun, chance.uniform(0.5, 1))
        for x, y in _scattered(chance, 90)
        if clear is None or not (clear[0] < x < clear[2] and clear[1] < y < clear[3])
    ]


def _scattered(chance: random.Random, count: int) -> list[Point]:
    """Points of the upper part, one in each cell of a grid, so that they neither clump nor line up."""
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    return [
        ((column + chance.uniform(0.1, 0.9)) / columns, 1 - 0.72 * (row + chance.uniform(0.1, 0.9)) / rows)
        for row in range(rows)
        for column in range(columns)
    ]


def _range(chance: random.Random, crest: float, swing: float, colour: str) -> Hill:
    levels = [crest - swing * (number % 2) * chance.uniform(0.6, 1) for number in range(_SEGMENTS + 1)]
    if chance.random() < 0.5:
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
    return Hill((0.0, levels[0]), curves, colour)


def paint(canvas: Canvas, shapes: Iterable[Shape], corner: float, side: float) -> None:
    """Draw the shapes on a square of `side` points whose lower left is at (corner, corner)."""

    def at(point: Point) -> Point:
        return corner + point[0] * side, corner + point[1] * side

    for shape in shapes:
        canvas.setFillColor(HexColor(shape.colour))
        if isinstance(shape, Disc):
            canvas.setFillAlpha(shape.opacity)
            canvas.circle(*at((shape.x, shape.y)), shape.radius * side, stroke=0, fill=1)
            canvas.setFillAlpha(1)
            continue
        path = canvas.beginPath()
        path.moveTo(*at((0, 0)))
        path.lineTo(*at(shape.start))
        for one, two, end in shape.curves:
            path.curveTo(*at(one), *at(two), *at(end))
        path.lineTo(*at((1, 0)))
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)


def raster(scene: Scene, side: int) -> Image.Image:
    """The scene as a picture of `side` pixels, drawn at twice the size for smooth edges."""
    image = Image.new("RGB", (2 * side, 2 * side), scene.ground)
    pen = ImageDraw.Draw(image, "RGBA")

    def at(point: Point) -> Point:
        return point[0] * 2 * side, (1 - point[1]) * 2 * side

    for shape in scene.shapes:
        if isinstance(shape, Disc):
            x, y = at((shape.x, shape.y))
            reach = shape.radius * 2 * side
            pen.ellipse(
                (x - reach, y - reach, x + reach, y + reach), (*rgb(shape.colour), round(255 * shape.opacity))
            )
        else:
            pen.polygon([at(point) for point in ((0.0, 0.0), *_flattened(shape), (1.0, 0.0))], shape.colour)
    return image.reduce(2)


def _flattened(hill: Hill) -> list[Point]:
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
