"""Path data: lines and curves as SVG's `d` writes them, and the points on them read back."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence

from emulator_models.illustrator.drawing.geometry import Point, bezier, lerp

_NUMBER = re.compile(r"-?\d+\.?\d*")
_TOKEN = re.compile(rf"[MLCQZ]|{_NUMBER.pattern}")


def num(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".removesuffix(".0")


def straight(points: Iterable[Point]) -> str:
    """A line with corners."""
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points)


def straight_loop(points: Iterable[Point]) -> str:
    """A closed shape with corners."""
    return straight(points) + "Z"


def smooth(points: Sequence[Point]) -> str:
    """A curve through the points (Catmull-Rom, as cubic Béziers)."""
    return _catmull_rom([points[0], *points, points[-1]])


def smooth_loop(points: Sequence[Point]) -> str:
    """A closed curve through the points."""
    return _catmull_rom([points[-1], *points, points[0], points[1 % len(points)]]) + "Z"


def _catmull_rom(points: Sequence[Point]) -> str:
    """The curve from the second of the points to the last but one."""
    d = [f"M{points[1][0]:.1f} {points[1][1]:.1f}"]
    for (ax, ay), (bx, by), (cx, cy), (ex, ey) in zip(points, points[1:], points[2:], points[3:], strict=False):
        d.append(
            f"C{bx + (cx - ax) / 6:.1f} {by + (cy - ay) / 6:.1f}"
            f" {cx - (ex - bx) / 6:.1f} {cy - (ey - by) / 6:.1f} {cx:.1f} {cy:.1f}"
        )
    return "".join(d)


def rounded(x: float, y: float, w: float, h: float, r: float) -> str:
    """A rectangle with round corners as a path."""
    r = min(r, w / 2, h / 2)
    return (
        f"M{x + r:.1f} {y:.1f}L{x + w - r:.1f} {y:.1f}Q{x + w:.1f} {y:.1f} {x + w:.1f} {y + r:.1f}"
        f"L{x + w:.1f} {y + h - r:.1f}Q{x + w:.1f} {y + h:.1f} {x + w - r:.1f} {y + h:.1f}"
        f"L{x + r:.1f} {y + h:.1f}Q{x:.1f} {y + h:.1f} {x:.1f} {y + h - r:.1f}"
        f"L{x:.1f} {y + r:.1f}Q{x:.1f} {y:.1f} {x + r:.1f} {y:.1f}Z"
    )


def ribbon(line: Sequence[Point], widths: Sequence[float], *, shift: float = 0.0, tip: float = 1.0) -> str:
    """A tapered band with round ends along a polyline.

    `widths` are spread evenly from start to end; `shift` moves the band sideways by that share of
    its width, towards the lower right of the page (where the shade lies); `tip` is the roundness of the
    far end, 1 for a half circle.
    """
    left: list[Point] = []
    right: list[Point] = []
    last = len(line) - 1
    for i, p in enumerate(line):
        before, after = line[max(i - 1, 0)], line[min(i + 1, last)]
        length = math.dist(before, after) or 1.0
        nx, ny = -(after[1] - before[1]) / length, (after[0] - before[0]) / length
        width = _spread(widths, i / last)
        if shift:
            sign = 1 if nx + 0.6 * ny > 0 else -1
            p = p[0] + nx * sign * shift * width, p[1] + ny * sign * shift * width
        half = width / 2
        left.append((p[0] + nx * half, p[1] + ny * half))
        right.append((p[0] - nx * half, p[1] - ny * half))
    start = _cap(line[1], line[0], widths[0] / 2, right[0], left[0])
    end = _cap(line[-2], line[-1], widths[-1] / 2 * tip, left[-1], right[-1])
    return smooth_loop([*left, end, *reversed(right), start])


def flattened(d: str) -> Iterator[Point]:
    """Points on a path of absolute M, L, Q, C and Z commands, close enough for its bounding box."""
    tokens = _TOKEN.findall(d)
    i, command, here = 0, "M", (0.0, 0.0)
    while i < len(tokens):
        if tokens[i].isalpha():
            command = tokens[i]
            i += 1
            continue
        count = {"C": 3, "Q": 2}.get(command, 1)
        numbers = [float(t) for t in tokens[i : i + 2 * count]]
        i += 2 * count
        curve = [here, *zip(numbers[::2], numbers[1::2], strict=True)]
        here = curve[-1]
        if count > 1:
            yield from (bezier(curve, t) for t in (0.25, 0.5, 0.75))
        yield here


def knots(d: str) -> Iterator[Point]:
    """All points a path is written with, control points too: a quick, slightly generous outline."""
    numbers = [float(t) for t in _NUMBER.findall(d)]
    return zip(numbers[::2], numbers[1::2], strict=True)


def _spread(values: Sequence[float], t: float) -> float:
    at = t * (len(values) - 1)
    i = min(int(at), len(values) - 2) if len(values) > 1 else 0
    return values[i] + (values[min(i + 1, len(values) - 1)] - values[i]) * (at - i)


def _cap(before: Point, tip: Point, radius: float, a: Point, b: Point) -> Point:
    middle = lerp(a, b, 0.5)
    length = math.dist(before, tip) or 1.0
    return (
        middle[0] + (tip[0] - before[0]) / length * radius,
        middle[1] + (tip[1] - before[1]) / length * radius,
    )
