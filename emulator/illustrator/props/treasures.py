"""Things one can carry or find. Each is `size` high and stands on x, y."""

from __future__ import annotations

import math

from emulator.illustrator.colours import mix
from emulator.illustrator.scenery.buildings import GLASS_LIT
from emulator.illustrator.scenery.interiors import WOOD
from emulator.illustrator.scenery.sky import halo, leaf_shape
from emulator.illustrator.stage import Stage
from emulator.illustrator.svg import blob, circle, ellipse, group, line, path, polygon, rect, star_points

GOLD = "#f2b632"


def _at(x: float, y: float, size: float, content: str) -> str:
    """Content drawn 100 units high, put on x, y at the asked size."""
    return group(content, x=x, y=y, scale=size / 100)


def lantern(stage: Stage, x: float, y: float, size: float) -> str:
    """A lantern, alight."""
    p = stage.palette
    metal, glow = p.shade(p.tinge("#8c6a3f"), 0.35), mix(GLASS_LIT, p.light, 0.2)
    body = path("M-14 -78Q0 -104 14 -78", stroke=metal, width=5) + polygon(
        [(-18, -64), (0, -82), (18, -64)], metal
    )
    body += rect(-20, -64, 40, 52, glow, round_=6) + rect(-4, -64, 8, 52, metal, opacity=0.7)
    flame = path("M0 -54Q13 -38 0 -20Q-13 -38 0 -54Z", "#f08c2e") + path(
        "M0 -44Q7 -34 0 -22Q-7 -34 0 -44Z", "#fff1b8"
    )
    body += flame + rect(-26, -14, 52, 14, metal, round_=4) + rect(-23, -67, 46, 7, metal, round_=3)
    return halo(stage, x, y - size * 0.4, size * 1.3, glow, 0.65) + _at(x, y, size, body)


def map_sheet(stage: Stage, x: float, y: float, size: float) -> str:
    """An unrolled map with a dotted way to a cross, propped up."""
    p = stage.palette
    paper, ink = mix("#f6e3b5", p.light, 0.3), p.shade(p.tinge("#8a5a2b"), 0.3)
    sheet = polygon(
        [(-70, -96), (-24, -88), (24, -98), (70, -90), (66, -6), (24, -12), (-24, -3), (-66, -10)], paper
    )
    folds = polygon([(-24, -88), (24, -98), (24, -12), (-24, -3)], p.dark, opacity=0.08)
    sea = blob([(-56, -80), (-30, -72), (-34, -48), (-58, -44)], mix(p.near(225), paper, 0.4))
    wood = "".join(
        polygon([(a - 8, b), (a, b - 17), (a + 8, b)], mix(p.near(140), paper, 0.25))
        for a, b in ((2, -66), (14, -58), (44, -70))
    )
    way = "".join(circle(-46 + 13 * i, -26 - 9 * math.sin(i * 0.9), 3, ink) for i in range(7))
    cross = path("M42 -44l14 14M56 -44l-14 14", stroke=p.near(25), width=6)
    return _at(x, y, size, sheet + folds + sea + wood + way + cross)


def book(stage: Stage, x: float, y: float, size: float) -> str:
    """An open book whose pages give off a little light."""
    p = stage.palette
    cover, paper = p.accent, mix(p.light, "#ffffff", 0.4)
    body = path(
        "M-84 -6L-78 -70Q-40 -90 0 -68Q40 -90 78 -70L84 -6Q40 -22 0 -2Q-40 -22 -84 -6Z", p.shade(cover, 0.2)
    )
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
    spark = "".join(
        polygon(star_points(a, b, 12, 4, 4), GOLD) for a, b in ((-30, -112), (26, -126), (4, -98))
    )
    return halo(stage, x, y - size * 0.7, size * 1.1, GLASS_LIT, 0.35) + _at(x, y, size, body + lines + spark)


def star(stage: Stage, x: float, y: float, size: float) -> str:
    """A rounded star, shining."""
    gold = mix(GOLD, stage.palette.light, 0.2)
    points = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in star_points(0, -50, 46, 23)) + "Z"
    body = path(points, gold, stroke=gold, width=12) + polygon(
        star_points(-4, -54, 26, 12), "#ffffff", opacity=0.35
    )
    return halo(stage, x, y - size * 0.5, size * 1.3, gold, 0.6) + _at(x, y, size, body)


