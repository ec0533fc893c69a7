"""Things that are somebody: a bean, a drop, a cloud with a face, and those too unlike people to be figures."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter, mix
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, group, line, path, rect
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import Stage

_INK, _BLUSH = "#2c2429", "#e2604f"


def face(x: float, y: float, r: float) -> str:
    """Two eyes and a small smile, `r` units from the middle to an eye."""
    eyes = "".join(
        ellipse(x + s * r, y, r * 0.34, r * 0.42, _INK) + circle(x + s * r - r * 0.1, y - r * 0.15, r * 0.13, "#ffffff")
        for s in (-1, 1)
    )
    cheeks = "".join(ellipse(x + s * r * 1.5, y + r * 0.65, r * 0.36, r * 0.24, _BLUSH, opacity=0.4) for s in (-1, 1))
    return eyes + cheeks + line([(x - r * 0.5, y + r * 0.7), (x, y + r), (x + r * 0.5, y + r * 0.7)], _INK, r * 0.16)


def bean(stage: Stage, x: float, y: float, size: float) -> str:
    """A round bean with a buttoned coat."""
    coat = "#b5765a"
    body = blob([(-34, -2), (-46, -40), (-30, -90), (10, -98), (40, -72), (34, -40), (40, -12), (20, 0)], coat)
    shine = blob([(-30, -60), (-22, -82), (-8, -88), (-16, -62)], lighter(coat, 0.45), opacity=0.6)
    buttons = "".join(circle(0, at, 4, darker(coat, 0.4)) for at in (-28.0, -14.0))
    sprout = line([(8, -96), (12, -112), (24, -116)], "#7fae4f", 5)
    return group(body + shine + buttons + sprout + face(-2, -62, 15), x=x, y=y, scale=size / 115)


def raindrop(stage: Stage, x: float, y: float, size: float) -> str:
    """A round drop of water on a leaf."""
    blue = mix("#5fb4e5", stage.palette.light, 0.15)
    leaf = blob([(-70, 2), (-30, -12), (30, -12), (72, -2), (20, 8)], "#7fae4f")
    drop = path("M0 -112Q46 -58 42 -36A42 42 0 0 1 -42 -36Q-46 -58 0 -112Z", blue)
    shine = ellipse(-18, -62, 8, 15, "#ffffff", opacity=0.6, turn=25)
    return group(leaf + drop + shine + face(2, -40, 15), x=x, y=y, scale=size / 115)


def thundercloud(stage: Stage, x: float, y: float, size: float) -> str:
    """A grey cloud that rains."""
    grey = mix("#8b93a8", stage.palette.light, 0.15)
    puffs = ((-58.0, -44.0, 34.0), (-20.0, -66.0, 42.0), (28.0, -62.0, 40.0), (62.0, -42.0, 30.0), (0.0, -38.0, 44.0))
    body = "".join(circle(px, py, r, grey) for px, py, r in puffs)
    rain = "".join(line([(rx, -2), (rx - 5, 14)], "#6fb0dd", 5) for rx in (-52, -24, 4, 32, 58))
    return group(body + rain + face(0, -48, 20), x=x, y=y - size * 0.1, scale=size / 110)


def little_comet(stage: Stage, x: float, y: float, size: float) -> str:
    """A comet near by, small and bright, with its tail."""
    glow = "#bfe6ff"
    tail = "".join(
        blob([(0, -52 + k), (70, -96 + 16 * k / 9), (112, -112 + 3 * k), (60, -60 + k)], glow, opacity=0.35)
        for k in (-18, 0, 18)
    )
    head = circle(0, -42, 36, lighter(glow, 0.35)) + face(0, -44, 14)
    return halo(stage, x, y - size * 0.42, size * 1.2, glow, 0.6) + group(tail + head, x=x, y=y, scale=size / 105)


def bookworm(stage: Stage, x: float, y: float, size: float) -> str:
    """A worm with spectacles."""
    green = "#9fbf5f"
    body = line([(-62, -8), (-36, -22), (-14, -6), (8, -22), (20, -60)], green, 26)
    rings = "".join(
        line([(px, py - 10), (px + 4, py + 10)], darker(green, 0.2), 3) for px, py in ((-44, -16), (-6, -8))
    )
    head = circle(22, -72, 27, green) + face(22, -74, 11)
    glasses = "".join(ellipse(22 + s * 12, -74, 11, 11, "none", stroke=_INK, width=2.5) for s in (-1, 1))
    return group(body + rings + head + glasses, x=x, y=y, scale=size / 100)


def computer(stage: Stage, x: float, y: float, size: float) -> str:
    """A wall of screens with one great face."""
    case = rect(-62, -100, 124, 100, "#3b4252", round_=8)
    screen = rect(-36, -88, 72, 50, "#8fd0d6", round_=6) + face(0, -66, 13)
    small = "".join(
        rect(-54 + 22 * k, -32, 18, 13, ("#e8a15a", "#d7668a", "#8fd0d6", "#b7d46a", "#e8c95a")[k], round_=2)
        for k in range(5)
    )
    lights = "".join(circle(-48 + 12 * k, -9, 3, "#f3c54c" if k % 2 else "#e8615a") for k in range(9))
    crack = line([(20, -86), (14, -74), (24, -64)], _INK, 1.5)
    return group(case + screen + small + lights + crack, x=x, y=y, scale=size / 100)


def mermaid(stage: Stage, x: float, y: float, size: float) -> str:
    """A woman of the people of the sea, upright on a tail."""
    locks = blob([(-24, -96), (0, -108), (24, -96), (30, -60), (22, -40), (-22, -40), (-30, -60)], SEA_HAIR)
    return group(
        locks + _of_the_sea("#3fa08f", rect(-15, -58, 30, 12, "#d97f9a", round_=5)), x=x, y=y, scale=size / 112
    )


def merman(stage: Stage, x: float, y: float, size: float) -> str:
    """A man of the people of the sea, with a crown of shells."""
    crown = "".join(circle(at, -103, 4, "#f0d9a8") for at in (-10, 0, 10))
    return group(_of_the_sea("#3f78a0", crown), x=x, y=y, scale=size / 112)


SEA_HAIR = "#3f6f73"


def _of_the_sea(tail: str, worn: str) -> str:
    skin, hair = "#d9a37c", SEA_HAIR
    arms = line([(-12, -58), (-34, -44), (-28, -30)], skin, 8) + line([(12, -58), (36, -64), (44, -82)], skin, 8)
    body = blob([(-15, -62), (0, -66), (15, -62), (13, -36), (-13, -36)], skin)
    fins = blob([(20, -8), (44, -22), (52, -8), (40, 0), (50, 10), (26, 6)], darker(tail, 0.12))
    fish = blob([(-16, -40), (16, -40), (14, -18), (30, -6), (20, 4), (-2, -2), (-14, -18)], tail)
    head = (
        circle(0, -82, 19, skin)
        + blob([(-20, -84), (-12, -102), (12, -102), (20, -84), (0, -94)], hair)
        + face(0, -81, 8)
    )
    return fins + fish + body + arms + head + worn


_PEOPLE = (
    (-66.0, 84.0, "#8d5a3c", "#c96f5a", "#2b2227"),
    (-34.0, 100.0, "#e8bd98", "#5f86a8", "#8d4a28"),
    (0.0, 76.0, "#c68f63", "#d9a94f", "#54331f"),
    (34.0, 96.0, "#5f3d2a", "#7a9a68", "#241b20"),
    (66.0, 80.0, "#f0cdb0", "#9a7bb0", "#d9ad5f"),
)  # where each stands, how tall, and the colors of skin, coat and hair


def crowd(stage: Stage, x: float, y: float, size: float) -> str:
    """Five people in the background, large and small."""
    shown = ""
    for px, tall, skin, coat, hair in _PEOPLE:
        left, right, waist, neck, eyes = px - 15, px + 15, -tall * 0.62, -tall * 0.66, -tall * 0.8
        body = f"M{left} 0Q{px - 17} {waist} {px} {neck}Q{px + 17} {waist} {right} 0Z"
        locks = f"M{left} {eyes}Q{px} {-tall * 1.12} {right} {eyes}Q{px} {-tall * 0.96} {left} {eyes}Z"
        shown += path(body, mix(coat, stage.palette.sky_low, 0.12)) + circle(px, eyes, tall * 0.16, skin)
        shown += path(locks, hair)
    return group(shown, x=x, y=y, scale=size / 100)
