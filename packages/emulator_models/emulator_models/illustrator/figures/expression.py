"""What a mood does to eyes, brows and mouth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from emulator_models.illustrator.drawing.color import SHADE, darker, lighter, lightness, mix
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import smooth_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.model import Mood, Pose

_INK = "#33222b"


@dataclass(frozen=True)
class Expression:
    """`open` scales the eye, `lid` is the share of it a lid covers, `gaze` moves the iris in px;
    `inner` and `outer` lift the brow's ends; `mouth` is a drawn kind."""

    open: float = 1.0
    lid: float = 0.0
    gaze: Point = (1.3, 0.3)
    inner: float = 0.0
    outer: float = 0.0
    mouth: str = "smile"
    eyes: Literal["open", "asleep", "delighted"] = "open"


EXPRESSIONS: dict[Mood, Expression] = {
    "joyful": Expression(1.04, 0.0, (1.2, -0.4), 2.5, 2.0, "laugh"),
    "calm": Expression(0.94, 0.16, (1.2, 0.4), 0.0, 0.0, "smile"),
    "curious": Expression(1.1, 0.0, (2.2, -2.0), 3.5, 5.5, "oh"),
    "worried": Expression(1.05, 0.0, (2.2, 0.8), 6.0, -3.0, "wavy"),
    "brave": Expression(0.96, 0.14, (1.8, -0.2), -3.5, 3.0, "grin"),
    "sleepy": Expression(0.95, 0.52, (1.0, 1.6), -0.5, -1.5, "small"),
    "surprised": Expression(1.22, 0.0, (0.8, 0.0), 6.5, 6.0, "round"),
    "sad": Expression(0.98, 0.22, (0.8, 2.4), 5.5, -4.0, "frown"),
}


def expression_of(mood: Mood, pose: Pose) -> Expression:
    """A mood's face in a pose: sleepers' eyes are shut, and so are those of a happy hug."""
    expression = EXPRESSIONS[mood]
    if pose == "sleeping":
        return replace(expression, eyes="asleep", mouth="small")
    if pose == "hugging" and mood in ("joyful", "calm"):
        return replace(expression, eyes="delighted", mouth="smile")
    return expression


def draw_eye(pen: Pen, look: Look, at: Point, side: int, expression: Expression, size: float) -> None:
    """One eye; `side` is -1 or +1, `size` half its height when plainly open."""
    x, y = at
    if expression.eyes != "open":
        asleep = expression.eyes == "asleep"
        dip = 4.5 if asleep else -6.5
        pen.line(
            [(x - 9, y + 1), (x - 4, y + 1 + dip * 0.8), (x + 4, y + 1 + dip * 0.8), (x + 9, y + 1)],
            _INK,
            2.8,
        )
        if asleep:
            pen.line([(x + side * 8.5, y + 2), (x + side * 12, y + 4.5)], _INK, 2.2)
        return
    down = "down_syndrome" in look
    heritage = look.heritage
    tilt = -side * (13.0 if down else -heritage.tilt)
    high = size * expression.open * (0.8 if down else heritage.eye if look.human else 1.0)
    wide = 8.4 if look.human else 8.8
    with pen.moved(x, y, tilt):
        almond = [(-wide, 0.6), (-wide * 0.62, -high * 0.78), (0, -high), (wide * 0.66, -high * 0.74), (wide, 0.2),
                  (wide * 0.62, high * 0.74), (0, high * 0.94), (-wide * 0.6, high * 0.76)]  # fmt: skip
        d = smooth_loop(almond)
        pen.path(d, "#fffdf8")
        with pen.clipped(d):
            _iris(pen, look, side, expression, high)
            if expression.lid:
                edge = -high + expression.lid * 2 * high
                lid = darker(look.skin, 0.1)
                pen.path(
                    f"M-12,{-high - 3:.1f}L12,{-high - 3:.1f}L12,{edge:.1f}Q0,{edge - 3:.1f} -12,{edge:.1f}Z",
                    lid,
                )
        if expression.lid:
            pen.line([almond[0], almond[1], almond[2], almond[3], almond[4]], darker(look.skin, 0.1), 2.2)
        _lid_line(pen, look, side, expression, wide, high, down)


def _iris(pen: Pen, look: Look, side: int, expression: Expression, high: float) -> None:
    gx, gy = expression.gaze
    if (
        "eye_patch_strabismus" in look
        and not look.text.has("patch")
        and side in look.sides("strabismus|squint|eye", "eye")
    ):
        gx = -side * 5.0
    r = min(6.9, high * 0.86)
    iris = look.eyes
    pen.ellipse((gx, gy), r, r * 1.06, darker(iris, 0.35))
    pen.ellipse((gx, gy + 0.8), r * 0.84, r * 0.86, iris)
    pen.ellipse((gx, gy + 2.6), r * 0.55, r * 0.4, lighter(iris, 0.35), opacity=0.7)
    pen.ellipse((gx, gy), r * 0.52, fill="#231820" if "albinism" not in look else "#6e4a5c")
    pen.ellipse((gx - 2.1, gy - 2.5), 2.2, fill="#ffffff")
    pen.ellipse((gx + 2.3, gy + 2.4), 1.0, fill="#ffffff", opacity=0.8)


