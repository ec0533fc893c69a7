"""Large things that a story happens at: an armchair, a ladder, a mill, a van, a dome of glass."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter, mix
from emulator_models.illustrator.drawing.svg import blob, circle, group, line, path, polygon, rect
from emulator_models.illustrator.stage import Stage

_WOOD, _INK = "#a9764a", "#2c2429"


def armchair(stage: Stage, x: float, y: float, size: float) -> str:
    """An armchair with a cushion."""
    cloth = mix(stage.palette.accent, "#8a5a4a", 0.35)
    back = blob([(-44, -20), (-48, -82), (-26, -100), (26, -100), (48, -82), (44, -20)], darker(cloth, 0.1))
    arms = "".join(rect(s * 48 - 13, -56, 26, 50, cloth, round_=12) for s in (-1, 1))
    seat = rect(-40, -44, 80, 34, lighter(cloth, 0.12), round_=10) + rect(
        -20, -72, 40, 30, lighter(cloth, 0.4), round_=9
    )
    feet = "".join(rect(s * 44 - 5, -8, 10, 8, _WOOD) for s in (-1, 1))
    return group(feet + back + seat + arms, x=x, y=y, scale=size / 100)


def ladder(stage: Stage, x: float, y: float, size: float) -> str:
    """A ladder, leaning."""
    rails = line([(-18, 0), (-2, -100)], _WOOD, 5) + line([(12, 0), (28, -100)], _WOOD, 5)
    rungs = "".join(
        line([(-18 + 2.5 * k, -12 - 15 * k), (12 + 2.5 * k, -12 - 15 * k)], darker(_WOOD, 0.15), 4) for k in range(6)
    )
    return group(rungs + rails, x=x, y=y, scale=size / 100)


def mill(stage: Stage, x: float, y: float, size: float) -> str:
    """A windmill."""
    wall = mix("#e9dcc6", stage.palette.light, 0.15)
    body = polygon([(-22, 0), (-14, -66), (14, -66), (22, 0)], wall) + rect(-6, -16, 12, 16, "#6b4a35", round_=5)
    cap = path("M-17 -64Q0 -92 17 -64Z", "#8a4f4a")
    sails = "".join(
        line([(0, -68), (dx, -68 + dy)], _WOOD, 5) for dx, dy in ((30, -30), (-30, 30), (30, 30), (-30, -30))
    )
    return group(body + cap + sails + circle(0, -68, 4, _INK), x=x, y=y, scale=size / 100)


def van(stage: Stage, x: float, y: float, size: float) -> str:
    """A removal van."""
    tone = stage.palette.accent
    body = rect(-90, -88, 118, 72, "#f1ebdd", round_=6) + rect(28, -62, 56, 46, tone, round_=10)
    glass = rect(46, -56, 32, 20, "#bfe0e8", round_=5) + rect(-90, -50, 118, 8, tone)
    wheels = "".join(circle(px, -14, 14, _INK) + circle(px, -14, 6, "#c9c9cf") for px in (-56.0, 54.0))
    return group(body + glass + wheels, x=x, y=y, scale=size / 90)


def dome(stage: Stage, x: float, y: float, size: float) -> str:
    """A dome of glass, green inside."""
    shell = path("M-100 0A100 96 0 0 1 100 0Z", mix("#cfeaf0", stage.palette.light, 0.2), opacity=0.75)
    green = "".join(circle(px, -16, 17, "#6fae5f", opacity=0.9) for px in (-56.0, -18.0, 22.0, 58.0))
    ribs = "".join(
        path(f"M{-100 + k} 0A{100 - k} 96 0 0 1 {100 - k} 0", stroke="#7fa3ad", width=2.5) for k in (0, 40, 76)
    )
    return group(green + shell + ribs + line([(-100, 0), (100, 0)], "#7fa3ad", 5), x=x, y=y, scale=size / 98)
