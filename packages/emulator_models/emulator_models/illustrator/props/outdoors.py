"""Bigger things that stand about. Each is `size` high and stands on x, y."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.svg import circle, ellipse, line, path, polygon, rect
from emulator_models.illustrator.props.treasures import GOLD, at
from emulator_models.illustrator.scenery.buildings import GLASS_LIT
from emulator_models.illustrator.scenery.interiors import WOOD
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import Stage


def bridge(stage: Stage, x: float, y: float, size: float) -> str:
    """A small arched bridge with railings."""
    p = stage.palette
    wood = p.tinge(WOOD)
    deck = path("M-120 0Q0 -74 120 0L104 0Q0 -48 -104 0Z", p.shade(wood, 0.2)) + path(
        "M-120 -6Q0 -80 120 -6", stroke=wood, width=10
    )
    posts = "".join(
        line([(a, -8 - 32 * (1 - (a / 120) ** 2)), (a, -58 - 34 * (1 - (a / 120) ** 2))], wood, 7)
        for a in (-104, -62, -20, 20, 62, 104)
    )
    return at(x, y, size, posts + deck + path("M-112 -58Q0 -132 112 -58", stroke=p.tint(wood, 0.25), width=9))


def door(stage: Stage, x: float, y: float, size: float) -> str:
    """A round-topped door standing ajar with light behind it."""
    p = stage.palette
    glow = mix(GLASS_LIT, p.light, 0.3)
    body = path("M-33 0V-68A33 33 0 0 1 33 -68V0Z", p.shade(p.tinge("#8a8178"), 0.15)) + path(
        "M-26 0V-68A26 26 0 0 1 26 -68V0Z", glow
    )
    leaf = path("M-26 0V-68A26 26 0 0 1 10 -88L12 -2Z", p.accent) + "".join(
        line([(a, -4), (a, -74 - (a + 16) * 0.4)], p.shade(p.accent, 0.3), 2) for a in (-16, -6, 4)
    )
    return halo(stage, x, y - size * 0.5, size * 0.8, glow, 0.6) + at(x, y, size, body + leaf + circle(5, -38, 3, GOLD))


def tent(stage: Stage, x: float, y: float, size: float) -> str:
    """A tent with its flap open on lamplight."""
    p = stage.palette
    body = polygon([(-66, 0), (0, -100), (66, 0)], p.accent) + polygon(
        [(0, -100), (66, 0), (40, 0)], p.shade(p.accent, 0.25)
    )
    mouth = polygon(
        [(-24, 0), (0, -64), (24, 0)],
        mix(GLASS_LIT, p.dark, 0.0 if stage.time in ("night", "sunset") else 0.35),
    ) + polygon([(-24, 0), (0, -64), (-10, 0)], p.tint(p.accent, 0.35))
    flag = line([(0, -98), (0, -112)], p.dark, 3) + polygon([(0, -112), (18, -107), (0, -101)], p.light)
    return at(x, y, size, line([(-66, 0), (-80, -2)], p.dark, 3) + body + mouth + flag)


def boat(stage: Stage, x: float, y: float, size: float) -> str:
    """A little sailing boat."""
    p = stage.palette
    wood = p.tinge("#b5703c")
    hull = path("M-50 -26H50Q44 0 28 0H-28Q-46 0 -50 -26Z", wood) + rect(-52, -30, 104, 8, p.tint(wood, 0.35), round_=3)
    sails = path("M4 -96Q44 -64 40 -36H4Z", mix(p.light, "#ffffff", 0.4)) + path(
        "M-4 -84Q-34 -60 -34 -36H-4Z", p.accent
    )
    return at(
        x,
        y,
        size,
        rect(-2.5, -100, 5, 72, p.shade(wood, 0.4))
        + sails
        + hull
        + polygon([(0, -100), (18, -94), (0, -88)], p.near(25)),
    )


def bench(stage: Stage, x: float, y: float, size: float) -> str:
    """A park bench."""
    p = stage.palette
    wood, iron = p.tinge(WOOD), p.shade(p.second, 0.6)
    legs = "".join(line([(a, -46), (a, 0)], iron, 9) + line([(a, -46), (a - 5, -100)], iron, 8) for a in (-76, 76))
    return at(
        x,
        y,
        size,
        legs
        + "".join(rect(-94, b, 188, 13, wood, round_=5) for b in (-98, -80))
        + rect(-98, -54, 196, 16, p.tint(wood, 0.2), round_=6),
    )


def signpost(stage: Stage, x: float, y: float, size: float) -> str:
    """A signpost with three arms that say nothing."""
    p = stage.palette
    wood = p.tinge(WOOD)
    arms = "".join(
        polygon([(-s * 6, b), (s * 28, b), (s * 36, b + 7), (s * 28, b + 14), (-s * 6, b + 14)], tone)
        for s, b, tone in ((1, -94, p.accent), (-1, -76, p.second), (1, -58, p.accent2))
    )
    return at(
        x,
        y,
        size,
        rect(-4, -100, 8, 100, p.shade(wood, 0.2), round_=3) + arms + ellipse(0, 0, 16, 4, p.near(140)),
    )


def bicycle(stage: Stage, x: float, y: float, size: float) -> str:
    """A bicycle with a basket."""
    p = stage.palette
    ink, tone = p.dark, p.accent
    body = "".join(
        path(f"M{a - 30} -30a30 30 0 1 0 60 0a30 30 0 1 0 -60 0", stroke=ink, width=6) + circle(a, -30, 5, ink)
        for a in (-48, 48)
    )
    body += "".join(
        line(
            [
                (-48 + 30 * math.cos(k), -30 + 30 * math.sin(k)),
                (-48 - 30 * math.cos(k), -30 - 30 * math.sin(k)),
            ],
            p.light,
            1.5,
        )
        for k in (0.4, 1.4, 2.5)
    )
    body += path("M-48 -30L-18 -76H34L48 -30M-18 -76L4 -30L34 -76M-48 -30H4", stroke=tone, width=7) + path(
        "M34 -76L30 -96L48 -98", stroke=ink, width=6
    )
    return at(
        x,
        y,
        size,
        body + rect(-32, -86, 30, 8, ink, round_=4) + path("M40 -92H72L68 -66H44Z", p.tinge("#c28f53")),
    )


def rocket(stage: Stage, x: float, y: float, size: float) -> str:
    """A rocket on its fins."""
    p = stage.palette
    white = mix(p.light, "#ffffff", 0.4)
    fins = path("M-14 -34Q-30 -26 -28 0L-12 -12Z", p.accent) + path("M14 -34Q30 -26 28 0L12 -12Z", p.accent)
    body = (
        path("M0 -100Q24 -74 18 -28L13 -10H-13L-18 -28Q-24 -74 0 -100Z", white)
        + path("M0 -100Q12 -88 17 -72H-17Q-12 -88 0 -100Z", p.accent)
        + path("M4 -98Q24 -74 18 -28L13 -10H4Q14 -60 4 -98Z", p.dark, opacity=0.12)
    )
    port = circle(0, -56, 9, p.shade(p.second, 0.3)) + circle(0, -56, 6.5, mix(GLASS_LIT, p.light, 0.2))
    return at(
        x,
        y,
        size,
        fins
        + body
        + port
        + rect(-13, -12, 26, 6, p.shade(p.second, 0.4), round_=2)
        + rect(-3, -28, 6, 28, p.shade(p.accent, 0.2), round_=3),
    )


def well(stage: Stage, x: float, y: float, size: float) -> str:
    """A wishing well under a little roof."""
    p = stage.palette
    stone, wood = p.tinge("#9a9790"), p.tinge(WOOD)
    bricks = "".join(
        rect(-32 + 16 * i + 8 * (r % 2), -34 + 12 * r, 13, 8, p.tint(stone, 0.3), round_=2, opacity=0.7)
        for r in range(3)
        for i in range(4)
    )
    posts = "".join(rect(a, -80, 5, 46, p.shade(wood, 0.2)) for a in (-28, 23))
    return at(
        x,
        y,
        size,
        posts
        + polygon([(-44, -74), (0, -100), (44, -74)], p.near(25))
        + rect(-36, -38, 72, 38, stone, round_=5)
        + ellipse(0, -38, 36, 7, p.shade(stone, 0.4))
        + bricks
        + line([(0, -76), (0, -48)], p.dark, 1.5)
        + rect(-6, -50, 12, 12, wood, round_=2),
    )


def piano(stage: Stage, x: float, y: float, size: float) -> str:
    """An upright piano."""
    p = stage.palette
    wood = p.shade(p.tinge("#7b4a2e"), 0.1)
    keys = rect(-56, -50, 112, 12, "#fffdf4") + "".join(
        rect(-50 + 9 * i, -50, 4, 7, p.dark) for i in range(12) if i % 7 not in (2, 6)
    )
    return at(
        x,
        y,
        size,
        rect(-58, -96, 116, 96, wood, round_=4)
        + rect(-62, -100, 124, 8, p.tint(wood, 0.2), round_=3)
        + rect(-44, -88, 88, 26, p.shade(wood, 0.3), round_=3)
        + rect(-60, -44, 120, 12, p.tint(wood, 0.1), round_=3)
        + keys
        + "".join(rect(a, -34, 8, 34, p.shade(wood, 0.3)) for a in (-58, 50)),
    )
