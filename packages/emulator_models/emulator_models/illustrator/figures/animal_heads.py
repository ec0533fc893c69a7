"""Heads of animals: ears, skull, muzzle, and the same eyes and moods as people have."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import darker, lighter, mix
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import ribbon, rounded, smooth_loop, straight_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.animal_horns import HORNED, draw_horned_ear
from emulator_models.illustrator.figures.animals import BEAKED, Kind, animal_head
from emulator_models.illustrator.figures.expression import Expression, draw_brow, draw_eye, draw_mouth
from emulator_models.illustrator.figures.hair_strands import bead_colors, curls
from emulator_models.illustrator.figures.head import TURN, Head
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skin_marks import draw_cleft, draw_skin_marks

_SKULL: list[Point] = [
    (0, -48),
    (30, -43),
    (50, -22),
    (55, 6),
    (48, 28),
    (28, 43),
    (2, 47),
    (-26, 43),
    (-47, 28),
    (-54, 6),
    (-50, -22),
    (-30, -43),
]


def draw_animal_ears(pen: Pen, look: Look, kind: Kind) -> None:
    """Ears, mane, horns: what lies behind the head."""
    coat = look.skin
    if kind.key == "lion":
        mane = darker(mix(coat, "#a5522a", 0.6), 0.05)
        for i in range(16):
            a = i * math.pi / 8
            pen.ellipse((1 + 56 * math.cos(a), -2 + 53 * math.sin(a)), 22, fill=mane if i % 2 else lighter(mane, 0.12))
        pen.ellipse((1, -2), 58, 54, mane)
    if kind.key == "hedgehog":
        _spines(pen, darker(coat, 0.42), (0, -8), 64, 58)
    if kind.key == "octopus":
        pen.ellipse((2, -44), 62, 66, pen.shaded(coat, 0.2))
        for x, y, r in ((-28.0, -72.0, 9.0), (20.0, -84.0, 7.0), (38.0, -58.0, 6.0)):
            pen.ellipse((x, y), r, fill=lighter(coat, 0.25))
    if kind.tail == "mane":
        _mane(pen, "#e79cc3" if kind.key == "unicorn" else darker(coat, 0.4))
    if kind.key == "unicorn":
        pen.path(smooth_loop([(-2, -44), (8, -70), (16, -112), (22, -70), (22, -44)]), pen.shaded("#f2c85c", 0.3))
        for k in range(3):
            pen.line([(4 + 2 * k, -58 - 14 * k), (20 - k, -62 - 14 * k)], "#c9952f", 2.4)
    for s in (-1, 1):
        _ear(pen, kind, coat, s)


def _mane(pen: Pen, hair: str) -> None:
    for k, (x, y) in enumerate(((-8.0, -52.0), (-34.0, -42.0), (-52.0, -16.0), (-58.0, 14.0), (-52.0, 42.0))):
        pen.ellipse((x, y), 24, 22, hair if k % 2 else lighter(hair, 0.15))


def _ear(pen: Pen, kind: Kind, coat: str, s: int) -> None:
    paint, style = pen.shaded(kind.ear or coat, 0.2), kind.ears
    if style == "pointed":
        pen.path(smooth_loop([(s * 16, -40), (s * 34, -80), (s * 43, -86), (s * 50, -62), (s * 51, -20)]), paint)
        pen.path(
            smooth_loop([(s * 26, -44), (s * 37, -71), (s * 42, -73), (s * 45, -52), (s * 45, -34)]),
            kind.inner,
        )
    elif style in ("round", "small", "big"):
        r, at = {"round": (21, (s * 40, -42)), "small": (13, (s * 42, -36)), "big": (35, (s * 49, -44))}[style]
        pen.ellipse((at[0], at[1]), r, fill=paint)
        pen.ellipse((at[0], at[1] + 2), r * 0.64, fill=kind.inner)
    elif style == "long":
        ear: list[Point] = [
            (s * 12, -40),
            (s * 12, -84),
            (s * 22, -124),
            (s * 36, -126),
            (s * 42, -90),
            (s * 36, -36),
        ]
        pen.path(smooth_loop(ear), paint)
        pen.path(
            smooth_loop([(s * 20, -46), (s * 20, -84), (s * 27, -112), (s * 34, -90), (s * 30, -46)]),
            kind.inner,
        )
    elif style == "huge":
        pen.path(
            smooth_loop([(s * 40, -38), (s * 76, -58), (s * 108, -36), (s * 108, 6), (s * 84, 34), (s * 46, 22)]),
            paint,
        )
        pen.path(
            smooth_loop([(s * 50, -28), (s * 76, -44), (s * 97, -28), (s * 97, 2), (s * 80, 22), (s * 50, 14)]),
            kind.inner,
            opacity=0.75,
        )
    elif style == "tufts":
        pen.path(smooth_loop([(s * 14, -42), (s * 38, -68), (s * 56, -76), (s * 50, -46), (s * 46, -24)]), paint)
    elif style == "horns":
        pen.path(
            smooth_loop([(s * 18, -42), (s * 24, -66), (s * 40, -82), (s * 40, -60), (s * 36, -36)]),
            pen.shaded("#f5e2b8", 0.25),
        )
        pen.path(
            smooth_loop([(s * 46, -14), (s * 72, -30), (s * 80, -20), (s * 66, 4), (s * 48, 8)]),
            pen.shaded(darker(coat, 0.12)),
        )
    elif style in HORNED:
        draw_horned_ear(pen, style, coat, kind.inner, s)
    elif style == "antenna":
        pen.line([(s * 26, -42), (s * 30, -62), (s * 34, -70)], darker(coat, 0.35), 5)
        pen.ellipse((s * 34, -74), 8, fill=pen.shaded(kind.inner, 0.3))


def draw_animal_face(pen: Pen, look: Look, kind: Kind, expression: Expression) -> None:
    """The head with its face."""
    head, coat = animal_head(kind), look.skin
    skull = rounded(-52, -46, 106, 92, 26) if kind.key == "robot" else smooth_loop(_SKULL)
    pen.path(skull, pen.shaded(coat, 0.18))
    if "skin_tone" in look:
        pen.mark(("skin_tone",), [(-50, -40), (52, 40)])
    pen.mark([t for t in ("albinism",) if t in look], [(-50, -44), (52, 44)])
    _muzzle(pen, kind, coat, skull)
    if kind.ears == "floppy":
        _floppy_ears(pen, kind, coat)
    draw_skin_marks(pen, look, head, skull)
    if kind.muzzle in ("turtle", "creature", *BEAKED):
        for x, y in head.cheeks:
            pen.ellipse((x, y), 10, 8, pen.glow("#e8706a", 0.55))
    elif kind.key != "robot":
        for x, y in head.cheeks:
            pen.ellipse((x, y), 11, 8, pen.glow("#e2604f", 0.4))
    _nose(pen, kind, head, coat)
    with pen.marking(*(("down_syndrome",) if "down_syndrome" in look else ())):
        for at, side in zip(head.eyes, (-1, 1), strict=True):
            draw_eye(pen, look, at, side, expression, head.eye)
            if kind.key != "robot":
                draw_brow(pen, look, (at[0], at[1] - 3), side, expression)
    if kind.muzzle not in BEAKED:
        draw_mouth(pen, look, head.mouth, expression)
    draw_cleft(pen, look, head)
    _tuft(pen, look, kind)


def _floppy_ears(pen: Pen, kind: Kind, coat: str) -> None:
    for s in (-1, 1):
        ear: list[Point] = [
            (s * 30, -44),
            (s * 48, -42),
            (s * 64, -14),
            (s * 66, 14),
            (s * 56, 24),
            (s * 47, 8),
            (s * 42, -18),
        ]
        pen.path(smooth_loop(ear), pen.shaded(mix(coat, kind.inner, 0.65), 0.22))


def _muzzle(pen: Pen, kind: Kind, coat: str, skull: str) -> None:
    t, pale = TURN, kind.pale
    with pen.clipped(skull):
        if kind.muzzle == "fox":
            for s in (-1, 1):
                pen.blob(
                    [
                        (t, 6),
                        (s * 22 + t, 8),
                        (s * 44, -2),
                        (s * 62, 12),
                        (s * 50, 40),
                        (s * 10, 54),
                        (t, 50),
                    ],
                    pale,
                )
        elif kind.muzzle == "owl":
            for s in (-1, 1):
                pen.ellipse((s * 22 + t, -6), 25, 27, pale)
        elif kind.muzzle == "penguin":
            for s in (-1, 1):
                pen.ellipse((s * 21 + t, 0), 26, 26, pale)
            pen.ellipse((t, 30), 36, 24, pale)
        elif kind.muzzle == "panda":
            pen.ellipse((t * 1.4, 25), 29, 22, pale)
            for s in (-1, 1):
                pen.ellipse((s * 23 + t, -1), 18, 19, kind.ear)
        elif kind.muzzle == "otter":
            pen.blob([(-52, 18), (-26, 4), (t, 10), (30, 4), (56, 18), (44, 52), (-38, 52)], pale)
        elif kind.muzzle == "koala":
            pen.ellipse((t * 1.4, 36), 27, 13, pale)
        elif kind.muzzle == "hedgehog":
            pen.blob([(-46, 12), (-30, -22), (0, -12), (34, -22), (52, 12), (40, 52), (-32, 52)], pale)
        elif kind.muzzle == "robot":
            pen.path(rounded(-42, -34, 92, 70, 18), "#31404f")
            pen.path(rounded(-38, -30, 84, 62, 15), "#d9eef2")
        elif kind.muzzle == "bird":
            pen.blob([(-30, 10), (t, 2), (40, 10), (32, 46), (-22, 46)], pale)
        elif kind.muzzle in ("dragon", "turtle"):
            pen.ellipse((t * 1.4, 30), 38, 25, lighter(coat, 0.25))
        elif kind.muzzle == "rabbit":
            pen.ellipse((t * 1.3, 26), 25, 19, pale)
        elif kind.muzzle not in ("trunk", "creature"):
            pen.ellipse((t * 1.4, 25), 29, 22, pale)


def _nose(pen: Pen, kind: Kind, head: Head, coat: str) -> None:
    (x, y), ink = head.nose, "#37262c"
    if kind.muzzle in BEAKED:
        pen.path(
            smooth_loop([(x - 15, y - 4), (x, y - 11), (x + 17, y - 4), (x + 4, y + 15), (x - 2, y + 15)]),
            pen.shaded("#f2a63a", 0.25),
        )
        pen.line([(x - 9, y - 1), (x, y + 2), (x + 10, y - 1)], "#b9702a", 2)
    elif kind.muzzle == "trunk":
        trunk: list[Point] = [
            (x, y - 10),
            (x + 2, y + 18),
            (x + 12, y + 42),
            (x + 32, y + 44),
            (x + 38, y + 30),
        ]
        pen.path(ribbon(trunk, (31, 26, 21, 17, 15)), pen.shaded(coat, 0.25))
        for k in range(4):
            pen.line(
                [
                    (x - 8 + k * 1.5, y + 4 + 9 * k),
                    (x + 3 + k * 2, y + 7 + 9 * k),
                    (x + 12 + k, y + 3 + 9 * k),
                ],
                darker(coat, 0.3),
                2,
                opacity=0.5,
            )
    elif kind.muzzle == "koala":
        pen.ellipse((x, y - 2), 12.5, 17, pen.shaded("#3c3236", 0.2))
        pen.ellipse((x - 4, y - 10), 3.4, 4.6, "#ffffff", opacity=0.55)
    elif kind.muzzle in ("dragon", "turtle"):
        for s in (-1, 1):
            pen.ellipse((x + s * 8, y + 2), 2.6, 2, ink, opacity=0.7)
    elif kind.muzzle != "robot":
        size = {"rabbit": 6.5, "mouse": 7.0, "cat": 7.0}.get(kind.muzzle, 9.5)
        pink = kind.muzzle in ("rabbit", "mouse")
        pen.blob(
            [
                (x - size, y - size * 0.45),
                (x, y - size * 0.75),
                (x + size, y - size * 0.45),
                (x, y + size * 0.7),
            ],
            "#d9757a" if pink else ink,
        )
        pen.ellipse((x - size * 0.3, y - size * 0.3), size * 0.25, fill="#ffffff", opacity=0.7)
        pen.line([(x, y + size * 0.6), (x, y + size * 0.6 + 5)], ink, 2)
        if kind.muzzle in ("cat", "mouse", "rabbit", "otter"):
            for s in (-1, 1):
                for k in (-4, 3):
                    pen.line([(x + s * 22, y + 6 + k), (x + s * 46, y + 3 + k * 2.2)], ink, 1.4, opacity=0.55)


def _spines(pen: Pen, color: str, at: Point, rx: float, ry: float) -> None:
    for ring, paint in ((1.0, color), (0.84, lighter(color, 0.16))):
        corners: list[Point] = []
        for i in range(44):
            a, r = i * math.pi / 22, ring * (1.16 if i % 2 else 0.9)
            corners.append((at[0] + rx * r * math.cos(a), at[1] + ry * r * math.sin(a)))
        pen.path(straight_loop(corners), paint)


def _tuft(pen: Pen, look: Look, kind: Kind) -> None:
    """Head hair, where hair is recorded: curls, braids, or places without."""
    color = darker(look.skin, 0.4) if "albinism" not in look else "#efe2c8"
    if "hair_texture" in look:
        with pen.marking("hair_texture"):
            for x, y in ((-22.0, -44.0), (-8, -52), (8, -54), (23, -48), (0, -42), (-14, -38), (15, -40)):
                if look.hair.texture == "straight":
                    pen.line([(x, y - 8), (x + 2, y + 2), (x + 5, y + 12)], color, 6)
                else:
                    curls(pen, color, (x, y), 9 if look.hair.texture == "wavy" else 10.5)
    if "protective_style" in look:
        with pen.marking("protective_style"):
            pen.blob(
                [(-40, -34), (-20, -52), (2, -56), (24, -52), (42, -34), (20, -44), (0, -46), (-18, -44)],
                color,
            )
            for x in (-52.0, -44.0, 46.0, 54.0):
                pen.path(ribbon([(x * 0.8, -34), (x, -4), (x * 1.04, 34)], (9, 9, 8)), color)
                for k in range(5):
                    pen.line(
                        [(x - 3, -22 + 11 * k), (x, -18 + 11 * k), (x + 3, -22 + 11 * k)],
                        lighter(color, 0.4),
                        1.5,
                    )
                for k in range(2):
                    pen.ellipse((x * 1.04, 36 + 7 * k), 4.4, fill=bead_colors(k + int(x) % 5))
    if "hair_loss" in look:
        with pen.marking("hair_loss"):
            for x, y in ((-24.0, -34.0), (12.0, -40.0)):
                pen.blob(
                    [(x - 13, y), (x - 2, y - 8), (x + 13, y - 2), (x + 8, y + 9), (x - 8, y + 8)],
                    mix(look.skin, "#f3c9b4", 0.72),
                )
    if "older_adult" in look:
        with pen.marking("older_adult"):
            for (x, y), s in zip(animal_head(kind).eyes, (-1, 1), strict=True):
                pen.blob(
                    [
                        (x - 11, y - 20),
                        (x, y - 27),
                        (x + 11, y - 20),
                        (x + s * 8, y - 16),
                        (x - s * 6, y - 17),
                    ],
                    "#f1eee8",
                )
                pen.line([(x + s * 14, y + 2), (x + s * 19, y)], darker(look.skin, 0.4), 1.8)
            pen.blob([(-12, 44), (18, 44), (8, 60), (2, 66), (-4, 60)], "#f1eee8")
