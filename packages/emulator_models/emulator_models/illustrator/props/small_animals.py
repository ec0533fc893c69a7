"""Animals that are part of a place: a duck on the water, a cat asleep."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, group, line, polygon
from emulator_models.illustrator.stage import Stage

_INK, _BEAK = "#2c2429", "#f2a63a"


def duck(stage: Stage, x: float, y: float, size: float) -> str:
    """A duck, seen from the side."""
    coat = "#f4ecd8"
    body = blob([(-60, -34), (-40, -58), (0, -46), (26, -60), (46, -40), (36, -6), (-30, -4)], coat)
    wing = blob([(-40, -36), (-10, -44), (14, -26), (-16, -14)], darker(coat, 0.1))
    head = circle(38, -74, 22, coat) + circle(44, -80, 3.4, _INK) + polygon([(56, -78), (80, -70), (56, -64)], _BEAK)
    return group(body + wing + head, x=x, y=y, scale=size / 100)


def sleeping_cat(stage: Stage, x: float, y: float, size: float) -> str:
    """A cat curled up asleep."""
    coat = "#8d8f9b"
    body = blob([(-70, -6), (-66, -44), (-20, -66), (40, -58), (70, -26), (62, 0), (-30, 4)], coat)
    tail = line([(62, -8), (20, 4), (-30, -2)], darker(coat, 0.18), 13)
    ears = polygon([(-72, -54), (-66, -82), (-48, -64)], coat) + polygon([(-40, -66), (-26, -84), (-20, -58)], coat)
    head = ellipse(-46, -40, 32, 27, lighter(coat, 0.08)) + ears
    eyes = line([(-62, -40), (-56, -36), (-50, -40)], _INK, 2.5) + line([(-40, -40), (-34, -36), (-28, -40)], _INK, 2.5)
    return group(body + tail + head + eyes, x=x, y=y, scale=size / 85)


def snail(stage: Stage, x: float, y: float, size: float) -> str:
    """A snail under its house."""
    skin, house = "#d9c08f", "#b5765a"
    body = blob([(-70, 0), (-50, -14), (30, -12), (56, -40), (78, -38), (74, -12), (50, 0)], skin)
    horns = line([(66, -38), (62, -62)], skin, 5) + line([(74, -38), (82, -60)], skin, 5)
    tips = circle(62, -64, 5, _INK) + circle(82, -62, 5, _INK)
    shell = circle(-8, -42, 38, house) + circle(-6, -42, 25, lighter(house, 0.25)) + circle(-4, -42, 12, house)
    return group(body + horns + tips + shell, x=x, y=y, scale=size / 80)


def fish(stage: Stage, x: float, y: float, size: float) -> str:
    """Two bright fish."""
    shown = ""
    for px, py, color in ((-34.0, -66.0, "#f08c4a"), (30.0, -30.0, "#e8c95a")):
        shown += blob([(px - 30, py), (px, py - 20), (px + 28, py), (px, py + 20)], color)
        shown += polygon([(px - 26, py), (px - 46, py - 16), (px - 46, py + 16)], darker(color, 0.12))
        shown += circle(px + 14, py - 4, 3.4, _INK) + line(
            [(px - 4, py - 14), (px + 2, py), (px - 4, py + 14)], "#ffffff", 3
        )
    return group(shown, x=x, y=y, scale=size / 100)


def bees(stage: Stage, x: float, y: float, size: float) -> str:
    """A cloud of bees."""
    shown = ""
    for px, py in ((-50.0, -20.0), (-18.0, -66.0), (20.0, -34.0), (52.0, -78.0), (64.0, -16.0)):
        shown += "".join(ellipse(px + dx, py - 13, 9, 7, "#eef6fb", opacity=0.9) for dx in (-6, 6))
        shown += ellipse(px, py, 17, 11, "#f2c23e") + circle(px + 11, py - 2, 2.4, _INK)
        shown += "".join(line([(px + dx, py - 9), (px + dx, py + 9)], _INK, 3.4) for dx in (-8, 0))
    return group(shown, x=x, y=y, scale=size / 95)
