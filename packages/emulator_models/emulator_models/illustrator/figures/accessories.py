"""Things worn over clothes: capes, scarves, bags, and what is put on a head."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point, star_points
from emulator_models.illustrator.drawing.paths import ribbon, rounded, smooth_loop, straight_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.build import Build
from emulator_models.illustrator.figures.fabric import cloth
from emulator_models.illustrator.figures.head import Head
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skeleton import Skeleton
from emulator_models.illustrator.figures.wardrobe import Garment


def draw_behind(pen: Pen, look: Look, bones: Skeleton) -> None:
    """What hangs at the back: a cape, a backpack."""
    b = bones.build
    cape, pack = look.outfit.extra("cape"), look.outfit.extra("backpack")
    with pen.moved(*bones.hip, bones.lean):
        if cape:
            low = min(b.leg * (0.62 if not bones.seated else 0.1), -bones.hip[1] - 6)
            hem: list[Point] = [(-b.shoulder - 30, low - 12), (-b.shoulder * 0.6, low + 4), (0, low - 2),
                                (b.shoulder * 0.5, low + 4), (b.shoulder + 12, low - 6)]  # fmt: skip
            d = smooth_loop(
                [
                    (-20, -b.torso - 4),
                    (-b.shoulder - 8, -b.torso + 14),
                    *hem,
                    (b.shoulder + 8, -b.torso + 14),
                    (20, -b.torso - 4),
                ]
            )
            cloth(pen, d, cape, darker(cape.color, 0.14))
        if pack:
            x = -b.shoulder - 14
            pen.path(
                smooth_loop(
                    [
                        (x, -b.torso * 0.82),
                        (0, -b.torso - 4),
                        (b.shoulder + 8, -b.torso * 0.8),
                        (b.belly + 10, -10),
                        (0, 2),
                        (x - 2, -8),
                    ]
                ),
                pen.shaded(pack.color, 0.22),
            )
            pen.line([(x + 3, -b.torso * 0.45), (x + 10, -b.torso * 0.4)], darker(pack.color, 0.3), 4)


def draw_over(pen: Pen, look: Look, bones: Skeleton) -> None:
    """What lies on chest and shoulders."""
    drawn = {
        "cape": _collar,
        "backpack": _straps,
        "satchel": _satchel,
        "apron": _apron,
        "necklace": _necklace,
        "scarf": _scarf,
        "bowtie": _bowtie,
    }
    with pen.moved(*bones.hip, bones.lean):
        for kind, draw in drawn.items():
            if worn := look.outfit.extra(kind):
                draw(pen, worn, bones.build)


def _collar(pen: Pen, cape: Garment, b: Build) -> None:
    t = b.torso
    for s in (-1, 1):
        flap: list[Point] = [(s * 4, -t - 2), (s * b.shoulder * 0.7, -t - 3), (s * (b.shoulder + 5), -t + 16)]
        pen.path(smooth_loop([*flap, (s * b.shoulder * 0.6, -t + 16)]), pen.shaded(cape.color))
    pen.path(straight_loop(star_points(2, -t + 8, 8)), "#f5c95a")


def _straps(pen: Pen, pack: Garment, b: Build) -> None:
    t, wide = b.torso, b.shoulder
    for s in (-1, 1):
        strap: list[Point] = [(s * wide * 0.62, -t), (s * wide * 0.66, -t * 0.6), (s * wide * 0.9, -t * 0.34)]
        pen.line(strap, darker(pack.color, 0.1), 8)


def _satchel(pen: Pen, bag: Garment, b: Build) -> None:
    strap: list[Point] = [(-b.shoulder * 0.7, -b.torso), (0, -b.torso * 0.5), (b.belly, -8)]
    pen.line(strap, darker(bag.color, 0.25), 5)
    pen.path(rounded(b.belly - 12, -16, 33, 32, 6), pen.shaded(bag.color))
    pen.line([(b.belly - 12, -4), (b.belly + 21, -5)], darker(bag.color, 0.3), 3)


def _apron(pen: Pen, apron: Garment, b: Build) -> None:
    t, hip = b.torso, b.hip
    right: list[Point] = [(20, -t * 0.7), (hip + 2, -t * 0.3), (hip, 22)]
    cloth(pen, smooth_loop([*right, (0, 28), *((-x, y) for x, y in reversed(right))]), apron)


def _necklace(pen: Pen, _worn: Garment, b: Build) -> None:
    for i in range(9):
        x = -16 + 4.2 * i
        pen.ellipse((x, 12 - b.torso - (x / 7) ** 2), 2.6, fill=("#f0c04a", "#e0574a", "#4f9ac0")[i % 3])


def _bowtie(pen: Pen, tie: Garment, b: Build) -> None:
    _bow(pen, (2, 6 - b.torso), tie.color, 1.15)


def _scarf(pen: Pen, scarf: Garment, b: Build) -> None:
    t = b.torso
    tail: list[Point] = [(12, -t + 4), (19, -t + 24), (16, -t + 46)]
    cloth(pen, ribbon(tail, (15, 17, 18)), scarf)
    for i in range(4):
        x = 9.5 + 4.5 * i
        pen.line([(x, -t + 53), (x, -t + 60)], scarf.color, 2.6)
    wrap: list[Point] = [(-25, -t - 5), (-14, -t + 4), (2, -t + 7), (18, -t + 4), (27, -t - 5)]
    cloth(pen, ribbon(wrap, (13, 18, 19, 18, 13)), scarf)
    pen.line([(-18, -t + 6), (2, -t + 11), (19, -t + 6)], darker(scarf.color, 0.3), 2, opacity=0.5)


def _bow(pen: Pen, at: Point, color: str, size: float) -> None:
    with pen.moved(*at, 0, size):
        for s in (-1, 1):
            pen.blob([(0, 0), (s * 8, -8), (s * 17, -8), (s * 18, 6), (s * 8, 6)], pen.shaded(color))
        pen.ellipse((0, -0.5), 4.4, 5, darker(color, 0.2))


def draw_headwear(pen: Pen, look: Look, head: Head) -> None:
    """A hat, crown, bow, band or flower, in head space."""
    outfit = look.outfit
    if band := outfit.extra("headband"):
        pen.line([(-46, -22), (-28, -46), (0, -55), (28, -47), (46, -22)], band.color, 8)
    if hat := outfit.extra("hat"):
        _bobble_hat(pen, hat, head)
    if cap := outfit.extra("cap"):
        pen.blob(
            [(-48, -22), (-44, -48), (-18, -66), (12, -66), (40, -52), (50, -22), (0, -30)],
            pen.shaded(cap.color),
        )
        pen.blob(
            [(2, -28), (40, -34), (72, -20), (76, -13), (48, -15), (14, -18)],
            pen.shaded(darker(cap.color, 0.12)),
        )
        pen.ellipse((0, -67), 4, 3, darker(cap.color, 0.2))
    if sun := outfit.extra("sunhat"):
        pen.blob([(-38, -34), (-30, -62), (0, -74), (30, -62), (40, -34)], pen.shaded(sun.color))
        pen.ellipse((1, -33), 72, 13, pen.shaded(sun.color))
        pen.line([(-37, -40), (0, -34), (39, -40)], sun.accent, 7)
    if crown := outfit.extra("crown"):
        pen.path(
            straight_loop([(-28, -46), (-34, -76), (-16, -60), (0, -82), (16, -60), (34, -76), (28, -46)]),
            pen.shaded("#f0c04a" if crown.color else ""),
        )
        for x, c in ((-16, "#d8483f"), (0, "#4f8fc0"), (16, "#5a9e5b")):
            pen.ellipse((x, -53), 3.4, fill=c)
    if bow := outfit.extra("bow"):
        _bow(pen, (30, -48), bow.color, 1.0)
    if flower := outfit.extra("flower"):
        for k in range(6):
            a = k * math.pi / 3
            pen.ellipse((33 + 7 * math.cos(a), -42 + 7 * math.sin(a)), 5.4, fill=lighter(flower.color, 0.15))
        pen.ellipse((33, -42), 4.4, fill="#f3c54c")


def _bobble_hat(pen: Pen, hat: Garment, head: Head) -> None:
    dome: list[Point] = [
        (-49, -20),
        (-46, -46),
        (-26, -66),
        (2, -72),
        (30, -66),
        (48, -46),
        (51, -20),
        (0, -30),
    ]
    cloth(pen, smooth_loop(dome), hat)
    brim: list[Point] = [(-49, -20), (-24, -31), (2, -34), (28, -31), (51, -20)]
    pen.path(ribbon(brim, (15, 17, 17, 17, 15)), pen.shaded(lighter(hat.color, 0.28)))
    for i in range(9):
        x = -40 + 10.4 * i
        y = -33 + abs(x - 1) ** 2 * 0.0048
        pen.line([(x, y - 5), (x, y + 5)], darker(hat.color, 0.1), 1.8, opacity=0.5)
    if head.crown > -70:
        pen.ellipse((2, -77), 12, fill=pen.shaded(hat.accent))
