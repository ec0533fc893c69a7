"""Skies: light, sun, moon, stars and clouds."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import star_points
from emulator_models.illustrator.drawing.paths import num, smooth
from emulator_models.illustrator.drawing.svg import blob, circle, path, polygon, rect
from emulator_models.illustrator.stage import Stage


def sky(stage: Stage, *, sun: bool = True, clouds: int = 3) -> str:
    """The whole sky, with what the time and the weather put in it."""
    p = stage.palette
    low = p.sky_low if stage.weather not in ("storm", "rain", "fog") else mix(p.sky_low, p.sky_top, 0.35)
    top = p.shade(p.sky_top, 0.45) if stage.weather == "storm" else p.sky_top
    paint = stage.defs.down((0, top, 1), (0.55, mix(top, low, 0.55), 1), (1, low, 1))
    parts = [rect(0, 0, stage.width, stage.horizon + 130, paint), _swathes(stage, top, low)]
    if stage.time == "night":
        parts.append(stars(stage))
    if sun and stage.weather in ("clear", "wind", "snow"):
        parts.append(moon(stage) if stage.time == "night" else sun_disc(stage))
    heavy = {"storm": 4, "rain": 3, "fog": 1}.get(stage.weather, 0)
    parts += [cloud_at_random(stage, i, heavy) for i in range(clouds + heavy)]
    return "".join(parts)


def _swathes(stage: Stage, top: str, low: str) -> str:
    """A few broad strokes across the sky, as a loaded brush leaves them."""
    parts = []
    for i in range(3):
        y = stage.horizon * (0.2 + 0.27 * i)
        lift = stage.random.uniform(-40, 40)
        thick = stage.random.uniform(30, 65)
        w = stage.width
        upper = [(-40, y + lift), (w * 0.3, y - 18), (w * 0.7, y + 16), (w + 40, y - lift)]
        lower = [(x, yy + thick * (0.6 + 0.4 * math.sin(x / 140))) for x, yy in reversed(upper)]
        d = smooth(upper) + "L" + smooth(lower)[1:] + "Z"
        parts.append(path(d, mix(low, top, 0.3 * i), opacity=0.16))
    return "".join(parts)


def sun_disc(stage: Stage) -> str:
    """The sun with its rings of light."""
    x, y = stage.sun
    p = stage.palette
    core = mix(p.light, p.near(75), 0.42 if stage.time in ("sunset", "dawn") else 0.25)
    glow = stage.defs.out((0, core, 0.75), (0.5, core, 0.22), (1, core, 0))
    rings = "".join(circle(x, y, r, core, opacity=o) for r, o in ((150, 0.14), (105, 0.2)))
    return circle(x, y, 330, glow) + rings + circle(x, y, 62, mix(core, "#ffffff", 0.35))


def moon(stage: Stage) -> str:
    """A full moon with its seas, in a halo."""
    x, y = stage.sun
    pale = mix(stage.palette.light, "#fff8e1", 0.5)
    glow = stage.defs.out((0, pale, 0.5), (0.4, pale, 0.16), (1, pale, 0))
    seas = ((-18, -14, 13), (16, 6, 17), (-10, 22, 9), (22, -24, 7))
    grey = mix(pale, stage.palette.sky_top, 0.22)
    return (
        circle(x, y, 260, glow)
        + circle(x, y, 60, pale)
        + "".join(circle(x + dx, y + dy, r, grey, opacity=0.6) for dx, dy, r in seas)
    )


def stars(stage: Stage, *, down_to: float | None = None, count: int = 90) -> str:
    """A sky of stars, thinning out towards the horizon."""
    bottom = stage.horizon if down_to is None else down_to
    pale = mix(stage.palette.light, "#fffbe6", 0.5)
    dots, parts = [], []
    for i in range(count):
        x, y = stage.random.uniform(0, stage.width), bottom * stage.random.random() ** 1.3
        if i % 15 == 0:
            size = stage.random.uniform(8, 13)
            parts.append(polygon(star_points(x, y, size, size * 0.22, 4), pale))
        else:
            r = stage.random.uniform(0.9, 2.6)
            dots.append(
                f"M{num(x - r)} {num(y)}a{num(r)} {num(r)} 0 1 0 {num(2 * r)} 0a{num(r)} {num(r)} 0 1 0 {num(-2 * r)} 0"
            )
    return path("".join(dots), pale, opacity=0.85) + "".join(parts)


def cloud(stage: Stage, x: float, y: float, size: float, color: str, *, opacity: float = 0.9) -> str:
    """A flat-bottomed heap of cloud, lit from the sun's side."""
    side = -1 if stage.light_from_left else 1
    heaps = ((-0.62, 0.30, 0.30), (-0.22, 0.52, 0.42), (0.26, 0.44, 0.36), (0.66, 0.26, 0.26))
    body = "".join(circle(x + size * dx, y - size * r * 0.62, size * r, color) for dx, _, r in heaps)
    base = rect(x - size * 0.92, y - size * 0.3, size * 1.84, size * 0.3, color, round_=size * 0.15)
    lit = mix(color, stage.palette.light, 0.45 if stage.weather in ("clear", "wind") else 0.16)
    light = "".join(
        circle(x + size * dx + side * size * 0.05, y - size * r * 0.78, size * r * 0.72, lit) for dx, _, r in heaps[:3]
    ) + rect(x - size * 0.3, y - size * 0.34, size * 0.7, size * 0.12, lit, round_=size * 0.06)
    return f'<g opacity="{opacity:.2f}">{base}{body}{light}</g>'


