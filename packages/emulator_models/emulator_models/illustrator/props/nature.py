"""Things that grow, or last a season. Each is `size` high and stands on x, y."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import star_points
from emulator_models.illustrator.drawing.svg import circle, ellipse, line, path, polygon, rect
from emulator_models.illustrator.props.treasures import GOLD, at
from emulator_models.illustrator.scenery.interiors import WOOD
from emulator_models.illustrator.scenery.plants import round_tree
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import Stage


def sapling(stage: Stage, x: float, y: float, size: float) -> str:
    """A tree that is somebody: full crown with fruit."""
    p = stage.palette
    crown = p.leaf
    fruit = "".join(
        circle(x + a * size, y - b * size, size * 0.026, p.near(25))
        for a, b in ((-0.16, 0.62), (0.1, 0.72), (0.02, 0.54), (0.2, 0.58), (-0.08, 0.8))
    )
    return round_tree(stage, x, y, size, crown) + fruit


def campfire(stage: Stage, x: float, y: float, size: float) -> str:
    """A fire on crossed logs."""
    p = stage.palette
    wood = p.shade(p.tinge("#7a5230"), 0.1)
    logs = "".join(line([(-s * 42, -4), (s * 36, -20)], wood, 13) for s in (-1, 1)) + "".join(
        circle(s * 46, -4, 9, p.tinge("#9a9790")) for s in (-1, -0.4, 0.4, 1)
    )
    flames = (
        path("M0 -100Q40 -60 30 -26Q0 -6 -30 -26Q-40 -50 -14 -66Q-10 -84 0 -100Z", "#f0762e")
        + path("M2 -72Q24 -46 18 -24Q0 -12 -18 -24Q-20 -44 2 -72Z", "#fbb040")
        + path("M0 -46Q12 -32 8 -20Q0 -14 -8 -20Q-10 -32 0 -46Z", "#fff0b3")
    )
    return halo(stage, x, y - size * 0.4, size * 1.7, "#ffb45c", 0.55) + at(x, y, size, flames + logs)


def sunflower(stage: Stage, x: float, y: float, size: float) -> str:
    """A sunflower as tall as a child."""
    p = stage.palette
    green = p.tinge("#5c9a4c")
    petals = polygon(star_points(0, -80, 24, 13, 14), GOLD) + polygon(
        star_points(0, -80, 20, 12, 14, -77), mix(GOLD, p.accent, 0.3)
    )
    leaves = path("M0 -26Q26 -48 34 -34Q22 -18 0 -22Z", green) + path(
        "M0 -38Q-26 -60 -34 -46Q-22 -30 0 -34Z", p.shade(green, 0.15)
    )
    return at(
        x,
        y,
        size,
        line([(0, 0), (-2, -40), (0, -76)], green, 5) + leaves + petals + circle(0, -80, 11, p.tinge("#6b4226")),
    )


def snowman(stage: Stage, x: float, y: float, size: float) -> str:
    """A snowman with a scarf and a hat."""
    p = stage.palette
    white, blue, ink = mix(p.light, "#ffffff", 0.6), mix(p.sky_top, "#ffffff", 0.55), p.dark
    body = circle(0, -26, 28, white) + ellipse(8, -20, 19, 18, blue, opacity=0.35) + circle(0, -64, 20, white)
    arms = line([(-24, -38), (-44, -54)], p.tinge(WOOD), 3) + line([(24, -38), (44, -56)], p.tinge(WOOD), 3)
    face = (
        "".join(circle(a, -68, 2.4, ink) for a in (-7, 7))
        + polygon([(0, -64), (17, -60), (0, -58)], "#f08c2e")
        + "".join(circle(0, b, 2.4, ink) for b in (-38, -26, -14))
    )
    hat = (
        rect(-20, -84, 40, 5, ink, round_=2) + rect(-13, -101, 26, 20, ink, round_=3) + rect(-13, -90, 26, 5, p.accent)
    )
    return at(
        x,
        y,
        size,
        arms + body + face + rect(-18, -52, 36, 8, p.accent, round_=4) + rect(8, -50, 8, 22, p.accent, round_=3) + hat,
    )


def nest(stage: Stage, x: float, y: float, size: float) -> str:
    """A nest with three eggs."""
    p = stage.palette
    twig = p.tinge("#8c6239")
    eggs = "".join(ellipse(a, -66, 22, 30, p.tint(p.second, 0.55), turn=a / 2) for a in (-34, 0, 34))
    straw = "".join(
        line(
            [(-80 + 9 * i, -50 + 12 * (i % 3)), (-50 + 7 * i, -16 - 7 * (i % 2))],
            p.shade(twig, 0.12 * (i % 4)),
            5,
        )
        for i in range(17)
    )
    return at(x, y, size, eggs + path("M-84 -54Q0 -30 84 -54Q70 0 0 0Q-70 0 -84 -54Z", twig) + straw)