def _lid_line(pen: Pen, look: Look, side: int, expression: Expression, wide: float, high: float, down: bool) -> None:
    top = -high + expression.lid * 2 * high - (2 if expression.lid else 0)
    ink = mix(_INK, "#a98a6a", 0.55) if "albinism" in look else _INK
    shape = [
        (-wide - 0.6, 0.8),
        (-wide * 0.6, max(-high * 0.8, top + 1)),
        (0, top),
        (wide * 0.66, max(-high * 0.76, top + 1)),
        (wide + 0.8, 0),
    ]
    pen.line(shape, ink, 2.6)
    pen.line([(side * wide, -1), (side * (wide + 4), -4.5)], ink, 2.1)
    if down or (look.human and look.heritage.fold):
        inner = -side * wide
        pen.line(
            [(inner, -high * 0.55), (inner - side * 2.6, 1), (inner - side * 0.6, 4)],
            darker(look.skin, 0.34),
            1.9,
        )
    elif look.human:
        crease = [(-wide * 0.7, -high - 2.2), (0, -high - 4.2), (wide * 0.75, -high - 2)]
        pen.line(crease, darker(look.skin, 0.3), 1.4, opacity=0.6)


def draw_brow(pen: Pen, look: Look, at: Point, side: int, expression: Expression) -> None:
    """One eyebrow."""
    x, y = at[0], at[1] - 19
    color = look.hair.color if look.human else darker(look.skin, 0.4)
    if lightness(color) > 0.61 and "albinism" not in look:
        color = darker(color, 0.28)
    if look.human and abs(lightness(color) - lightness(look.skin)) < 0.065:
        color = mix(color, "#170c12", 0.6)
    ends = (x - side * 9, y - expression.inner + 1), (x + side * 10, y - expression.outer + 1.5)
    middle = x + side * 1, (ends[0][1] + ends[1][1]) / 2 - 3.2
    pen.line([ends[0], middle, ends[1]], color, 3.3 * look.heritage.brow, opacity=0.92 if look.human else 0.6)


def draw_mouth(pen: Pen, look: Look, at: Point, expression: Expression) -> None:
    """The mouth; lips by heritage."""
    kind = expression.mouth
    full = look.heritage.lips if look.human else 1.0
    dark = look.human and lightness(look.skin) < 0.5
    lip = mix(look.skin, "#b8525c" if dark else "#c2474a", 0.55 if dark else 0.45) if look.human else SHADE
    with pen.moved(*at):
        if kind in ("laugh", "round", "oh"):
            _open_mouth(pen, kind, lip, full)
            return
        shapes: dict[str, list[Point]] = {
            "smile": [(-11, -2), (-5, 2.4), (1, 3.6), (7, 2), (12, -3)],
            "grin": [(-10, 0.5), (-3, 3), (4, 2.6), (10, -1), (14, -5)],
            "small": [(-6, 0), (0, 2), (6, 0)],
            "wavy": [(-10, 2.5), (-5, -0.5), (0, 1.8), (5, -0.6), (10, 2)],
            "frown": [(-10, 4.5), (-4, 0.5), (2, -0.4), (8, 1), (11, 4.2)],
        }
        if full > 1.05:
            pen.ellipse((0.5, 4.0 if kind != "frown" else 3.4), 7, 2.9 * full, lip, opacity=0.75)
        elif look.human:
            pen.line([(-4, 7.5), (0.5, 8.3), (5, 7.5)], lip, 2, opacity=0.5)
        pen.line(shapes[kind], mix(look.skin, "#190a10", 0.8) if dark else mix(lip, _INK, 0.55), 2.8)


def _open_mouth(pen: Pen, kind: str, lip: str, full: float) -> None:
    shapes: dict[str, list[Point]] = {
        "laugh": [(-14, -4), (-5, -2.6), (5, -2.8), (15, -5), (12, 5), (5, 10.5), (-3, 10.8), (-10, 6)],
        "round": [(-6, 2), (-4.5, -4.5), (1, -6), (6, -4), (7.5, 2.5), (5, 8.5), (0.5, 10), (-4, 8.4)],
        "oh": [(-4.5, 1), (-2.5, -2.4), (1, -3), (4.5, -2), (5.6, 1.4), (4, 4.6), (1, 5.6), (-3, 4.6)],
    }
    d = smooth_loop(shapes[kind])
    pen.path(d, "#6d2231", stroke=lip, width=1.6 + 1.6 * (full - 0.6))
    with pen.clipped(d):
        if kind == "laugh":
            pen.path("M-15,-7L16,-8L15,-0.6Q1,2.4 -14,-0.2Z", "#fffaf0")
        pen.ellipse((1.5, 11 if kind != "oh" else 7), 8, 5.4, "#e0757a")