def cloud_at_random(stage: Stage, index: int, heavy: int = 0) -> str:
    """One of the sky's clouds; heavy ones hang dark and high."""
    p, dice = stage.palette, stage.random
    dark = stage.time == "night"
    color = mix(p.sky_low, p.sky_top, 0.25) if dark else mix(p.sky_low, p.light, 0.75)
    if heavy:
        color = p.shade(mix(p.sky_low, p.sky_top, 0.6), 0.18 if stage.weather == "rain" else 0.35)
    spread = stage.width / 3
    x = (index % 3) * spread + dice.uniform(0.1, 0.9) * spread
    high = stage.horizon * (0.12 if heavy else 0.30)
    y = high + dice.uniform(0, 0.45) * stage.horizon
    if abs(x - stage.sun[0]) < 120 and abs(y - stage.sun[1]) < 110:
        y += 170
    size = dice.uniform(55, 95) * (1.5 if heavy else 1)
    return cloud(stage, x, y, size, color, opacity=0.55 if dark else 0.85)


def birds(stage: Stage, x: float, y: float) -> str:
    """Three far birds."""
    ink = stage.palette.shade(stage.palette.sky_top, 0.6)
    marks = []
    for dx, dy, s in ((0, 0, 1), (44, 20, 0.75), (-34, 26, 0.6)):
        a, b = x + dx, y + dy
        d = f"M{num(a - 20 * s)} {num(b - 6 * s)}Q{num(a - 9 * s)} {num(b - 15 * s)} {num(a)} {num(b)}"
        d += f"Q{num(a + 9 * s)} {num(b - 15 * s)} {num(a + 20 * s)} {num(b - 6 * s)}"
        marks.append(path(d, stroke=ink, width=3.4 * s, opacity=0.75))
    return "".join(marks)


def mist(stage: Stage, y: float, depth: float = 90, opacity: float = 0.35) -> str:
    """A bank of air lying along a line."""
    low = stage.palette.sky_low
    paint = stage.defs.down((0, low, 0), (0.6, low, opacity), (1, low, 0))
    return rect(0, y - depth, stage.width, depth * 1.6, paint)


def halo(stage: Stage, x: float, y: float, r: float, color: str, opacity: float = 0.5) -> str:
    """A soft round light."""
    return circle(x, y, r, stage.defs.out((0, color, opacity), (0.45, color, opacity * 0.4), (1, color, 0)))


def leaf_shape(x: float, y: float, size: float, turn: float, color: str, opacity: float = 1) -> str:
    """One leaf lying at an angle in degrees, its stem at x, y."""
    a = math.radians(turn)
    along, over = (math.cos(a), math.sin(a)), (-math.sin(a), math.cos(a))
    points = [(0.0, 0.0), (0.3, 0.2), (0.65, 0.18), (1.0, 0.0), (0.65, -0.18), (0.3, -0.2)]
    placed = [(x + size * (u * along[0] + v * over[0]), y + size * (u * along[1] + v * over[1])) for u, v in points]
    return blob(placed, color, opacity=opacity)
