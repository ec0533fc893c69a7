"""Arms, hands, legs and feet."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point, angle, bent, part
from emulator_models.illustrator.drawing.paths import smooth_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.fabric import cuff, skin_tube, tube
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skeleton import Limb, Skeleton
from emulator_models.illustrator.figures.wardrobe import Garment


def arm_line(limb: Limb) -> list[Point]:
    """The centre line of an arm from shoulder to wrist."""
    return bent(limb.root, limb.mid, limb.end, softness=0.5)


def leg_line(limb: Limb) -> list[Point]:
    """The centre line of a leg from hip to ankle."""
    return bent(limb.root, limb.mid, limb.end, softness=0.3)


def draw_arm(pen: Pen, look: Look, bones: Skeleton, limb: Limb, sleeve: Garment | None, *, upto: float = 1.0) -> None:
    """An arm with its sleeve and hand; `upto` is the share of it there is."""
    build, line = bones.build, part(arm_line(limb), 0, upto)
    w = build.arm_width
    skin_tube(pen, line, (w, w * 0.88, w * 0.72), look.skin)
    if upto == 1.0:
        draw_hand(pen, look, bones, limb)
    if sleeve is None:
        return
    share = {"long": 0.93, "short": 0.42, "rolled": 0.2}[sleeve.sleeve]
    cloth_line = part(arm_line(limb), 0, min(share, upto))
    tube(pen, cloth_line, (w * 1.22, w * 1.16, w * (1.2 if share < 0.5 else 1.04)), sleeve)
    if share > 0.5 and upto == 1.0:
        edge = part(arm_line(limb), share - 0.07, share)
        cuff(pen, edge, w * 0.98, darker(sleeve.color, 0.2))


def draw_hand(pen: Pen, look: Look, bones: Skeleton, limb: Limb) -> None:
    """The hand at the end of an arm, in its grip."""
    size = bones.build.hand
    heading = angle(limb.mid, limb.end)
    centre = (bones.chest[0] - limb.end[0], bones.chest[1] - limb.end[1])
    a = math.radians(heading)
    thumb = -1 if math.sin(a) * centre[0] - math.cos(a) * centre[1] > 0 else 1
    with pen.moved(*limb.end, heading, size / 11.5):
        hand_shape(pen, look.skin, limb.grip, thumb)


def hand_shape(pen: Pen, skin: str, grip: str, thumb: int) -> None:
    """A hand whose wrist is the origin and whose fingers point along +x."""
    line, paint = darker(skin, 0.3), pen.shaded(skin, 0.1)
    if grip == "open":
        for i, degrees in enumerate((-34.0, -11.0, 12.0, 34.0)):
            a, reach = math.radians(degrees), (20, 23, 22.5, 19)[i if thumb < 0 else 3 - i]
            pen.line([(6, 4.5 * math.sin(a * 2)), (reach * math.cos(a), reach * math.sin(a))], skin, 5.6)
        pen.line([(3, thumb * 4), (9, thumb * 14)], skin, 5.8)
        pen.ellipse((6, 0), 9.5, 9.2, paint)
        pen.line([(5, -4), (8, 0), (6, 4)], line, 1.3, opacity=0.45)
    elif grip == "point":
        pen.line([(8, thumb * 3), (25, thumb * 3.5)], skin, 5.8)
        pen.ellipse((7, 0), 9.5, 9, paint)
        pen.line([(6, thumb * 6), (13, thumb * 6)], line, 1.6, opacity=0.6)
        pen.line([(11, -thumb * 1), (15, -thumb * 1)], line, 1.5, opacity=0.6)
        pen.line([(10, -thumb * 5), (14, -thumb * 4)], line, 1.5, opacity=0.6)
    elif grip == "fist":
        pen.ellipse((7, 0), 10, 9.6, paint)
        for y in (-4, 0, 4):
            pen.line([(10, y), (15.5, y * 0.9)], line, 1.4, opacity=0.5)
        pen.line([(4, thumb * 7), (11, thumb * 5)], skin, 5)
        pen.line([(4, thumb * 9), (11.5, thumb * 7.4)], line, 1.2, opacity=0.45)
    else:
        length = 17 if grip == "easy" else 20
        shape = [(-4, -6.5), (6, -8), (length, -5.5), (length + 2.5, 0), (length, 5.5), (6, 8), (-4, 6.5)]
        pen.line([(4, thumb * 6), (11, thumb * 10.5)], skin, 5.4)
        pen.path(smooth_loop(shape), paint)
        for dy in (-2.6, 2.2):
            pen.line([(length - 6, dy), (length + 0.5, dy * 0.8)], line, 1.3, opacity=0.45)


def draw_leg(
    pen: Pen,
    look: Look,
    bones: Skeleton,
    limb: Limb,
    bottom: Garment | None,
    shoes: Garment | None,
    *,
    upto: float = 1.0,
) -> None:
    """A leg with what covers it and its shoe; `upto` is the share of it there is."""
    w, line = bones.build.leg_width, leg_line(limb)
    skin_tube(pen, part(line, 0, upto), (w, w * 0.86, w * 0.62), look.skin)
    boot = shoes is not None and shoes.kind == "boots"
    if bottom and bottom.kind in ("trousers", "shorts"):
        share = 0.9 if bottom.kind == "trousers" else 0.4
        widths = (w * 1.2, w * 1.1, w * 0.92) if share > 0.6 else (w * 1.22, w * 1.22, w * 1.3)
        tube(pen, part(line, 0, min(share, upto)), widths, bottom)
        if upto == 1.0 and not boot:
            hem = part(line, share - 0.03, share)
            cuff(pen, hem, w * (0.92 if share > 0.6 else 1.24), darker(bottom.color, 0.14))
    if upto == 1.0:
        draw_foot(pen, look, bones, limb, shoes)


def draw_foot(pen: Pen, look: Look, bones: Skeleton, limb: Limb, shoes: Garment | None) -> None:
    """The foot at the end of a leg, in its shoe; a boot also covers the calf."""
    w, size = bones.build.leg_width, bones.build.foot
    color = shoes.color if shoes and shoes.kind != "bare" else look.skin
    if shoes and shoes.kind == "boots":
        shaft = part(leg_line(limb), 0.7, 1.0)
        tube(pen, shaft, (w * 1.06, w * 0.98), shoes)
        top = part(leg_line(limb), 0.62, 0.68)
        cuff(pen, top, w * 1.06, lighter(color, 0.25))
    flip = -1 if limb.forward < 0 else 1
    turn = limb.toe * flip
    with pen.moved(*limb.end, turn * flip, flip * size / 30 * (0.62 + 0.38 * abs(limb.forward)), size / 30):
        if shoes is None or shoes.kind == "bare":
            _bare_foot(pen, color)
        else:
            _shoe(pen, look, shoes, color)


def _shoe(pen: Pen, look: Look, shoes: Garment, color: str) -> None:
    body = [(-9, -9), (4, -10), (10, -4), (20, -2.5), (27, 3), (25, 8.5), (8, 8.5), (-9, 8.5), (-11.5, 1)]
    if shoes.kind == "sandals":
        pen.path(smooth_loop(body), pen.shaded(look.skin))
        for x in (2, 13):
            pen.line([(x - 3, 7), (x + 2, -5 + x * 0.3), (x + 7, 7)], color, 4)
    else:
        pen.path(smooth_loop(body), pen.shaded(color, 0.2))
    sole = "#f7efe0" if shoes.kind == "shoes" else darker(color, 0.4)
    pen.path("M-11,6L26.5,6Q28,9.8 24,9.8L-8.5,9.8Q-12,9.8 -11,6Z", sole)
    if shoes.kind == "shoes":
        pen.line([(8, -4), (12, -1)], "#fbf4e6", 2.2)
        pen.line([(12, -2.5), (16, 0.5)], "#fbf4e6", 2.2)
    elif shoes.kind == "boots":
        pen.line([(-5, -4), (-4, 1)], lighter(color, 0.5), 2.2, opacity=0.7)


def _bare_foot(pen: Pen, color: str) -> None:
    pen.blob([(-9, -7), (4, -8), (11, -2), (23, 1), (27, 5), (25, 9), (-8, 9), (-11, 2)], pen.shaded(color))
    for x in (19, 23):
        pen.line([(x, 4), (x + 1.5, 7.5)], darker(color, 0.35), 1.3, opacity=0.6)