def cake(stage: Stage, x: float, y: float, size: float) -> str:
    """A two-tier cake with icing and five candles on a stand."""
    p = stage.palette
    sponge, icing = mix(p.near(60), "#f3d3a4", 0.6), mix(p.light, "#ffffff", 0.3)
    body = (
        ellipse(0, -5, 60, 8, p.shade(p.second, 0.1))
        + rect(-8, -14, 16, 12, p.second)
        + ellipse(0, -14, 62, 7, p.tint(p.second, 0.4))
    )
    for w, y0, h, tone in ((50, -46, 32, p.near(350)), (33, -72, 28, sponge)):
        body += rect(-w, y0, 2 * w, h, tone, round_=8)
        drips = (
            f"M{-w} {y0 + 3}"
            + "".join(f"q{w / 4:.1f} {15 if i % 2 else 24} {w / 2:.1f} 0" for i in range(4))
            + f"V{y0 - 2}H{-w}Z"
        )
        body += path(drips, icing) + ellipse(0, y0, w, 6, icing)
    for i in range(5):
        a = -24 + 12 * i
        body += rect(a - 2.5, -90, 5, 18, (p.accent, p.near(230), p.near(140))[i % 3], round_=2) + path(
            f"M{a} -101q5 6 0 12q-5 -6 0 -12Z", "#ffb02e"
        )
    body += "".join(circle(-42 + 14 * i, -26, 4.5, p.accent) for i in range(7))
    return halo(stage, x, y - size * 0.9, size * 0.8, GLASS_LIT, 0.5) + _at(x, y, size, body)


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
    return halo(stage, x, y - size * 0.55, size * 0.9, gold, 0.55) + _at(
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
    return _at(x, y, size, legs + tube)


def ball(stage: Stage, x: float, y: float, size: float) -> str:
    """A beach ball."""
    p = stage.palette
    tones = (p.accent, mix(p.light, "#ffffff", 0.4), p.near(230), mix(p.light, "#ffffff", 0.4), p.near(85))
    body = circle(0, -50, 50, tones[0])
    body += path("M0 -100Q-46 -50 0 0Q-16 -50 0 -100Z", tones[1]) + path(
        "M0 -100Q52 -50 0 0Q18 -50 0 -100Z", tones[2]
    )
    body += path("M0 -100A50 50 0 0 0 0 0Q-46 -50 0 -100Z", tones[4]) + circle(0, -96, 6, tones[1])
    return _at(x, y, size, body + ellipse(-20, -70, 10, 15, "#ffffff", opacity=0.4, turn=30))


def gift(stage: Stage, x: float, y: float, size: float) -> str:
    """A present with a bow."""
    p = stage.palette
    ribbon = mix(p.light, "#ffffff", 0.2)
    body = (
        rect(-40, -62, 80, 62, p.accent, round_=5)
        + rect(-46, -74, 92, 20, p.shade(p.accent, 0.18), round_=5)
        + rect(-9, -74, 18, 74, ribbon)
    )
    bow = path("M0 -74Q-40 -104 -38 -80Q-30 -68 0 -74Q30 -68 38 -80Q40 -104 0 -74Z", ribbon)
    return _at(x, y, size, body + bow + circle(0, -76, 8, p.shade(ribbon, 0.15)))


def chest(stage: Stage, x: float, y: float, size: float) -> str:
    """A treasure chest, open, shining."""
    p = stage.palette
    wood, brass = p.tinge("#8f5a34"), mix(GOLD, p.near(80), 0.2)
    lid = path("M-64 -56Q-66 -108 0 -108Q66 -108 64 -56Z", p.shade(wood, 0.3)) + path(
        "M-64 -56Q-66 -100 0 -100Q66 -100 64 -56Z", p.shade(wood, 0.55)
    )
    gold = "".join(
        circle(-48 + 16 * i, -58 - 7 * (i % 2), 12, mix(GOLD, p.light, 0.15 * (i % 3))) for i in range(7)
    )
    box = (
        rect(-66, -56, 132, 56, wood, round_=6)
        + rect(-66, -56, 132, 8, brass)
        + rect(-50, -56, 10, 56, brass)
        + rect(40, -56, 10, 56, brass)
        + rect(-12, -48, 24, 24, brass, round_=4)
        + circle(0, -36, 4, p.dark)
    )
    return halo(stage, x, y - size * 0.6, size, GLASS_LIT, 0.6) + _at(x, y, size, lid + gold + box)


def teddy(stage: Stage, x: float, y: float, size: float) -> str:
    """A sitting teddy bear."""
    p = stage.palette
    fur = p.tinge("#b9824f", 0.3)
    pale, ink = p.tint(fur, 0.5), p.dark
    body = "".join(circle(a, -90, 12, fur) + circle(a, -90, 6, pale) for a in (-24, 24))
    body += "".join(ellipse(a, -12, 19, 13, fur) + ellipse(a * 1.12, -12, 9, 10, pale) for a in (-28, 28))
    body += (
        ellipse(0, -30, 30, 30, fur)
        + ellipse(0, -28, 17, 18, pale)
        + "".join(ellipse(a, -40, 10, 20, fur, turn=t) for a, t in ((-32, 30), (32, -30)))
    )
    body += (
        circle(0, -72, 29, fur)
        + ellipse(0, -64, 13, 10, pale)
        + ellipse(0, -68, 5, 4, ink)
        + "".join(circle(a, -77, 3.6, ink) for a in (-11, 11))
    )
    return _at(x, y, size, body + path("M-16 -49L0 -44L16 -49L12 -38L0 -44L-12 -38Z", p.accent))


def drum(stage: Stage, x: float, y: float, size: float) -> str:
    """A drum with its sticks."""
    p = stage.palette
    body = (
        rect(-48, -72, 96, 66, p.accent)
        + ellipse(0, -6, 48, 12, p.accent)
        + path("M-48 -66L-24 -2L0 -60L24 -2L48 -66", stroke=p.light, width=4)
    )
    body += ellipse(0, -72, 50, 14, p.shade(p.second, 0.2)) + ellipse(
        0, -74, 46, 12, mix(p.light, "#ffffff", 0.3)
    )
    return _at(
        x,
        y,
        size,
        body
        + "".join(
            line([(a, -80), (b, -112)], p.tinge(WOOD), 6) + circle(a, -80, 6, p.tinge(WOOD))
            for a, b in ((-10, -50), (14, 52))
        ),
    )


def basket(stage: Stage, x: float, y: float, size: float) -> str:
    """A basket of apples with a handle."""
    p = stage.palette
    cane = p.tinge("#c28f53")
    body = path("M-44 -50Q-40 -104 0 -104Q40 -104 44 -50", stroke=p.shade(cane, 0.2), width=8)
    body += "".join(
        circle(-32 + 16 * i, -56 - 8 * (i % 2), 15, (p.near(25), p.near(130))[i % 2]) for i in range(5)
    )
    body += path("M-54 -52H54L42 0H-42Z", cane) + "".join(
        path(f"M{-51 + 4 * i} {-40 + 14 * i}H{51 - 4 * i}", stroke=p.shade(cane, 0.3), width=4)
        for i in range(3)
    )
    return _at(x, y, size, body + rect(-58, -56, 116, 10, p.shade(cane, 0.15), round_=5))


def robot(stage: Stage, x: float, y: float, size: float) -> str:
    """A small friendly robot."""
    p = stage.palette
    steel, ink = p.tint(p.second, 0.4), p.dark
    body = line([(0, -88), (0, -97)], ink, 3) + circle(0, -98, 4, p.accent)
    body += "".join(rect(a, -12, 14, 12, ink, round_=4) for a in (-20, 6)) + "".join(
        line([(s * 24, -44), (s * 36, -34), (s * 34, -22)], p.shade(steel, 0.2), 7) for s in (-1, 1)
    )
    body += (
        rect(-25, -54, 50, 44, steel, round_=9)
        + rect(-16, -44, 32, 20, p.accent, round_=4)
        + "".join(circle(-9 + 9 * i, -34, 3, p.light) for i in range(3))
    )
    body += (
        rect(-29, -90, 58, 34, p.tint(steel, 0.3), round_=13)
        + rect(-22, -82, 44, 19, ink, round_=9)
        + "".join(circle(a, -72, 5, "#aef3ff") for a in (-10, 10))
    )
    return _at(x, y, size, body)


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
    return _at(
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
    return halo(stage, x, y - size * 0.5, size * 0.8, p.light, 0.35) + _at(x, y, size, body)


def shell(stage: Stage, x: float, y: float, size: float) -> str:
    """A scallop shell."""
    p = stage.palette
    tone = mix(p.near(20), p.light, 0.4)
    body = path("M0 -4Q-70 -30 -52 -78Q-30 -104 0 -100Q30 -104 52 -78Q70 -30 0 -4Z", tone)
    return _at(
        x,
        y,
        size,
        body
        + "".join(
            line([(0, -8), (a, -88 + abs(a) * 0.3)], p.shade(tone, 0.25), 4) for a in (-40, -20, 0, 20, 40)
        )
        + rect(-16, -8, 32, 9, tone, round_=4),
    )


def clock(stage: Stage, x: float, y: float, size: float) -> str:
    """A standing alarm clock with two bells."""
    p = stage.palette
    ink = p.dark
    body = "".join(
        line([(a, -12), (a * 1.5, 0)], ink, 6) + ellipse(a, -86, 14, 10, p.accent2, turn=-a)
        for a in (-22, 22)
    )
    body += (
        circle(0, -46, 40, p.accent)
        + circle(0, -46, 32, p.light)
        + "".join(
            circle(26 * math.cos(a * math.pi / 6), -46 + 26 * math.sin(a * math.pi / 6), 2, ink)
            for a in range(12)
        )
    )
    return _at(x, y, size, body + line([(0, -46), (0, -66)], ink, 4) + line([(0, -46), (14, -38)], ink, 4))


def magnifier(stage: Stage, x: float, y: float, size: float) -> str:
    """A magnifying glass leaning, with a gleam."""
    p = stage.palette
    body = (
        line([(14, -42), (38, -2)], p.tinge(WOOD), 12)
        + circle(-6, -66, 34, mix(GOLD, p.near(80), 0.3))
        + circle(-6, -66, 26, mix(p.sky_top, "#ffffff", 0.6))
    )
    return _at(x, y, size, body + path("M-22 -66A16 16 0 0 1 -6 -82", stroke="#ffffff", width=5))


def crown(stage: Stage, x: float, y: float, size: float) -> str:
    """A crown with gems."""
    p = stage.palette
    body = path("M-56 -8L-64 -80L-30 -50L0 -96L30 -50L64 -80L56 -8Q0 4 -56 -8Z", GOLD) + "".join(
        circle(a, b, 8, p.light) for a, b in ((-64, -82), (0, -98), (64, -82))
    )
    return halo(stage, x, y - size * 0.5, size, GOLD, 0.4) + _at(
        x,
        y,
        size,
        body + "".join(circle(a, -24, 8, t) for a, t in ((-32, p.accent), (0, p.second), (32, p.accent))),
    )


def easel(stage: Stage, x: float, y: float, size: float) -> str:
    """An easel with a picture of hills and sun."""
    p = stage.palette
    wood = p.tinge(WOOD)
    legs = "".join(line([(a, -98), (b, 0)], wood, 5) for a, b in ((-4, -32), (4, 32)))
    sheet = (
        rect(-32, -86, 64, 52, mix(p.light, "#ffffff", 0.5), round_=2)
        + circle(14, -70, 8, GOLD)
        + path("M-32 -48Q-14 -66 4 -50Q18 -60 32 -50V-34H-32Z", p.near(140))
        + path("M-32 -42Q0 -52 32 -40V-34H-32Z", p.near(230))
    )
    return _at(
        x,
        y,
        size,
        legs
        + sheet
        + rect(-38, -35, 76, 6, wood, round_=3)
        + circle(-16, -38, 4, p.accent)
        + circle(-4, -38, 4, p.second),
    )


def heart(stage: Stage, x: float, y: float, size: float) -> str:
    """A glowing heart."""
    p = stage.palette
    tone = mix(p.near(20), "#ff6f7d", 0.35)
    body = path(
        "M0 -8C-70 -50 -44 -100 -20 -96Q-4 -94 0 -78Q4 -94 20 -96C44 -100 70 -50 0 -8Z", tone
    ) + ellipse(-22, -74, 8, 12, "#ffffff", opacity=0.45, turn=30)
    return halo(stage, x, y - size * 0.5, size * 1.1, tone, 0.45) + _at(x, y, size, body)


def egg(stage: Stage, x: float, y: float, size: float) -> str:
    """A great speckled egg."""
    p = stage.palette
    tone = p.tint(p.second, 0.5)
    body = path("M0 -100C30 -100 40 -54 40 -38A40 38 0 0 1 -40 -38C-40 -54 -30 -100 0 -100Z", tone)
    spots = "".join(
        circle(a, b, r, p.accent, opacity=0.8)
        for a, b, r in ((-14, -70, 7), (14, -54, 9), (-20, -36, 8), (6, -22, 6), (24, -30, 5), (6, -84, 5))
    )
    return _at(x, y, size, body + spots + ellipse(-14, -80, 6, 11, "#ffffff", opacity=0.5, turn=20))
