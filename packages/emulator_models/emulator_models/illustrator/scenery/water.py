"""Water: the sea to the horizon, rivers, waves, and what lives under them."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.paths import num, smooth
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, line, path, polygon, rect
from emulator_models.illustrator.stage import Stage


def open_water(stage: Stage, top: float, bottom: float, color: str) -> str:
    """Water from the horizon towards us, with a lane of light under the sun."""
    p, dice = stage.palette, stage.random
    paint = stage.defs.down((0, mix(color, p.sky_low, 0.5), 1), (0.4, color, 1), (1, p.shade(color, 0.2), 1))
    parts = [rect(-5, top, stage.width + 10, bottom - top + 5, paint)]
    for i in range(16):
        t = (i / 16) ** 1.4
        y = top + 8 + t * (bottom - top - 10)
        half = (20 + 60 * t) * dice.uniform(0.5, 1.2)
        x = stage.sun[0] + dice.uniform(-1, 1) * (18 + 50 * t)
        parts.append(ellipse(x, y, half, 2.2 + 4 * t, p.light, opacity=0.6 * (1 - 0.5 * t)))
    for i in range(22):
        t = dice.random() ** 0.8
        x, y = dice.uniform(0, stage.width), top + 10 + t * (bottom - top - 14)
        half = 14 + 50 * t
        tone = p.tint(color, 0.4) if i % 3 else p.shade(color, 0.25)
        parts.append(
            line(
                [(x - half, y), (x - half / 3, y - 4 * t), (x + half / 3, y + 2), (x + half, y)],
                tone,
                2 + 2.5 * t,
                opacity=0.55,
            )
        )
    return "".join(parts)


def surf(stage: Stage, y: float, color: str, swing: float = 18) -> str:
    """The edge of the sea on a beach: wet sand, foam, a last thin wave."""
    w, p = stage.width, stage.palette
    start = stage.random.uniform(0, 6)
    foam = mix(p.light, "#ffffff", 0.5)
    parts = []
    for drop, tone, opacity in (
        (34, p.shade(color, 0.25), 0.22),
        (14, foam, 0.95),
        (0, color, 1.0),
        (-20, foam, 0.5),
        (-26, color, 1.0),
    ):
        edge = [(-20 + (w + 40) * i / 10, y + drop + swing * math.sin(start + i * 0.95)) for i in range(11)]
        parts.append(path(f"M-20 {num(y - 70)}L{smooth(edge)[1:]}L{num(w + 20)} {num(y - 70)}Z", tone, opacity=opacity))
    return "".join(parts)


def wave_band(stage: Stage, y: float, color: str, *, height: float = 26, length: float = 120) -> str:
    """A row of scalloped waves with crests, down to the foot of the picture."""
    p = stage.palette
    shift = stage.random.uniform(0, length)
    d, crests = f"M-150 1010L-150 {num(y)}", []
    x = -150 - shift
    d = f"M{num(x)} 1010L{num(x)} {num(y)}"
    while x < stage.width + length:
        d += (
            f"C{num(x + length * 0.35)} {num(y)} {num(x + length * 0.45)} {num(y - height)}"
            f" {num(x + length * 0.6)} {num(y - height)}"
        )
        d += f"C{num(x + length * 0.75)} {num(y - height)} {num(x + length * 0.8)} {num(y)} {num(x + length)} {num(y)}"
        crests.append(
            line(
                [
                    (x + length * 0.38, y - height * 0.5),
                    (x + length * 0.6, y - height * 0.95),
                    (x + length * 0.8, y - height * 0.4),
                ],
                p.light,
                3.5,
                opacity=0.6,
            )
        )
        x += length
    paint = stage.defs.down((0, p.tint(color, 0.12), 1), (1, p.shade(color, 0.22), 1))
    return path(d + f"L{num(x)} 1010Z", paint) + "".join(crests)


def river(stage: Stage, top: float, x_top: float, color: str, *, width: float = 420) -> str:
    """A river coming down from the horizon and out of the picture at one side."""
    out = stage.width * (0.15 if x_top > stage.width / 2 else 0.85)
    left, right = [], []
    for t in (0, 0.15, 0.35, 0.6, 1):
        half = 8 + width / 2 * t**1.4
        x = x_top + (out - x_top) * t**0.9 + 70 * math.sin(t * 6)
        left.append((x - half, top + (1010 - top) * t))
        right.append((x + half, top + (1010 - top) * t))
    p = stage.palette
    bank = smooth([(x - 14, y) for x, y in left]) + "L" + smooth([(x + 14, y) for x, y in right[::-1]])[1:] + "Z"
    d = smooth(left) + "L" + smooth(right[::-1])[1:] + "Z"
    glints = []
    for i in range(12):
        t = 0.15 + 0.8 * i / 12
        x = x_top + (out - x_top) * t**0.9 + 70 * math.sin(t * 6) + stage.random.uniform(-0.3, 0.3) * width * t
        y, half = top + (1010 - top) * t, 10 + 34 * t
        glints.append(line([(x - half, y), (x, y - 4), (x + half, y + 2)], p.light, 2 + 3 * t, opacity=0.6))
    paint = stage.defs.down((0, mix(color, p.sky_low, 0.5), 1), (1, color, 1))
    return path(bank, p.shade(p.land, 0.3), opacity=0.6) + path(d, paint) + "".join(glints)


def coral(stage: Stage, x: float, y: float, size: float, color: str) -> str:
    """A branching coral."""
    parts = []
    for angle, reach in ((-90, 1.0), (-125, 0.72), (-55, 0.78), (-152, 0.45), (-28, 0.48)):
        a = math.radians(angle)
        tip = (x + size * reach * math.cos(a), y + size * reach * math.sin(a))
        bend = (x + size * reach * 0.5 * math.cos(a), y - size * reach * 0.42)
        parts.append(line([(x, y), bend, tip], color, size * 0.13))
        parts.append(circle(tip[0], tip[1], size * 0.085, stage.palette.tint(color, 0.35)))
    return "".join(parts)


def seaweed(stage: Stage, x: float, y: float, height: float, color: str) -> str:
    """Three ribbons of weed swaying."""
    parts = []
    for i in range(3):
        tall, phase = height * (1 - 0.22 * i), stage.random.uniform(0, 3)
        root = x + (i - 1) * height * 0.1
        points = [
            (root + math.sin(phase + t * 5) * height * 0.06 * (0.3 + t), y - tall * t)
            for t in (0, 0.2, 0.4, 0.6, 0.8, 1)
        ]
        parts.append(line(points, stage.palette.shade(color, 0.1 * i), height * 0.055))
    return "".join(parts)


def fish(stage: Stage, x: float, y: float, size: float, color: str, *, left: bool = False) -> str:
    """A fish with a stripe and an eye."""
    side = -1 if left else 1
    p = stage.palette
    tail = polygon(
        [
            (x - side * size * 0.42, y),
            (x - side * size * 0.78, y - size * 0.26),
            (x - side * size * 0.68, y),
            (x - side * size * 0.78, y + size * 0.26),
        ],
        p.shade(color, 0.15),
    )
    body = ellipse(x, y, size * 0.5, size * 0.28, color)
    fin = blob(
        [
            (x - size * 0.05, y - size * 0.24),
            (x - side * size * 0.2, y - size * 0.42),
            (x + side * size * 0.14, y - size * 0.25),
        ],
        p.shade(color, 0.15),
    )
    stripe = ellipse(x - side * size * 0.08, y, size * 0.07, size * 0.25, p.light, opacity=0.7)
    eye = circle(x + side * size * 0.3, y - size * 0.06, size * 0.06, "#ffffff") + circle(
        x + side * size * 0.31, y - size * 0.06, size * 0.034, p.dark
    )
    return tail + fin + body + stripe + eye


def bubbles(stage: Stage, x: float, y: float, count: int = 6) -> str:
    """Bubbles rising from a point."""
    parts = []
    for i in range(count):
        r = 5 + stage.random.uniform(0, 11)
        bx, by = x + stage.random.uniform(-34, 34), y - i * 42
        parts.append(
            circle(bx, by, r, stage.palette.light, opacity=0.28)
            + circle(bx - r * 0.3, by - r * 0.3, r * 0.28, "#ffffff", opacity=0.8)
        )
    return "".join(parts)


def light_shafts(stage: Stage, color: str, bottom: float = 900) -> str:
    """Slanting shafts of light from above."""
    parts = []
    for i in range(4):
        x = stage.width * (0.1 + 0.25 * i) + stage.random.uniform(-30, 30)
        lean, wide = (120 if stage.light_from_left else -120), stage.random.uniform(36, 80)
        paint = stage.defs.down((0, color, 0.34), (1, color, 0))
        parts.append(
            polygon(
                [(x, -10), (x + wide, -10), (x + wide * 2 + lean, bottom), (x - wide * 0.4 + lean, bottom)],
                paint,
            )
        )
    return "".join(parts)
