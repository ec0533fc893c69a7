"""Things one can carry or find. Each is `size` high and stands on x, y."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import star_points
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, group, line, path, polygon, rect
from emulator_models.illustrator.props.faces import face
from emulator_models.illustrator.scenery.buildings import GLASS_LIT
from emulator_models.illustrator.scenery.interiors import WOOD
from emulator_models.illustrator.scenery.sky import halo, leaf_shape
from emulator_models.illustrator.stage import Stage

GOLD = "#f2b632"


def at(x: float, y: float, size: float, content: str) -> str:
    """Content drawn 100 units high, put on x, y at the asked size."""
    return group(content, x=x, y=y, scale=size / 100)


def lantern(stage: Stage, x: float, y: float, size: float) -> str:
    """A lantern, alight."""
    p = stage.palette
    metal, glow = p.shade(p.tinge("#8c6a3f"), 0.35), mix(GLASS_LIT, p.light, 0.2)
    body = path("M-14 -78Q0 -104 14 -78", stroke=metal, width=5) + polygon([(-18, -64), (0, -82), (18, -64)], metal)
    body += rect(-20, -64, 40, 52, glow, round_=6) + rect(-4, -64, 8, 52, metal, opacity=0.7)
    flame = path("M0 -54Q13 -38 0 -20Q-13 -38 0 -54Z", "#f08c2e") + path("M0 -44Q7 -34 0 -22Q-7 -34 0 -44Z", "#fff1b8")
    body += flame + rect(-26, -14, 52, 14, metal, round_=4) + rect(-23, -67, 46, 7, metal, round_=3)
    return halo(stage, x, y - size * 0.4, size * 1.3, glow, 0.65) + at(x, y, size, body)


def map_sheet(stage: Stage, x: float, y: float, size: float) -> str:
    """An unrolled map with a dotted way to a cross, propped up."""
    p = stage.palette
    paper, ink = mix("#f6e3b5", p.light, 0.3), p.shade(p.tinge("#8a5a2b"), 0.3)
    sheet = polygon([(-70, -96), (-24, -88), (24, -98), (70, -90), (66, -6), (24, -12), (-24, -3), (-66, -10)], paper)
    folds = polygon([(-24, -88), (24, -98), (24, -12), (-24, -3)], p.dark, opacity=0.08)
    sea = blob([(-56, -80), (-30, -72), (-34, -48), (-58, -44)], mix(p.near(225), paper, 0.4))
    wood = "".join(
        polygon([(a - 8, b), (a, b - 17), (a + 8, b)], mix(p.near(140), paper, 0.25))
        for a, b in ((2, -66), (14, -58), (44, -70))
    )
    way = "".join(circle(-46 + 13 * i, -26 - 9 * math.sin(i * 0.9), 3, ink) for i in range(7))
    cross = path("M42 -44l14 14M56 -44l-14 14", stroke=p.near(25), width=6)
    return at(x, y, size, sheet + folds + sea + wood + way + cross)


def book(stage: Stage, x: float, y: float, size: float) -> str:
    """An open book whose pages give off a little light."""
    p = stage.palette
    cover, paper = p.accent, mix(p.light, "#ffffff", 0.4)
    body = path("M-84 -6L-78 -70Q-40 -90 0 -68Q40 -90 78 -70L84 -6Q40 -22 0 -2Q-40 -22 -84 -6Z", p.shade(cover, 0.2))
    body += path("M-74 -14L-70 -76Q-36 -94 0 -74V-10Q-36 -28 -74 -14Z", paper) + path(
        "M74 -14L70 -76Q36 -94 0 -74V-10Q36 -28 74 -14Z", mix(paper, p.dark, 0.07)
    )
    lines = "".join(
        path(
            f"M{s * 12} {-60 + 13 * i}Q{s * 36} {-72 + 13 * i} {s * 62} {-63 + 13 * i}",
            stroke=p.second,
            width=4,
            opacity=0.55,
        )
        for s in (-1, 1)
        for i in range(3)
    )
    spark = "".join(polygon(star_points(a, b, 12, 4, 4), GOLD) for a, b in ((-30, -112), (26, -126), (4, -98)))
    return halo(stage, x, y - size * 0.7, size * 1.1, GLASS_LIT, 0.35) + at(x, y, size, body + lines + spark)


def star(stage: Stage, x: float, y: float, size: float) -> str:
    """A rounded star, shining."""
    gold = mix(GOLD, stage.palette.light, 0.2)
    points = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in star_points(0, -50, 46, 23)) + "Z"
    body = path(points, gold, stroke=gold, width=12) + polygon(star_points(-4, -54, 26, 12), "#ffffff", opacity=0.35)
    return halo(stage, x, y - size * 0.5, size * 1.3, gold, 0.6) + at(x, y, size, body)


def star_child(stage: Stage, x: float, y: float, size: float) -> str:
    """A star that is somebody."""
    return star(stage, x, y, size) + at(x, y, size, face(0, -52, 10))


def key(stage: Stage, x: float, y: float, size: float) -> str:
    """An old key, upright, in a shimmer."""
    gold = mix(GOLD, stage.palette.light, 0.1)
    dark = mix(gold, stage.palette.dark, 0.35)
    bow = path("M0 -94a20 20 0 1 0 .1 0Z", stroke=gold, width=12) + circle(0, -48, 8, gold)
    bit = (
        rect(-5, -52, 10, 52, gold, round_=4)
        + rect(3, -14, 20, 9, gold, round_=2)
        + rect(3, -30, 14, 8, gold, round_=2)
    )
    return halo(stage, x, y - size * 0.55, size * 0.9, gold, 0.55) + at(
        x, y, size, bow + bit + rect(-5, -50, 4, 48, dark, opacity=0.5)
    )


def telescope(stage: Stage, x: float, y: float, size: float) -> str:
    """A telescope on its tripod, looking up."""
    p = stage.palette
    wood, brass = p.shade(p.tinge(WOOD), 0.1), mix(GOLD, p.near(80), 0.3)
    legs = "".join(line([(0, -52), (dx, 0)], wood, 6) for dx in (-30, 4, 32))
    tube = polygon([(-46, -38), (-40, -28), (42, -72), (32, -92)], p.second) + polygon(
        [(32, -94), (44, -71), (52, -75), (40, -99)], brass
    )
    tube += polygon([(-50, -38), (-43, -26), (-36, -30), (-43, -42)], brass) + circle(0, -54, 7, brass)
    return at(x, y, size, legs + tube)


def chest(stage: Stage, x: float, y: float, size: float) -> str:
    """A treasure chest, open, shining."""
    p = stage.palette
    wood, brass = p.tinge("#8f5a34"), mix(GOLD, p.near(80), 0.2)
    lid = path("M-64 -56Q-66 -108 0 -108Q66 -108 64 -56Z", p.shade(wood, 0.3)) + path(
        "M-64 -56Q-66 -100 0 -100Q66 -100 64 -56Z", p.shade(wood, 0.55)
    )
    gold = "".join(circle(-48 + 16 * i, -58 - 7 * (i % 2), 12, mix(GOLD, p.light, 0.15 * (i % 3))) for i in range(7))
    box = (
        rect(-66, -56, 132, 56, wood, round_=6)
        + rect(-66, -56, 132, 8, brass)
        + rect(-50, -56, 10, 56, brass)
        + rect(40, -56, 10, 56, brass)
        + rect(-12, -48, 24, 24, brass, round_=4)
        + circle(0, -36, 4, p.dark)
    )
    return halo(stage, x, y - size * 0.6, size, GLASS_LIT, 0.6) + at(x, y, size, lid + gold + box)


def basket(stage: Stage, x: float, y: float, size: float) -> str:
    """A basket of apples with a handle."""
    p = stage.palette
    cane = p.tinge("#c28f53")
    body = path("M-44 -50Q-40 -104 0 -104Q40 -104 44 -50", stroke=p.shade(cane, 0.2), width=8)
    body += "".join(circle(-32 + 16 * i, -56 - 8 * (i % 2), 15, (p.near(25), p.near(130))[i % 2]) for i in range(5))
    body += path("M-54 -52H54L42 0H-42Z", cane) + "".join(
        path(f"M{-51 + 4 * i} {-40 + 14 * i}H{51 - 4 * i}", stroke=p.shade(cane, 0.3), width=4) for i in range(3)
    )
    return at(x, y, size, body + rect(-58, -56, 116, 10, p.shade(cane, 0.15), round_=5))


def seedling(stage: Stage, x: float, y: float, size: float) -> str:
    """A young plant in a pot."""
    p = stage.palette
    green, pot = p.tinge("#5da65a", 0.3), p.near(40)
    stem = line([(0, -42), (-2, -66), (2, -88)], green, 5)
    leaves = (
        leaf_shape(0, -66, 38, -150, green)
        + leaf_shape(0, -62, 40, -28, p.tint(green, 0.25))
        + leaf_shape(2, -86, 24, -60, p.tint(green, 0.35))
    )
    return at(
        x,
        y,
        size,
        stem
        + leaves
        + polygon([(-28, -42), (28, -42), (20, 0), (-20, 0)], pot)
        + rect(-32, -46, 64, 12, p.shade(pot, 0.15), round_=4),
    )


def feather(stage: Stage, x: float, y: float, size: float) -> str:
    """A great feather standing on its quill."""
    p = stage.palette
    body = (
        path("M4 -8Q-34 -50 4 -100Q34 -60 6 -8Z", p.accent)
        + path("M6 -8Q34 -60 4 -100Q16 -50 6 -8Z", p.tint(p.accent, 0.4))
        + line([(8, 0), (4, -40), (5, -92)], p.light, 3)
    )
    return halo(stage, x, y - size * 0.5, size * 0.8, p.light, 0.35) + at(x, y, size, body)


def shell(stage: Stage, x: float, y: float, size: float) -> str:
    """A scallop shell."""
    p = stage.palette
    tone = mix(p.near(20), p.light, 0.4)
    body = path("M0 -4Q-70 -30 -52 -78Q-30 -104 0 -100Q30 -104 52 -78Q70 -30 0 -4Z", tone)
    return at(
        x,
        y,
        size,
        body
        + "".join(line([(0, -8), (a, -88 + abs(a) * 0.3)], p.shade(tone, 0.25), 4) for a in (-40, -20, 0, 20, 40))
        + rect(-16, -8, 32, 9, tone, round_=4),
    )


def magnifier(stage: Stage, x: float, y: float, size: float) -> str:
    """A magnifying glass leaning, with a gleam."""
    p = stage.palette
    body = (
        line([(14, -42), (38, -2)], p.tinge(WOOD), 12)
        + circle(-6, -66, 34, mix(GOLD, p.near(80), 0.3))
        + circle(-6, -66, 26, mix(p.sky_top, "#ffffff", 0.6))
    )
    return at(x, y, size, body + path("M-22 -66A16 16 0 0 1 -6 -82", stroke="#ffffff", width=5))


def crown(stage: Stage, x: float, y: float, size: float) -> str:
    """A crown with gems."""
    p = stage.palette
    body = path("M-56 -8L-64 -80L-30 -50L0 -96L30 -50L64 -80L56 -8Q0 4 -56 -8Z", GOLD) + "".join(
        circle(a, b, 8, p.light) for a, b in ((-64, -82), (0, -98), (64, -82))
    )
    return halo(stage, x, y - size * 0.5, size, GOLD, 0.4) + at(
        x,
        y,
        size,
        body + "".join(circle(a, -24, 8, t) for a, t in ((-32, p.accent), (0, p.second), (32, p.accent))),
    )


def egg(stage: Stage, x: float, y: float, size: float) -> str:
    """A great speckled egg."""
    p = stage.palette
    tone = p.tint(p.second, 0.5)
    body = path("M0 -100C30 -100 40 -54 40 -38A40 38 0 0 1 -40 -38C-40 -54 -30 -100 0 -100Z", tone)
    spots = "".join(
        circle(a, b, r, p.accent, opacity=0.8)
        for a, b, r in ((-14, -70, 7), (14, -54, 9), (-20, -36, 8), (6, -22, 6), (24, -30, 5), (6, -84, 5))
    )
    return at(x, y, size, body + spots + ellipse(-14, -80, 6, 11, "#ffffff", opacity=0.5, turn=20))
