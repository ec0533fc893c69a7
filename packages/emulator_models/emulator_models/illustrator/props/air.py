"""Things in the air, about `size` high, their middle half a size above x, y."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import star_points
from emulator_models.illustrator.drawing.svg import circle, ellipse, line, path, polygon, rect
from emulator_models.illustrator.props.treasures import GOLD, at
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import Stage


def kite(stage: Stage, x: float, y: float, size: float) -> str:
    """A diamond kite with a tail of bows."""
    p = stage.palette
    sail = (
        polygon([(0, -100), (34, -62), (0, -2), (-34, -62)], p.accent)
        + polygon([(0, -100), (34, -62), (0, -62)], p.accent2)
        + polygon([(-34, -62), (0, -62), (0, -2)], p.light)
    )
    sticks = line([(0, -100), (0, -2)], p.dark, 2.5) + line([(-34, -62), (34, -62)], p.dark, 2.5)
    tail = line([(0, -2), (14, 26), (-8, 54), (10, 84), (0, 112)], p.dark, 2)
    bows = "".join(
        polygon([(a - 11, b - 6), (a, b), (a - 11, b + 6)], t) + polygon([(a + 11, b - 6), (a, b), (a + 11, b + 6)], t)
        for a, b, t in ((13, 26, p.accent2), (-7, 54, p.light), (9, 84, p.accent))
    )
    return at(x, y, size, tail + bows + sail + sticks)


def balloons(stage: Stage, x: float, y: float, size: float) -> str:
    """Five balloons on their strings."""
    p = stage.palette
    tones = (p.accent, p.accent2, p.near(25), p.near(230), p.light)
    body = "".join(
        line([(a, b + 22), (a * 0.3, -14), (0, 10)], p.dark, 1.3, opacity=0.6)
        for a, b in ((-24, -52), (24, -54), (0, -78), (-13, -66), (13, -66))
    )
    for (a, b), tone in zip(((-24, -52), (24, -54), (0, -80), (-12, -62), (12, -60)), tones, strict=True):
        body += (
            polygon([(a - 4, b + 24), (a, b + 19), (a + 4, b + 24)], tone)
            + ellipse(a, b, 17, 21, tone)
            + ellipse(a - 6, b - 8, 3.5, 6, "#ffffff", opacity=0.55, turn=20)
        )
    return at(x, y, size, body)


def butterfly(stage: Stage, x: float, y: float, size: float) -> str:
    """A butterfly."""
    p = stage.palette
    wings = "".join(
        ellipse(s * 34, -66, 32, 24, p.accent, turn=-s * 32)
        + ellipse(s * 26, -30, 22, 18, p.accent2, turn=s * 28)
        + circle(s * 40, -68, 9, p.light)
        for s in (-1, 1)
    )
    feelers = path("M0 -78Q-8 -98 -18 -100M0 -78Q8 -98 18 -100", stroke=p.dark, width=3)
    return at(x, y, size, feelers + wings + ellipse(0, -50, 6, 32, p.dark))


def bird(stage: Stage, x: float, y: float, size: float) -> str:
    """A small bird flying."""
    p = stage.palette
    tone = p.accent
    body = (
        path("M-60 -52Q-20 -84 20 -66Q30 -90 50 -76Q58 -68 50 -58Q40 -24 0 -28Q-34 -30 -76 -38Z", tone)
        + path("M-6 -60Q-30 -104 -54 -100Q-46 -58 -10 -46Z", p.tint(tone, 0.3))
        + path("M2 -58Q10 -104 36 -100Q34 -60 8 -46Z", p.shade(tone, 0.2))
    )
    return at(
        x,
        y,
        size,
        body
        + polygon([(54, -70), (70, -64), (54, -60)], GOLD)
        + circle(44, -70, 4, p.dark)
        + ellipse(14, -40, 22, 9, p.light, opacity=0.6),
    )


def paper_plane(stage: Stage, x: float, y: float, size: float) -> str:
    """A paper aeroplane and the loop of its flight."""
    p = stage.palette
    white = mix(p.light, "#ffffff", 0.5)
    trail = path("M-66 -30Q-120 -10 -130 -50Q-128 -84 -96 -72Q-70 -56 -130 -4", stroke=white, width=4, opacity=0.6)
    return at(
        x,
        y,
        size,
        trail
        + polygon([(80, -84), (-60, -50), (-16, -36)], white)
        + polygon([(80, -84), (-16, -36), (-6, -4)], mix(white, p.dark, 0.2))
        + polygon([(80, -84), (-6, -4), (22, -26)], mix(white, p.dark, 0.08)),
    )


def rainbow(stage: Stage, x: float, y: float, size: float) -> str:
    """A rainbow in the palette's order of hues."""
    p = stage.palette
    tones = [p.near(h) for h in (25, 60, 90, 140, 230, 320)]
    arcs = "".join(
        path(
            f"M{-90 + 9 * i} 0A{90 - 9 * i} {92 - 9 * i} 0 0 1 {90 - 9 * i} 0",
            stroke=mix(t, p.light, 0.15 + 0.1 * (i % 2)),
            width=10,
            opacity=0.75,
        )
        for i, t in enumerate(tones)
    )
    return at(
        x,
        y,
        size,
        arcs + "".join(ellipse(a, 0, 30, 13, mix(p.light, "#ffffff", 0.3), opacity=0.9) for a in (-72, 72)),
    )


