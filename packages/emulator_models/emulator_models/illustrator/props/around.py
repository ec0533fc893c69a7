"""Things that stand about a place: a table laid, a tower with its clock, boxes, jars."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter, mix
from emulator_models.illustrator.drawing.geometry import star_points
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, group, line, path, polygon, rect
from emulator_models.illustrator.stage import Stage

_WOOD, _GOLD, _INK = "#a9764a", "#e0ad45", "#2c2429"


def clock_tower(stage: Stage, x: float, y: float, size: float) -> str:
    """A tower with a clock under its roof."""
    stone = mix("#c9a98a", stage.palette.light, 0.12)
    body = (
        rect(-16, -78, 32, 78, stone)
        + rect(-19, -80, 38, 5, darker(stone, 0.2))
        + rect(-5, -14, 10, 14, "#6b4a35", round_=5)
    )
    roof = polygon([(-20, -80), (0, -106), (20, -80)], "#8a4f4a") + line([(0, -106), (0, -114)], _GOLD, 2)
    dial = circle(0, -62, 12, "#fff6e0") + ellipse(0, -62, 12, 12, "none", stroke=_GOLD, width=2)
    hands = line([(0, -62), (0, -70)], _INK, 1.8) + line([(0, -62), (6, -62)], _INK, 1.8)
    windows = "".join(rect(-3, at, 6, 9, "#f7d98a", round_=3) for at in (-40.0, -28.0))
    return group(body + roof + dial + hands + windows, x=x, y=y, scale=size / 112)


def cogs(stage: Stage, x: float, y: float, size: float) -> str:
    """Three brass wheels, one in the other."""
    shown = ""
    for px, py, r, tone in ((-34.0, -40.0, 40.0, 0.0), (34.0, -66.0, 30.0, 0.15), (40.0, -22.0, 20.0, 0.3)):
        brass = darker("#d6a445", tone)
        shown += polygon(star_points(px, py, r, r * 0.8, 12), brass) + circle(px, py, r * 0.8, brass)
        shown += circle(px, py, r * 0.52, darker(brass, 0.3)) + circle(px, py, r * 0.2, lighter(brass, 0.3))
    return group(shown, x=x, y=y, scale=size / 100)


def bell(stage: Stage, x: float, y: float, size: float) -> str:
    """A bell on its hook."""
    body = path("M-34 -14Q-24 -30 -24 -56A24 24 0 0 1 24 -56Q24 -30 34 -14Z", _GOLD)
    hook = ellipse(0, -88, 9, 9, "none", stroke=darker(_GOLD, 0.3), width=5)
    shine = blob([(-16, -26), (-16, -60), (-8, -72), (-8, -28)], lighter(_GOLD, 0.5), opacity=0.6)
    return group(hook + body + shine + circle(0, -9, 8, darker(_GOLD, 0.35)), x=x, y=y, scale=size / 98)


def table(stage: Stage, x: float, y: float, size: float) -> str:
    """A table laid for a party."""
    cloth = mix("#f4ecd8", stage.palette.light, 0.2)
    legs = "".join(rect(px - 5, -60, 10, 60, _WOOD) for px in (-92, 92))
    top = blob([(-118, -84), (118, -84), (124, -58), (62, -50), (0, -58), (-62, -50), (-124, -58)], cloth)
    cups = "".join(
        rect(px - 9, -102, 18, 20, tone, round_=4) for px, tone in ((-78, "#d7668a"), (-20, "#5f9fc0"), (60, "#7fae4f"))
    )
    plates = "".join(ellipse(px, -84, 20, 5, "#ffffff") for px in (-48, 22, 92))
    return group(legs + top + plates + cups, x=x, y=y, scale=size / 104)


def boxes(stage: Stage, x: float, y: float, size: float) -> str:
    """Cardboard boxes, one on the other."""
    card = "#c99d6b"
    shown = ""
    for px, py, side in ((-58.0, 0.0, 56.0), (2.0, 0.0, 60.0), (-30.0, -57.0, 44.0)):
        shown += rect(px, py - side, side, side, card, round_=3) + rect(
            px + side * 0.4, py - side, side * 0.16, side, "#e0c08f"
        )
        shown += rect(px, py - side, side, 5, darker(card, 0.2))
    return group(shown, x=x, y=y, scale=size / 102)


def jar(stage: Stage, x: float, y: float, size: float) -> str:
    """Three glass jars, each with a color of its own."""
    shown = ""
    for px, tall, tone in ((-40.0, 78.0, "#e8615a"), (0.0, 96.0, "#f2b632"), (40.0, 70.0, "#5f9fd0")):
        shown += rect(px - 17, -tall, 34, tall, "#e6f0f2", round_=8, opacity=0.9)
        shown += rect(px - 14, -tall * 0.72, 28, tall * 0.68, tone, round_=6) + rect(
            px - 13, -tall - 8, 26, 11, _WOOD, round_=3
        )
    return group(shown, x=x, y=y, scale=size / 104)


def mushroom(stage: Stage, x: float, y: float, size: float) -> str:
    """A big mushroom and a small one."""
    big = _mushroom("#d0694f")
    return group(group(big, x=-16) + group(_mushroom("#e0a04f"), x=42, scale=0.58), x=x, y=y, scale=size / 100)


def _mushroom(tone: str) -> str:
    stem = path("M-13 0Q-8 -40 -10 -60H10Q8 -40 13 0Z", "#f3e6cf")
    cap = path("M-46 -55Q0 -145 46 -55Q0 -42 -46 -55Z", tone)
    return stem + cap + "".join(circle(dx, -72, 6, "#fff3dc") for dx in (-22, 2, 24))


def swing(stage: Stage, x: float, y: float, size: float) -> str:
    """A swing in its frame."""
    frame = (
        line([(-62, 0), (-44, -98)], _WOOD, 7)
        + line([(62, 0), (44, -98)], _WOOD, 7)
        + line([(-48, -98), (48, -98)], _WOOD, 8)
    )
    ropes = line([(-20, -96), (-20, -30)], "#7a6a5a", 2.5) + line([(20, -96), (20, -30)], "#7a6a5a", 2.5)
    return group(frame + ropes + rect(-25, -33, 50, 7, "#c0504a", round_=3), x=x, y=y, scale=size / 100)


def footprints(stage: Stage, x: float, y: float, size: float) -> str:
    """A line of tracks over the ground."""
    ink = stage.palette.dark
    shown = ""
    for k in range(4):
        px, py = -58 + 36 * k, -14 - 22 * k
        shown += ellipse(px, py, 20, 10, ink, opacity=0.55)
        shown += "".join(ellipse(px + 26, py + dy, 6, 4, ink, opacity=0.55) for dy in (-8, 0, 8))
    return group(shown, x=x, y=y, scale=size / 100)


def beehive(stage: Stage, x: float, y: float, size: float) -> str:
    """A white wooden hive."""
    wood = "#f1ebdd"
    legs = rect(-30, -12, 7, 12, _WOOD) + rect(23, -12, 7, 12, _WOOD)
    body = "".join(rect(-36, -40 - 27 * k, 72, 25, darker(wood, 0.06 * k), round_=3) for k in range(2))
    roof = polygon([(-44, -66), (-36, -84), (36, -84), (44, -66)], "#8fa3a8")
    bees = "".join(
        ellipse(px, py, 6, 4, "#f2c23e") + ellipse(px - 1, py - 5, 4, 3, "#eef6fb")
        for px, py in ((54, -70), (-58, -48), (46, -98))
    )
    return group(legs + body + roof + rect(-10, -22, 20, 6, "#4a3a30", round_=3) + bees, x=x, y=y, scale=size / 100)


def umbrella(stage: Stage, x: float, y: float, size: float) -> str:
    """An open umbrella."""
    tone = stage.palette.accent
    stick = line([(0, -60), (0, -12), (8, -2), (16, -10)], _WOOD, 4)
    top = path(
        "M-56 -56Q-50 -104 0 -106Q50 -104 56 -56Q42 -66 28 -56Q14 -66 0 -56Q-14 -66 -28 -56Q-42 -66 -56 -56Z", tone
    )
    return group(stick + top + line([(0, -106), (0, -112)], _WOOD, 4), x=x, y=y, scale=size / 112)


def harp(stage: Stage, x: float, y: float, size: float) -> str:
    """A great harp."""
    frame = line([(-34, 0), (-30, -88), (-10, -104), (10, -84), (44, -80), (30, -30), (-28, -2)], _GOLD, 8)
    strings = "".join(line([(-24 + 9 * k, -8 - 5 * k), (-20 + 9 * k, -86 + 1.5 * k)], "#fff6e0", 1.4) for k in range(7))
    return group(strings + frame, x=x, y=y, scale=size / 108)


def tram(stage: Stage, x: float, y: float, size: float) -> str:
    """A tram that flies."""
    body = rect(-90, -72, 180, 50, "#d9dfe6", round_=22) + rect(-90, -42, 180, 8, "#d0574f")
    glass = "".join(rect(-74 + 31 * k, -64, 24, 18, "#8fd0d6", round_=5) for k in range(5))
    jets = "".join(ellipse(px, -16, 16, 6, "#f7d98a", opacity=0.8) for px in (-56, 56))
    return group(jets + body + glass, x=x, y=y, scale=size / 75)
