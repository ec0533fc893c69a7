"""Things of the playroom and the party. Each is `size` high and stands on x, y."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.svg import circle, ellipse, line, path, rect
from emulator_models.illustrator.props.treasures import GOLD, at
from emulator_models.illustrator.scenery.buildings import GLASS_LIT
from emulator_models.illustrator.scenery.interiors import WOOD
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import Stage


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
    return halo(stage, x, y - size * 0.9, size * 0.8, GLASS_LIT, 0.5) + at(x, y, size, body)


def ball(stage: Stage, x: float, y: float, size: float) -> str:
    """A beach ball."""
    p = stage.palette
    tones = (p.accent, mix(p.light, "#ffffff", 0.4), p.near(230), mix(p.light, "#ffffff", 0.4), p.near(85))
    body = circle(0, -50, 50, tones[0])
    body += path("M0 -100Q-46 -50 0 0Q-16 -50 0 -100Z", tones[1]) + path("M0 -100Q52 -50 0 0Q18 -50 0 -100Z", tones[2])
    body += path("M0 -100A50 50 0 0 0 0 0Q-46 -50 0 -100Z", tones[4]) + circle(0, -96, 6, tones[1])
    return at(x, y, size, body + ellipse(-20, -70, 10, 15, "#ffffff", opacity=0.4, turn=30))


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
    return at(x, y, size, body + bow + circle(0, -76, 8, p.shade(ribbon, 0.15)))


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
    return at(x, y, size, body + path("M-16 -49L0 -44L16 -49L12 -38L0 -44L-12 -38Z", p.accent))


def drum(stage: Stage, x: float, y: float, size: float) -> str:
    """A drum with its sticks."""
    p = stage.palette
    body = (
        rect(-48, -72, 96, 66, p.accent)
        + ellipse(0, -6, 48, 12, p.accent)
        + path("M-48 -66L-24 -2L0 -60L24 -2L48 -66", stroke=p.light, width=4)
    )
    body += ellipse(0, -72, 50, 14, p.shade(p.second, 0.2)) + ellipse(0, -74, 46, 12, mix(p.light, "#ffffff", 0.3))
    return at(
        x,
        y,
        size,
        body
        + "".join(
            line([(a, -80), (b, -112)], p.tinge(WOOD), 6) + circle(a, -80, 6, p.tinge(WOOD))
            for a, b in ((-10, -50), (14, 52))
        ),
    )


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
    return at(x, y, size, body)


def clock(stage: Stage, x: float, y: float, size: float) -> str:
    """A standing alarm clock with two bells."""
    p = stage.palette
    ink = p.dark
    body = "".join(
        line([(a, -12), (a * 1.5, 0)], ink, 6) + ellipse(a, -86, 14, 10, p.accent2, turn=-a) for a in (-22, 22)
    )
    body += (
        circle(0, -46, 40, p.accent)
        + circle(0, -46, 32, p.light)
        + "".join(
            circle(26 * math.cos(a * math.pi / 6), -46 + 26 * math.sin(a * math.pi / 6), 2, ink) for a in range(12)
        )
    )
    return at(x, y, size, body + line([(0, -46), (0, -66)], ink, 4) + line([(0, -46), (14, -38)], ink, 4))


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
    return at(
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
    body = path("M0 -8C-70 -50 -44 -100 -20 -96Q-4 -94 0 -78Q4 -94 20 -96C44 -100 70 -50 0 -8Z", tone) + ellipse(
        -22, -74, 8, 12, "#ffffff", opacity=0.45, turn=30
    )
    return halo(stage, x, y - size * 0.5, size * 1.1, tone, 0.45) + at(x, y, size, body)
