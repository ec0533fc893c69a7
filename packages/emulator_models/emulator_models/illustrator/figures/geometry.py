"""Curves and limbs: smooth outlines through points, tapered ribbons, two-bone joints."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

Point = tuple[float, float]
_NUMBER = re.compile(r"-?\d+\.?\d*")
_TOKEN = re.compile(rf"[MLCQZ]|{_NUMBER.pattern}")


def lerp(a: Point, b: Point, t: float) -> Point:
    """The point a share `t` of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def turned(p: Point, degrees: float, about: Point = (0, 0)) -> Point:
    """`p` turned clockwise (as seen on the page) about a point."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = p[0] - about[0], p[1] - about[1]
    return about[0] + x * c - y * s, about[1] + x * s + y * c


def angle(a: Point, b: Point) -> float:
    """The direction from `a` to `b` in degrees, 0 along +x and clockwise on the page."""
    return math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))


def smooth(points: Sequence[Point], *, closed: bool = True) -> str:
    """A path that runs smoothly through all points (Catmull-Rom as cubic Béziers)."""
    n = len(points)
    d = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for i in range(n if closed else n - 1):
        if closed:
            a, b, c, e = points[i - 1], points[i], points[(i + 1) % n], points[(i + 2) % n]
        else:
            a, b, c, e = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, n - 1)]
        d.append(
            f"C{b[0] + (c[0] - a[0]) / 6:.1f},{b[1] + (c[1] - a[1]) / 6:.1f}"
            f" {c[0] - (e[0] - b[0]) / 6:.1f},{c[1] - (e[1] - b[1]) / 6:.1f} {c[0]:.1f},{c[1]:.1f}"
        )
    return "".join(d) + ("Z" if closed else "")


def polygon(points: Sequence[Point], *, closed: bool = True) -> str:
    """A path of straight lines."""
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + ("Z" if closed else "")


def rounded(x: float, y: float, w: float, h: float, r: float) -> str:
    """A rectangle with round corners as a path."""
    r = min(r, w / 2, h / 2)
    return (
        f"M{x + r:.1f},{y:.1f}L{x + w - r:.1f},{y:.1f}Q{x + w:.1f},{y:.1f} {x + w:.1f},{y + r:.1f}"
        f"L{x + w:.1f},{y + h - r:.1f}Q{x + w:.1f},{y + h:.1f} {x + w - r:.1f},{y + h:.1f}"
        f"L{x + r:.1f},{y + h:.1f}Q{x:.1f},{y + h:.1f} {x:.1f},{y + h - r:.1f}"
        f"L{x:.1f},{y + r:.1f}Q{x:.1f},{y:.1f} {x + r:.1f},{y:.1f}Z"
    )


def bent(root: Point, mid: Point, end: Point, *, softness: float = 0.42) -> list[Point]:
    """A limb's centre line: two segments whose joint is rounded off."""
    a, b = lerp(mid, root, softness), lerp(mid, end, softness)
    curve = [_bezier((a, mid, b), t) for t in (0.25, 0.5, 0.75)]
    return [root, lerp(root, a, 0.5), a, *curve, b, lerp(b, end, 0.5), end]


def part(line: Sequence[Point], start: float, stop: float) -> list[Point]:
    """The stretch of a polyline between two shares of its length."""
    lengths = [0.0]
    for p, q in pairwise(line):
        lengths.append(lengths[-1] + math.dist(p, q))
    lo, hi = start * lengths[-1], stop * lengths[-1]
    inner = [p for p, at in zip(line, lengths, strict=True) if lo + 0.5 < at < hi - 0.5]
    return [_at(line, lengths, lo), *inner, _at(line, lengths, hi)]


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
    return smooth([*left, end, *reversed(right), start])


def reach(root: Point, target: Point, first: float, second: float, bend: float) -> tuple[Point, Point]:
    """Joint and end of a two-bone limb that reaches for `target`; `bend` is the joint's side, +1 or -1."""
    gap = math.dist(root, target)
    length = min(max(gap, abs(first - second) + 1), (first + second) * 0.995)
    direction = math.atan2(target[1] - root[1], target[0] - root[0])
    cosine = (first**2 + length**2 - second**2) / (2 * first * length)
    spread = math.acos(max(-1.0, min(1.0, cosine))) * bend
    mid = root[0] + math.cos(direction + spread) * first, root[1] + math.sin(direction + spread) * first
    return mid, (root[0] + math.cos(direction) * length, root[1] + math.sin(direction) * length)


def outline(d: str) -> Iterator[Point]:
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
            yield from (_bezier(curve, t) for t in (0.25, 0.5, 0.75))
        yield here


def knots(d: str) -> Iterator[Point]:
    """All points a path is written with, control points too: a quick, slightly generous outline."""
    numbers = [float(t) for t in _NUMBER.findall(d)]
    return zip(numbers[::2], numbers[1::2], strict=True)


def _bezier(curve: Sequence[Point], t: float) -> Point:
    while len(curve) > 1:
        curve = [lerp(a, b, t) for a, b in pairwise(curve)]
    return curve[0]


def _at(line: Sequence[Point], lengths: Sequence[float], at: float) -> Point:
    for i in range(1, len(line)):
        if at <= lengths[i] or i == len(line) - 1:
            step = lengths[i] - lengths[i - 1]
            return lerp(line[i - 1], line[i], (at - lengths[i - 1]) / step if step else 0.0)
    return line[-1]


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
