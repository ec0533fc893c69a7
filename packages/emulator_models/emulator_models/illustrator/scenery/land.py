"""The land: rolling planes, mountains, dunes, rocks and paths."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import Point, ring
from emulator_models.illustrator.drawing.paths import num, smooth
from emulator_models.illustrator.drawing.svg import blob, ellipse, line, path, polygon, rect
from emulator_models.illustrator.stage import Stage


def ridge(stage: Stage, y: float, swing: float, *, bumps: float = 1.5) -> list[Point]:
    """A rolling line across the picture at about y."""
    start = stage.random.uniform(0, 6.28)
    count = 9
    points = []
    for i in range(count + 1):
        t = i / count
        lift = math.sin(start + t * 6.28 * bumps) * 0.7 + math.sin(start * 2 + t * 6.28 * bumps * 2.3) * 0.3
        points.append((-20 + (stage.width + 40) * t, y - swing * lift))
    return points


def hill(stage: Stage, y: float, swing: float, color: str, *, bumps: float = 1.2, strokes: int = 6) -> str:
    """A plane of land from a rolling line down, lighter along its crest, with brush strokes on it."""
    p, dice = stage.palette, stage.random
    crest = ridge(stage, y, swing, bumps=bumps)
    depth = min(y + 190, 1010)  # the light lies along the crest; below it one color, which is quick to paint
    d = smooth(crest) + f"L{num(stage.width + 20)} {num(depth)}L-20 {num(depth)}Z"
    paint = stage.defs.down((0, p.tint(color, 0.16), 1), (1, color, 1))
    parts = [path(d, paint), rect(-20, depth - 1, stage.width + 40, 1012 - depth, color)]
    lit = p.tint(color, 0.3)
    for _ in range(strokes):
        x, drop = dice.uniform(0, stage.width), dice.uniform(0.1, 1) * (1000 - y) * 0.5
        at = min(range(len(crest)), key=lambda i: abs(crest[i][0] - x))
        yy = crest[at][1] + 14 + drop
        long = dice.uniform(50, 150)
        parts.append(
            line([(x - long, yy + 5), (x, yy - 4), (x + long, yy + 4)], lit, dice.uniform(2.5, 5), opacity=0.35)
        )
    return "".join(parts)


def mountains(stage: Stage, y: float, height: float, color: str, *, peaks: int = 4, snow: bool = True) -> str:
    """A range standing on y: each peak with a lit and a shaded face and snow on its head."""
    p, dice = stage.palette, stage.random
    parts = []
    for i in sorted(range(peaks), key=lambda i: (i * 7) % 5):
        x = stage.width * (i + dice.uniform(0.2, 0.8)) / peaks
        h = height * dice.uniform(0.62, 1.0)
        half = h * dice.uniform(0.75, 0.95)
        top = y - h
        knee = (x + half * 0.12, y - h * 0.45)
        dark, pale = p.shade(color, 0.16), p.tint(color, 0.2)
        left, right = (pale, dark) if stage.light_from_left else (dark, pale)
        parts.append(polygon([(x, top), knee, (x + half * 0.02, y + 40), (x - half, y + 40)], left))
        parts.append(polygon([(x, top), (x + half, y + 40), (x + half * 0.02, y + 40), knee], right))
        if snow:
            cap = [
                (x, top),
                (x + half * 0.27, top + h * 0.27),
                (x + half * 0.13, top + h * 0.22),
                (x + half * 0.04, top + h * 0.33),
            ]
            cap += [
                (x - half * 0.09, top + h * 0.23),
                (x - half * 0.19, top + h * 0.31),
                (x - half * 0.28, top + h * 0.26),
            ]
            parts.append(polygon(cap, mix(p.light, "#ffffff", 0.4)))
    return "".join(parts)


def path_ahead(stage: Stage, top: float, x_top: float, color: str, *, width: float = 300) -> str:
    """A path that winds from our feet to the horizon."""
    sway = stage.random.choice((-1, 1)) * stage.width * 0.1
    middle = stage.width * 0.5
    span = 1010 - top
    left, right = [], []
    for t in (0, 0.18, 0.4, 0.68, 1):
        half = 5 + (width / 2) * t**1.6
        x = x_top + (middle - x_top) * t + sway * math.sin(t * 5)
        left.append((x - half, top + span * t))
        right.append((x + half, top + span * t))
    d = smooth(left) + "L" + smooth(right[::-1])[1:] + "Z"
    p = stage.palette
    return path(d, stage.defs.down((0, p.tint(color, 0.25), 1), (1, color, 1)))


def rock(stage: Stage, x: float, y: float, size: float, color: str) -> str:
    """A boulder with a lit top."""
    side = -1 if stage.light_from_left else 1
    p = stage.palette
    body = [(x - size * 0.6, y), (x - size * 0.5, y - size * 0.4), (x - size * 0.1, y - size * 0.62)]
    body += [(x + size * 0.36, y - size * 0.5), (x + size * 0.6, y - size * 0.14), (x + size * 0.55, y)]
    lit = ring(x + side * size * 0.12, y - size * 0.42, size * 0.28, size * 0.13, stage.random, rough=0.15)
    return (
        polygon(body, p.shade(color, 0.18))
        + blob(lit, p.tint(color, 0.3))
        + ellipse(x, y, size * 0.66, size * 0.07, p.shade(color, 0.4), opacity=0.5)
    )


def pebbles(stage: Stage, top: float, color: str, count: int = 24) -> str:
    """Small stones, larger towards us."""
    dice, p = stage.random, stage.palette
    parts = []
    for i in range(count):
        y = top + (1000 - top) * dice.random()
        r = 3 + 9 * (y - top) / max(1000 - top, 1)
        tone = p.shade(color, 0.2) if i % 2 else p.tint(color, 0.35)
        parts.append(ellipse(dice.uniform(0, stage.width), y, r * 1.4, r * 0.7, tone, opacity=0.8))
    return "".join(parts)


def dune(stage: Stage, y: float, swing: float, color: str) -> str:
    """A dune with wind ripples on its lee."""
    p = stage.palette
    parts = [hill(stage, y, swing, color, bumps=0.9, strokes=0)]
    ripple = p.shade(color, 0.16)
    for i in range(7):
        yy = y + 40 + i * 24
        x = stage.random.uniform(0, stage.width * 0.8)
        parts.append(line([(x, yy), (x + 60, yy - 9), (x + 130, yy + 2), (x + 200, yy - 6)], ripple, 3, opacity=0.4))
    return "".join(parts)


def ground(stage: Stage, top: float, color: str) -> str:
    """A flat floor of land from `top` to our feet."""
    p = stage.palette
    paint = stage.defs.down((0, mix(color, p.sky_low, 0.4), 1), (0.3, color, 1), (1, p.shade(color, 0.14), 1))
    return rect(-5, top, stage.width + 10, 1010 - top, paint)


def crater(stage: Stage, x: float, y: float, rx: float, color: str) -> str:
    """A crater in perspective."""
    p = stage.palette
    rim = ellipse(x, y, rx, rx * 0.28, p.tint(color, 0.25))
    return rim + ellipse(x, y + rx * 0.03, rx * 0.86, rx * 0.21, p.shade(color, 0.3))


def snow_cover(stage: Stage, y: float, swing: float, color: str) -> str:
    """Snowfields: a soft plane with blue hollows."""
    p = stage.palette
    parts = [hill(stage, y, swing, color, bumps=0.8, strokes=0)]
    hollow = mix(color, p.sky_top, 0.35)
    for _ in range(5):
        x, yy = stage.random.uniform(0, stage.width), stage.random.uniform(y + 50, 990)
        parts.append(ellipse(x, yy, stage.random.uniform(60, 150), stage.random.uniform(6, 13), hollow, opacity=0.4))
    return "".join(parts)