def fireflies(stage: Stage, x: float, y: float, size: float) -> str:
    """A drift of fireflies."""
    spots = [(x + size * 0.75 * math.sin(i * 2.4), y - size * (0.1 + 0.09 * i)) for i in range(10)]
    return "".join(
        halo(stage, a, b, size * 0.11, "#fff2a0", 0.8) + circle(a, b, size * 0.018, "#fffbe0") for a, b in spots
    )


def notes(stage: Stage, x: float, y: float, size: float) -> str:
    """Notes of music dancing."""
    p = stage.palette
    body = ""
    for a, b, tone in ((-50, -20, p.accent), (4, -52, p.light), (48, -24, p.accent2)):
        body += (
            ellipse(a, b, 12, 9, tone, turn=-20)
            + line([(a + 10, b - 2), (a + 10, b - 44)], tone, 5)
            + path(f"M{a + 10} {b - 44}q22 6 20 24", stroke=tone, width=6)
        )
    return at(x, y, size, body)


def airship(stage: Stage, x: float, y: float, size: float) -> str:
    """A hot-air balloon with its basket."""
    p = stage.palette
    tones = (p.accent, p.light, p.accent2, p.light, p.accent)
    body = ellipse(0, -64, 40, 38, tones[0])
    body += "".join(ellipse(0, -64, 40 - 15 * i, 38, tones[i]) for i in range(1, 3))
    cords = "".join(line([(a, -30), (b, -14)], p.dark, 1.5) for a, b in ((-20, -8), (20, 8), (0, 0)))
    return at(
        x,
        y,
        size,
        cords
        + body
        + polygon([(-22, -34), (22, -34), (12, -26), (-12, -26)], p.shade(p.accent, 0.2))
        + rect(-11, -15, 22, 15, p.tinge("#b5803f"), round_=3),
    )


def comet(stage: Stage, x: float, y: float, size: float) -> str:
    """A shooting star with its tail."""
    gold = mix(GOLD, stage.palette.light, 0.4)
    tail = "".join(
        path(
            f"M{70 - 4 * i} {-78 + 10 * i}Q0 {-60 + 16 * i} {-100 + 26 * i} {-8 + 9 * i}",
            stroke=gold,
            width=9 - 2 * i,
            opacity=0.5 - 0.1 * i,
        )
        for i in range(3)
    )
    return halo(stage, x + size * 0.7, y - size * 0.75, size * 0.7, gold, 0.6) + at(
        x, y, size, tail + polygon(star_points(72, -76, 26, 12), gold)
    )
