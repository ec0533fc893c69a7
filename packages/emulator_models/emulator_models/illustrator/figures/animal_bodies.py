"""Tails, wings, shells and bellies."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import darker, lighter, mix
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import ribbon, rounded, smooth_loop, straight_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.animals import Kind
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skeleton import Skeleton


def draw_animal_back(pen: Pen, look: Look, kind: Kind, bones: Skeleton) -> None:
    """What an animal has behind its body."""
    u, coat = bones.build.torso / 96, look.skin
    with pen.moved(*bones.hip, bones.lean * 0.5, u):
        _tail(pen, kind, coat)
        if kind.key == "turtle":
            pen.ellipse((-10, -48), 70, 66, pen.shaded("#8a6b45", 0.25))
            pen.ellipse((-10, -48), 70, 66, stroke="#c9b273", width=6)
        elif kind.key == "hedgehog":
            corners: list[Point] = []
            for i in range(40):
                a, r = i * math.pi / 20, 1.14 if i % 2 else 0.92
                corners.append((60 * r * math.cos(a), -46 + 58 * r * math.sin(a)))
            pen.path(straight_loop(corners), darker(coat, 0.42))
        elif kind.key == "bee":
            for s in (-1, 1):
                for x, y, r in ((58.0, -84.0, 36.0), (52.0, -40.0, 26.0)):
                    pen.ellipse((s * x, y), r, r * 0.72, "#eef6fb", opacity=0.85)
        elif kind.key in ("dragon", "bat"):
            for s in (-1, 1):
                wing: list[Point] = [
                    (s * 24, -78),
                    (s * 66, -122),
                    (s * 98, -112),
                    (s * 86, -90),
                    (s * 92, -70),
                    (s * 70, -66),
                    (s * 62, -46),
                    (s * 30, -48),
                ]
                pen.path(smooth_loop(wing), pen.shaded(mix(coat, "#f5d27a", 0.45), 0.25))
                pen.line([(s * 26, -74), (s * 64, -106), (s * 94, -110)], darker(coat, 0.15), 5)


def draw_tentacles(pen: Pen, look: Look, bones: Skeleton) -> None:
    """Six arms that an octopus stands on; the two others are its arms."""
    u, (x, y) = bones.build.torso / 96, bones.hip
    reach = -y
    for k, far in enumerate((-2.6, 2.6, -1.6, 1.6, -0.6, 0.6)):
        end, curl = x + far * 34 * u, (1 if far > 0 else -1) * 16 * u
        line: list[Point] = [
            (x + far * 8 * u, y - 8),
            (x + far * 22 * u, y + reach * 0.45),
            (end, y + reach * 0.86),
            (end + curl, y + reach - 5),
            (end + curl * 1.7, y + reach * 0.8),
        ]
        pen.path(
            ribbon(line, (30 * u, 26 * u, 20 * u, 14 * u, 7 * u)), pen.shaded(darker(look.skin, 0.1 - 0.05 * (k // 2)))
        )
        for share in (0.5, 0.68, 0.84):
            pen.ellipse(
                (x + far * 36 * u * share, y + reach * share), 3.4 * u, fill=look.kind.pale if look.kind else "#fff"
            )


def _tail(pen: Pen, kind: Kind, coat: str) -> None:
    paint = pen.shaded(coat, 0.22)
    if kind.tail == "bushy":
        pen.path(
            smooth_loop([(-24, -6), (-56, 6), (-92, -22), (-100, -66), (-84, -84), (-68, -60), (-52, -34), (-26, -26)]),
            paint,
        )
        pen.path(smooth_loop([(-99, -58), (-97, -76), (-84, -84), (-72, -66), (-82, -60), (-90, -66)]), kind.pale)
    elif kind.tail == "plume":
        curl = [(-22, -2), (-62, 10), (-104, -18), (-118, -78), (-96, -128), (-58, -132), (-50, -104), (-74, -88)]
        pen.path(smooth_loop([*curl, (-82, -52), (-58, -30), (-26, -26)]), paint)
        pen.path(
            smooth_loop([(-96, -118), (-62, -126), (-56, -108), (-80, -96), (-88, -64), (-98, -78)]),
            lighter(coat, 0.25),
        )
    elif kind.tail == "rudder":
        pen.path(ribbon([(-24, -8), (-62, 8), (-104, 2), (-126, -14)], (28, 24, 17, 7)), paint)
    elif kind.tail == "thin":
        pen.line([(-28, -6), (-64, 4), (-84, -30), (-72, -62)], coat, 13)
    elif kind.tail == "wag":
        pen.path(ribbon([(-28, -12), (-58, -18), (-76, -50)], (18, 16, 9)), paint)
    elif kind.tail == "string":
        pen.line([(-28, -4), (-60, 10), (-86, -6), (-98, -30)], mix(coat, "#e0938c", 0.35), 5.5)
    elif kind.tail == "tuft":
        pen.line([(-28, -6), (-66, 4), (-86, -34), (-78, -56)], coat, 9)
        pen.blob([(-78, -48), (-94, -62), (-78, -86), (-62, -66)], darker(mix(coat, "#a5522a", 0.6), 0.05))
    elif kind.tail == "spade":
        pen.path(ribbon([(-20, -4), (-62, 10), (-94, -8), (-104, -44)], (30, 24, 15, 8)), paint)
        pen.path(smooth_loop([(-104, -70), (-90, -44), (-104, -36), (-118, -44)]), darker(coat, 0.2))
    elif kind.tail == "mane":
        hair = "#e79cc3" if kind.key == "unicorn" else darker(coat, 0.4)
        pen.path(ribbon([(-26, -14), (-60, -22), (-82, 14), (-74, 48)], (14, 22, 22, 8)), pen.shaded(hair))
    elif kind.tail == "pom":
        pen.ellipse((-44, -12), 17, fill=kind.pale)
    elif kind.tail == "stub":
        pen.ellipse((-42, -12), 11, fill=paint)
    elif kind.tail == "fan":
        for k in range(3):
            pen.path(
                ribbon([(-26, -14), (-52, -16 + 9 * k), (-74, -26 + 16 * k)], (16, 17, 12)),
                darker(coat, 0.1 * k),
            )


def draw_belly(pen: Pen, look: Look, kind: Kind, bones: Skeleton, trunk: str) -> None:
    """The pale front of a trunk, a shell's plates, a robot's panel; in the trunk's own space."""
    b = bones.build
    t = b.torso
    with pen.clipped(trunk):
        if kind.key == "robot":
            pen.path(rounded(-22, -t * 0.72, 46, t * 0.42, 8), "#31404f")
            for k, color in enumerate(("#e8615a", "#f3c54c", "#7fd0a0")):
                pen.ellipse((-10 + 12 * k, -t * 0.51), 4.2, fill=color)
            return
        if kind.key == "bee":
            for k in range(3):
                pen.line([(-70, -t * (0.2 + 0.28 * k)), (70, -t * (0.2 + 0.28 * k))], "#4a3a30", t * 0.11)
            return
        pen.ellipse((3, -t * 0.36), b.belly * 0.68, t * 0.5, kind.pale)
        if kind.key in ("turtle", "dragon"):
            for k in range(4):
                y = -t * (0.7 - 0.18 * k)
                pen.line(
                    [(-b.belly * 0.6, y), (3, y + 4), (b.belly * 0.66, y)],
                    darker(kind.pale, 0.25),
                    2.2,
                    opacity=0.6,
                )
        elif kind.key in ("owl", "bird"):
            for k in range(9):
                x, y = -18 + 20 * (k % 3) + (10 if k // 3 == 1 else 0), -t * (0.58 - 0.17 * (k // 3))
                pen.line([(x - 6, y), (x, y + 5), (x + 6, y)], darker(kind.pale, 0.3), 2.4, opacity=0.7)


def draw_feathers(pen: Pen, look: Look, bones: Skeleton) -> None:
    """Feathers along both arms of a bird, which are its wings."""
    for limb in (bones.far, bones.near):
        for k, share in enumerate((0.35, 0.7, 1.0)):
            x = limb.mid[0] + (limb.end[0] - limb.mid[0]) * share
            y = limb.mid[1] + (limb.end[1] - limb.mid[1]) * share
            pen.ellipse((x, y + 6), 11 - k, 13 - k, lighter(look.skin, 0.08) if k % 2 else darker(look.skin, 0.12))
