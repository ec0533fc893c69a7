"""Head coverings, worn the everyday way: hijab, patka, turban, kippah."""

from __future__ import annotations

from typing import Literal

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import smooth_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skeleton import Skeleton

Covering = Literal["hijab", "patka", "turban", "kippah"]
_WORDS = "hijab|headscarf|scarf|patka|turban|dastar|kippah|yarmulke"
_COLORS = ("#4f8f9b", "#c96a7a", "#7a6bb0", "#e0a045", "#4a6fa8")


def covering_of(look: Look) -> Covering | None:
    """Which covering is worn; None for a bare head."""
    if "head_covering" not in look:
        return None
    text = look.text
    if text.has("kippah|yarmulke|jewish"):
        return "kippah"
    if text.has("turban|dastar"):
        return "turban"
    if text.has("patka|sikh"):
        return "patka"
    if text.has("hijab|headscarf|muslim|girl|she|mother|grandmother"):
        return "hijab"
    return text.pick("covering", ("hijab", "patka"))


def covering_color(look: Look) -> str:
    """The color of its cloth."""
    choice = _COLORS if covering_of(look) != "kippah" else ("#2f4f8f", "#5a3f8a", "#2f6f68")
    return look.text.color(_WORDS) or look.text.pick("covering colour", choice)


def draw_drape(pen: Pen, look: Look, bones: Skeleton) -> None:
    """The part of a hijab that lies over neck and chest."""
    if covering_of(look) != "hijab":
        return
    color, b = covering_color(look), bones.build
    with pen.marking("head_covering"), pen.moved(*bones.hip, bones.lean):
        t, wide = b.torso, b.shoulder
        shape: list[Point] = [
            (-20, -t - 22),
            (24, -t - 22),
            (wide + 3, -t + 8),
            (wide * 0.7, -t + 32),
            (8, -t + 44),
            (-wide * 0.6, -t + 34),
            (-wide - 3, -t + 8),
        ]
        pen.path(smooth_loop(shape), pen.shaded(darker(color, 0.06), 0.2))
        pen.line(
            [(-wide * 0.7, -t + 8), (-6, -t + 24), (wide * 0.7, -t + 20)],
            darker(color, 0.3),
            2.4,
            opacity=0.5,
        )
        pen.line(
            [(-wide * 0.4, -t + 2), (6, -t + 13), (wide * 0.72, -t + 6)],
            darker(color, 0.3),
            2.4,
            opacity=0.5,
        )


def draw_covering(pen: Pen, look: Look) -> None:
    """The covering on the head, in head space, over the face and what hair shows."""
    kind = covering_of(look)
    if kind is None:
        return
    color = covering_color(look)
    with pen.marking("head_covering"):
        {"hijab": _hijab, "patka": _patka, "turban": _turban, "kippah": _kippah}[kind](pen, color)


def _hijab(pen: Pen, color: str) -> None:
    outer: list[Point] = [
        (1, -62),
        (34, -52),
        (54, -20),
        (55, 14),
        (48, 42),
        (30, 62),
        (3, 68),
        (-27, 62),
        (-48, 42),
        (-56, 12),
        (-54, -20),
        (-33, -52),
    ]
    opening: list[Point] = [
        (3, -35),
        (-20, -31),
        (-37, -14),
        (-40, 10),
        (-34, 32),
        (-17, 46),
        (3, 50),
        (23, 46),
        (38, 32),
        (43, 10),
        (41, -14),
        (26, -31),
    ]
    pen.path(smooth_loop(outer) + smooth_loop(opening), pen.shaded(color, 0.2))
    fold = darker(color, 0.32)
    pen.line([(-30, -42), (2, -52), (34, -42)], lighter(color, 0.35), 2.4, opacity=0.6)
    pen.line([(-47, 14), (-42, 36), (-22, 54)], fold, 2.2, opacity=0.5)
    pen.line([(48, 10), (45, 34), (26, 53), (4, 58)], fold, 2.2, opacity=0.5)
    pen.line(opening, fold, 1.8, opacity=0.4)


def _patka(pen: Pen, color: str) -> None:
    pen.ellipse((1, -70), 15, 14, pen.shaded(color))
    pen.path(smooth_loop([(-16, -62), (0, -66), (18, -62), (14, -54), (-12, -54)]), darker(color, 0.25))
    cap: list[Point] = [
        (-48, -8),
        (-49, -30),
        (-33, -52),
        (1, -60),
        (35, -52),
        (50, -30),
        (49, -8),
        (34, -25),
        (3, -32),
        (-30, -25),
    ]
    pen.path(smooth_loop(cap), pen.shaded(color, 0.2))
    for s in (-1, 1):
        pen.line([(s * 9 + 1, -57), (s * 26 + 1, -44), (s * 38 + 1, -24)], darker(color, 0.3), 2.2, opacity=0.5)


def _turban(pen: Pen, color: str) -> None:
    dome: list[Point] = [
        (-51, -6),
        (-57, -34),
        (-42, -64),
        (-6, -78),
        (32, -70),
        (55, -42),
        (52, -6),
        (32, -27),
        (4, -42),
        (-26, -27),
    ]
    pen.path(smooth_loop(dome), pen.shaded(color, 0.22))
    for i in range(4):
        fold: list[Point] = [(-54 + 4 * i, -16 - 12 * i), (-18 + 6 * i, -44 - 7 * i), (6, -46 - 9 * i)]
        pen.line(fold, darker(color, 0.3), 2.6, opacity=0.55)
        pen.line(
            [(54 - 4 * i, -16 - 12 * i), (24 - 5 * i, -42 - 7 * i), (4, -47 - 9 * i)],
            darker(color, 0.3),
            2.6,
            opacity=0.55,
        )
    pen.path(smooth_loop([(-9, -38), (4, -46), (17, -38), (4, -32)]), darker(lighter(color, 0.3), 0.05))


def _kippah(pen: Pen, color: str) -> None:
    pen.path(
        smooth_loop([(-30, -54), (-24, -68), (2, -77), (28, -68), (34, -53), (3, -60)]),
        pen.shaded(color, 0.2),
    )
    pen.line([(-29, -55), (3, -61), (33, -54)], lighter(color, 0.5), 3)
    pen.line([(3, -75), (3, -62)], lighter(color, 0.4), 1.6)
