"""Wheelchairs that fit: a rigid active chair with push rims, and a powered chair with its joystick."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import rounded, smooth_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.rig import Rig, chair_centre, joystick

_FRAMES = ("#e0564a", "#2f8fc4", "#7a52b8", "#35a06a", "#f0a63a", "#e2589a")
_TYRE = "#3a3742"


def draw_chair_behind(pen: Pen, look: Look, rig: Rig) -> None:
    """The far side of the chair and its back, behind the sitter."""
    if rig.chair is None:
        return
    with pen.marking(rig.chair):
        u, (hx, hy) = rig.size, rig.bones.hip
        color = _color(look)
        if rig.chair == "manual_wheelchair":
            x, y = chair_centre(rig)
            _wheel(pen, (x + 12 * u, y - 3 * u), 59 * u, color, far=True)
            pen.line([(hx + 52 * u, -16 * u), (hx + 52 * u, -30 * u)], darker(color, 0.3), 4 * u)
        back = 62 * u if rig.chair == "manual_wheelchair" else 84 * u
        seat = hy + rig.bones.build.leg_width * 0.5
        pen.path(rounded(hx - 31 * u, seat - back, 22 * u, back, 8 * u), pen.shaded("#4a4754"))
        pen.path(rounded(hx - 34 * u, seat - 1, 76 * u, 11 * u, 5 * u), pen.shaded("#4a4754"))
        if rig.chair == "power_wheelchair":
            hx2, hy2 = rig.bones.head[0] - rig.bones.build.head * 0.72, rig.bones.head[1] + 10 * u
            pen.line([(hx - 24 * u, seat - back + 6), (hx2 - 8 * u, hy2 + 12 * u)], "#6a6776", 5 * u)
            pen.path(rounded(hx2 - 16 * u, hy2 - 16 * u, 18 * u, 34 * u, 8 * u), pen.shaded("#4a4754"))


def draw_chair(pen: Pen, look: Look, rig: Rig) -> None:
    """The near side of the chair, over the sitter's hips, under the near arm."""
    if rig.chair is None:
        return
    with pen.marking(rig.chair):
        if rig.chair == "manual_wheelchair":
            _manual(pen, look, rig)
        else:
            _powered(pen, look, rig)


def _color(look: Look) -> str:
    return look.text.color("wheelchair|chair|powerchair") or look.text.pick("chair", _FRAMES)


def _manual(pen: Pen, look: Look, rig: Rig) -> None:
    u, color = rig.size, _color(look)
    hx, seat = rig.bones.hip[0], rig.bones.hip[1] + rig.bones.build.leg_width * 0.5 + 8 * u
    foot = rig.bones.near_leg.end
    sole = foot[1] + rig.bones.build.foot * 0.3
    frame: list[Point] = [
        (hx - 24 * u, seat),
        (hx + 34 * u, seat),
        (foot[0] - 12 * u, seat + 10 * u),
        (foot[0] - 8 * u, sole + 2),
    ]
    pen.line(frame, darker(color, 0.12), 7 * u)
    pen.line(frame, lighter(color, 0.3), 2 * u)
    pen.line([(foot[0] - 12 * u, sole + 2), (foot[0] + 24 * u, sole + 2)], darker(color, 0.2), 5.5 * u)
    caster = foot[0] - 24 * u, -11 * u
    pen.line([(caster[0] + 2 * u, seat + 6 * u), (caster[0] + 3 * u, -26 * u), caster], "#6a6776", 4.5 * u)
    pen.ellipse(caster, 11 * u, fill=_TYRE)
    pen.ellipse(caster, 4.5 * u, fill="#c9ccd6")
    pen.line([(hx - 24 * u, seat), (hx - 30 * u, seat - 62 * u), (hx - 42 * u, seat - 66 * u)], "#6a6776", 5 * u)
    _wheel(pen, chair_centre(rig), 62 * u, color, far=False)


def _wheel(pen: Pen, at: Point, r: float, color: str, *, far: bool) -> None:
    x, y = at
    tyre = _TYRE if not far else "#4c4955"
    pen.ellipse(at, r * 0.955, stroke=tyre, width=r * 0.09)
    for i in range(16):
        a = i * math.pi / 8 + 0.1
        pen.line([at, (x + r * 0.92 * math.cos(a), y + r * 0.92 * math.sin(a))], "#b8bcc8", 1.3, opacity=0.9)
    pen.ellipse(at, r * 0.91, stroke="#c9ccd6", width=1.6)
    pen.ellipse(at, r * 0.81, stroke="#8d93a3" if far else "#aeb4c2", width=r * 0.06)
    if not far:
        pen.ellipse(at, r * 0.81, stroke="#eef1f6", width=r * 0.018)
    pen.ellipse(at, r * 0.13, fill=darker(color, 0.3) if far else pen.shaded(color, 0.25))
    pen.ellipse(at, r * 0.05, fill="#f4f0e6")


def _powered(pen: Pen, look: Look, rig: Rig) -> None:
    u, color = rig.size, _color(look)
    hx, seat = rig.bones.hip[0], rig.bones.hip[1] + rig.bones.build.leg_width * 0.5 + 9 * u
    foot = rig.bones.near_leg.end
    sole = foot[1] + rig.bones.build.foot * 0.3
    pen.line(
        [(foot[0] - 30 * u, seat + 4), (foot[0] - 16 * u, sole + 2), (foot[0] + 26 * u, sole + 2)],
        "#5a5766",
        6.5 * u,
    )
    base: list[Point] = [
        (hx - 44 * u, -46 * u),
        (hx - 30 * u, -60 * u),
        (hx + 34 * u, -60 * u),
        (hx + 48 * u, -42 * u),
        (hx + 46 * u, -18 * u),
        (hx - 44 * u, -18 * u),
    ]
    pen.path(smooth_loop(base), pen.shaded(color, 0.28))
    pen.path(rounded(hx - 10 * u, -76 * u, 22 * u, 22 * u, 4), "#5a5766")
    pen.path(rounded(hx - 24 * u, -52 * u, 34 * u, 8 * u, 4 * u), lighter(color, 0.5), opacity=0.7)
    for x, r in ((hx - 46 * u, 13 * u), (hx + 50 * u, 13 * u), (hx + 2 * u, 27 * u)):
        pen.ellipse((x, -r), r, fill=_TYRE)
        pen.ellipse((x, -r), r * 0.55, fill="#c9ccd6")
        pen.ellipse((x, -r), r * 0.2, fill=darker(color, 0.2))
    jx, jy = joystick(rig)
    pen.line([(hx - 26 * u, seat - 8 * u), (hx - 26 * u, jy + 20 * u), (jx - 6 * u, jy + 18 * u)], "#5a5766", 7 * u)
    pen.path(rounded(jx - 14 * u, jy + 10 * u, 28 * u, 13 * u, 5 * u), "#33303c")
    pen.line([(jx, jy + 10 * u), (jx + 4 * u, jy - 18 * u)], "#6a6776", 4.5 * u)
    pen.ellipse((jx + 5 * u, jy - 21 * u), 7.5 * u, fill="#e0564a")
    pen.ellipse((jx + 9 * u, jy + 15 * u), 2 * u, fill="#8fe0a0")
