"""Points, boxes and limbs: turning, joints, stretches of a line, rings and stars. Units are the user's, y down."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1."""


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


def bent(root: Point, mid: Point, end: Point, *, softness: float = 0.42) -> list[Point]:
    """A limb's centre line: two segments whose joint is rounded off."""
    a, b = lerp(mid, root, softness), lerp(mid, end, softness)
    curve = [bezier((a, mid, b), t) for t in (0.25, 0.5, 0.75)]
    return [root, lerp(root, a, 0.5), a, *curve, b, lerp(b, end, 0.5), end]


def part(line: Sequence[Point], start: float, stop: float) -> list[Point]:
    """The stretch of a polyline between two shares of its length."""
    lengths = [0.0]
    for p, q in pairwise(line):
        lengths.append(lengths[-1] + math.dist(p, q))
    lo, hi = start * lengths[-1], stop * lengths[-1]
    inner = [p for p, at in zip(line, lengths, strict=True) if lo + 0.5 < at < hi - 0.5]
    return [_at(line, lengths, lo), *inner, _at(line, lengths, hi)]


def reach(root: Point, target: Point, first: float, second: float, bend: float) -> tuple[Point, Point]:
    """Joint and end of a two-bone limb that reaches for `target`; `bend` is the joint's side, +1 or -1."""
    gap = math.dist(root, target)
    length = min(max(gap, abs(first - second) + 1), (first + second) * 0.995)
    direction = math.atan2(target[1] - root[1], target[0] - root[0])
    cosine = (first**2 + length**2 - second**2) / (2 * first * length)
    spread = math.acos(max(-1.0, min(1.0, cosine))) * bend
    mid = root[0] + math.cos(direction + spread) * first, root[1] + math.sin(direction + spread) * first
    return mid, (root[0] + math.cos(direction) * length, root[1] + math.sin(direction) * length)


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
    x: float, y: float, outer: float, inner: float | None = None, tips: int = 5, turn: float = -90
) -> list[Point]:
    """The corners of a star."""
    radii = (outer, outer * 0.45 if inner is None else inner)
    angles = [math.radians(turn + 180 * i / tips) for i in range(2 * tips)]
    return [(x + radii[i % 2] * math.cos(a), y + radii[i % 2] * math.sin(a)) for i, a in enumerate(angles)]


def bezier(curve: Sequence[Point], t: float) -> Point:
    """The point at `t` (0 to 1) on the curve of these control points."""
    while len(curve) > 1:
        curve = [lerp(a, b, t) for a, b in pairwise(curve)]
    return curve[0]


def bounds(points: Iterable[Point]) -> Box:
    """The box around the points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def union(one: Box, other: Box) -> Box:
    """The box around both."""
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share any area."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _at(line: Sequence[Point], lengths: Sequence[float], at: float) -> Point:
    for i in range(1, len(line)):
        if at <= lengths[i] or i == len(line) - 1:
            step = lengths[i] - lengths[i - 1]
            return lerp(line[i - 1], line[i], (at - lengths[i - 1]) / step if step else 0.0)
    return line[-1]
