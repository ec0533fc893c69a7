"""Walker, crutches and canes, each with its tips on the ground."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point, lerp
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.rig import Rig

_FRAMES = ("#e0564a", "#2f8fc4", "#7a52b8", "#35a06a", "#f0a63a")
_METAL = "#aeb4c2"


def draw_walking_aids_behind(pen: Pen, look: Look, rig: Rig) -> None:
    """The far half of a walker, the far crutch."""
    if "walker_gait_trainer" in look:
        with pen.marking("walker_gait_trainer"):
            _frame(pen, _color(look, "walker|frame|trainer"), _grips(rig)[1], rig.size, far=True)
    if "far" in rig.holds("crutches_cane"):
        with pen.marking("crutches_cane"):
            _crutch(pen, look, rig, 1)


def draw_walking_aids(pen: Pen, look: Look, rig: Rig) -> None:
    """The near half of a walker, the near crutch, the white cane."""
    if "walker_gait_trainer" in look:
        with pen.marking("walker_gait_trainer"):
            _walker_near(pen, look, rig)
    if "near" in rig.holds("crutches_cane"):
        with pen.marking("crutches_cane"):
            _crutch(pen, look, rig, -1)
    for hand in rig.holds("white_cane"):
        with pen.marking("white_cane"):
            _white_cane(pen, rig, (rig.bones.near if hand == "near" else rig.bones.far).end)


def _color(look: Look, noun: str) -> str:
    return look.text.color(noun) or look.text.pick("frame", _FRAMES)


def _grips(rig: Rig) -> tuple[Point, Point]:
    return rig.bones.near.end, rig.bones.far.end


def _walker_near(pen: Pen, look: Look, rig: Rig) -> None:
    color, u = _color(look, "walker|frame|trainer"), rig.size
    near, far = _grips(rig)
    low = -46 * u
    pen.line([(near[0] + 30 * u, low), (far[0] + 34 * u, low - 6 * u)], darker(color, 0.2), 6 * u)
    _frame(pen, color, near, u, far=False)


def _frame(pen: Pen, color: str, grip: Point, u: float, *, far: bool) -> None:
    paint = darker(color, 0.25) if far else color
    x, y = grip[0], grip[1] + 4 * u
    ground = -8 * u if far else 0.0
    front, back = (x + 40 * u, ground - 15 * u), (x - 44 * u, ground - 15 * u)
    pen.line([(x - 30 * u, y + 2 * u), (x + 22 * u, y), (x + 32 * u, y + 22 * u), front], paint, 6.5 * u)
    pen.line([(x - 30 * u, y + 2 * u), (x - 38 * u, y + 26 * u), back], paint, 6.5 * u)
    pen.line([(x - 40 * u, -46 * u + ground), (x + 36 * u, -46 * u + ground)], paint, 5.5 * u)
    if not far:
        pen.line([(x - 24 * u, y + 1), (x + 16 * u, y - 1)], lighter(color, 0.5), 2)
    pen.line([(x - 12 * u, y + 1), (x + 16 * u, y)], "#3a3742", 9 * u)
    for wx, wy in (front, back):
        r = 14 * u
        pen.ellipse((wx, wy + 1), r, fill="#3a3742")
        pen.ellipse((wx, wy + 1), r * 0.55, fill="#d4d8e0")
        pen.ellipse((wx, wy + 1), r * 0.22, fill=paint)


def _crutch(pen: Pen, look: Look, rig: Rig, side: int) -> None:
    color = _color(look, "crutch|crutches|stick|cane")
    u, limb = rig.size, rig.bones.near if side < 0 else rig.bones.far
    hand, length = limb.end, (rig.bones.build.leg + 26 * u) * 0.94
    drop = min(-hand[1] - 4, length)
    foot = hand[0] + side * max(10 * u, math.sqrt(max(length**2 - drop**2, 0.0))), -4.0
    up = hand[0] - foot[0], hand[1] - foot[1]
    span = math.hypot(*up) or 1.0
    axis = up[0] / span, up[1] / span
    if look.text.has("walking stick|walking cane") and not look.text.has("crutch|crutches"):
        crook: list[Point] = [
            (hand[0] - side * 12 * u, hand[1] + 4 * u),
            (hand[0] - side * 6 * u, hand[1] - 5 * u),
            (hand[0] + side * 4 * u, hand[1] - 2 * u),
            foot,
        ]
        pen.line(crook, "#7b5238", 6.5 * u)
    else:
        elbow = lerp(limb.end, limb.mid, 0.66)
        top = elbow[0] + side * 5 * u, elbow[1]
        pen.line([top, (hand[0] + side * 3 * u, hand[1]), foot], _METAL, 6 * u)
        pen.line([(hand[0] + side * 3 * u, hand[1] + 26 * u), lerp(hand, foot, 0.86)], color, 6.5 * u)
        pen.line([(top[0] - 9 * u, top[1] - 3 * u), (top[0] + 9 * u, top[1] + 3 * u)], color, 10 * u)
        pen.line([(hand[0] - 8 * u, hand[1] + 3 * u), (hand[0] + 9 * u, hand[1] + 3 * u)], "#3a3742", 8 * u)
    pen.line([(foot[0] - axis[0] * 1, foot[1]), (foot[0] + axis[0] * 9, foot[1] + axis[1] * 9)], "#3a3742", 9 * u)


def _white_cane(pen: Pen, rig: Rig, hand: Point) -> None:
    u = rig.size
    length = max((rig.bones.build.leg + rig.bones.build.torso) * 0.92, 90 * u)
    reach = math.sqrt(max(length**2 - hand[1] ** 2, (70 * u) ** 2))
    tip = hand[0] + min(reach, 150 * u), -5 * u
    butt = lerp(hand, tip, -0.09)
    pen.line([butt, tip], "#8d8a94", 7.4 * u)
    pen.line([butt, tip], "#ffffff", 5.4 * u)
    pen.line([lerp(hand, tip, 0.74), lerp(hand, tip, 0.93)], "#dc3f3f", 5.6 * u)
    pen.line([butt, lerp(hand, tip, 0.1)], "#33303c", 8 * u)
    pen.ellipse(tip, 5.5 * u, fill="#fbfaf6", stroke="#8d8a94", width=1.4)
