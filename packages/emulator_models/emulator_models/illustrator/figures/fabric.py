"""Cloth: a shape in a garment's color and pattern, and sleeves and legs of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point, part, star_points
from emulator_models.illustrator.drawing.paths import flattened, ribbon, straight, straight_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.wardrobe import Garment

_RAINBOW = ("#e8615a", "#f2a541", "#f3d35a", "#6fb36b", "#5b96cf", "#9570bd")


def cloth(pen: Pen, d: str, garment: Garment, color: str | None = None) -> None:
    """A shape cut from a garment's cloth, with its pattern."""
    color = color or garment.color
    pen.path(d, pen.shaded(color, 0.2))
    if garment.pattern:
        with pen.clipped(d):
            _print(pen, garment, list(flattened(d)))


def tube(pen: Pen, line: Sequence[Point], widths: Sequence[float], garment: Garment) -> None:
    """A sleeve or trouser leg along a limb, with the shade on its lower right."""
    d = ribbon(line, widths, tip=0.25)
    pen.path(d, pen.shaded(garment.color, 0.16))
    if garment.pattern:
        with pen.clipped(d):
            if garment.pattern in ("stripes", "rainbow"):
                _hoops(pen, line, max(widths), garment)
            else:
                _print(pen, garment, list(flattened(d)))
    pen.path(
        ribbon(line, [w * 0.5 for w in widths], shift=0.48, tip=0.2),
        darker(garment.color, 0.5),
        opacity=0.16,
    )


def skin_tube(pen: Pen, line: Sequence[Point], widths: Sequence[float], color: str) -> None:
    """A bare limb."""
    pen.path(ribbon(line, widths), pen.shaded(color, 0.12))
    pen.path(ribbon(line, [w * 0.45 for w in widths], shift=0.5), darker(color, 0.5), opacity=0.15)


def cuff(pen: Pen, line: Sequence[Point], width: float, color: str) -> None:
    """A flat band across a limb: a cuff, a hem, the top of a boot."""
    (x0, y0), (x1, y1) = line[0], line[-1]
    length = math.dist(line[0], line[-1]) or 1.0
    nx, ny = -(y1 - y0) / length * width / 2, (x1 - x0) / length * width / 2
    corners = [(x0 + nx, y0 + ny), (x0 - nx, y0 - ny), (x1 - nx, y1 - ny), (x1 + nx, y1 + ny)]
    pen.path(straight_loop(corners), color, stroke=color, width=2.5)


def _hoops(pen: Pen, line: Sequence[Point], width: float, garment: Garment) -> None:
    count = max(2, round(sum(math.dist(a, b) for a, b in pairwise(line)) / 13))
    for i in range(count):
        stretch = part(line, (i + 0.25) / count, (i + 0.6) / count)
        (x, y), ahead = stretch[0], stretch[-1]
        length = math.dist((x, y), ahead) or 1.0
        nx, ny = -(ahead[1] - y) / length * width, (ahead[0] - x) / length * width
        color = _RAINBOW[i % 6] if garment.pattern == "rainbow" else garment.accent
        pen.path(straight_loop([(x - nx, y - ny), (x + nx, y + ny)]), stroke=color, width=5.5)


def _print(pen: Pen, garment: Garment, edge: list[Point]) -> None:
    x0, x1 = min(p[0] for p in edge), max(p[0] for p in edge)
    y0, y1 = min(p[1] for p in edge), max(p[1] for p in edge)
    kind, color = garment.pattern, garment.accent
    if kind in ("stripes", "rainbow", "ribbons"):
        for i, y in enumerate(range(int(y0) + 8, int(y1) + 8, 14)):
            paint = _RAINBOW[i % 6] if kind != "stripes" else color
            width = 5.5 if kind != "rainbow" else 13.5
            bar = [(x0 - 4, y - 1.5), ((x0 + x1) / 2, y + 3), (x1 + 4, y - 1.5)]
            pen.line(bar, paint, width if kind != "ribbons" else 4)
    elif kind == "checks":
        for x in range(int(x0) + 6, int(x1) + 6, 15):
            pen.line([(x, y0), (x, y1)], color, 4.5, opacity=0.5)
        for y in range(int(y0) + 6, int(y1) + 6, 15):
            pen.line([(x0, y), (x1, y)], color, 4.5, opacity=0.5)
    elif kind in ("zigzag", "embroidery", "hem"):
        _bands(pen, garment, (x0, y0, x1, y1))
    elif kind:
        _scatter(pen, garment, (x0, y0, x1, y1))


def _scatter(pen: Pen, garment: Garment, box: tuple[float, float, float, float]) -> None:
    step = 17.0 if garment.pattern in ("dots", "stars", "flowers") else 21.0
    rows = int((box[3] - box[1]) / step) + 2
    columns = int((box[2] - box[0]) / step) + 2
    for row in range(rows):
        for column in range(columns):
            x = box[0] + (column + (row % 2) * 0.5) * step
            _motif(pen, garment, (x, box[1] + row * step * 0.86 + 5), row + column)


def _motif(pen: Pen, garment: Garment, at: Point, i: int) -> None:
    x, y = at
    color = garment.accent
    if garment.pattern == "stars":
        pen.path(straight_loop(star_points(*at, 5.6)), color)
    elif garment.pattern == "flowers":
        for k in range(5):
            a = k * 1.2566
            pen.ellipse((x + 3 * math.cos(a), y + 3 * math.sin(a)), 2.3, fill=color)
        pen.ellipse(at, 1.7, fill="#f3c54c")
    elif garment.pattern == "paisley":
        pen.blob([(x - 4, y + 4), (x + 3, y + 4), (x + 4, y - 2), (x - 1, y - 7), (x, y - 1), (x - 5, y)], color)
        pen.ellipse((x, y + 1.5), 1.6, fill=lighter(garment.color, 0.5))
    elif garment.pattern == "ankara":
        pen.ellipse(at, 8, fill=color if i % 2 else "#d8483f")
        pen.ellipse(at, 5, fill=darker(garment.color, 0.4))
        pen.ellipse(at, 2.4, fill="#fbf1dc")
    elif garment.pattern == "clouds":
        for dx in (-4, 0, 4):
            pen.ellipse((x + dx, y - (2 if dx == 0 else 0)), 3.6, fill=color)
    else:
        pen.ellipse(at, 3.4, fill=color)


def _bands(pen: Pen, garment: Garment, box: tuple[float, float, float, float]) -> None:
    x0, y0, x1, y1 = box
    kind, color = garment.pattern, garment.accent
    if kind == "embroidery":
        mid = (x0 + x1) / 2
        for y in range(int(y0) + 10, int(y1) - 4, 11):
            pen.path(straight_loop([(mid, y - 5), (mid + 5, y), (mid, y + 5), (mid - 5, y)]), color)
            pen.line([(mid - 11, y), (mid - 8, y)], color, 2.4)
            pen.line([(mid + 8, y), (mid + 11, y)], color, 2.4)
    rows = [int(y1) - 8] if kind in ("hem", "embroidery") else list(range(int(y0) + 12, int(y1), 26))
    for y in rows:
        pen.line([(x0, y + 6), (x1, y + 6)], color, 2.6)
        peaks = [(x0 + 6 * k, y + (-3 if k % 2 else 2)) for k in range(int((x1 - x0) / 6) + 2)]
        pen.path(straight(peaks), stroke=lighter(color, 0.2), width=2.6)
