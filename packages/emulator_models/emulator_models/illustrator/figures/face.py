"""A human face: shape, eyes, brows, nose, mouth, by age, heritage and mood."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import SHADE, darker, lighter, lightness, mix
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import smooth_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.build import Build
from emulator_models.illustrator.figures.expression import Expression, draw_brow, draw_eye, draw_mouth
from emulator_models.illustrator.figures.head import TURN, Head
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skin_marks import draw_cleft, draw_skin_marks

_FRECKLES = ((-21, 16), (-14, 19), (-26, 21), (-18, 24), (24, 16), (31, 19), (27, 23), (35, 23))


def human_head(look: Look) -> Head:
    """The landmarks of a human head."""
    if "down_syndrome" in look:
        return Head(eyes=((-17 + TURN, 5), (18 + TURN, 5)), eye=8.6, ears=((-47, 9), (47, 9)), nose=(TURN * 1.5, 17))
    return Head()


def draw_ears(pen: Pen, look: Look) -> None:
    """Both ears, behind the face and in front of hair."""
    size = 0.82 if "down_syndrome" in look else 1.0
    for (x, y), side in zip(human_head(look).ears, (-1, 1), strict=True):
        rx, ry = (8.5 if side < 0 else 7.0) * size, 11.5 * size
        pen.ellipse((x + side * 1.5, y), rx, ry, pen.shaded(look.skin))
        inner = [(x + side * 2, y - 6 * size), (x + side * 6 * size, y - 1), (x + side * 2, y + 5 * size)]
        pen.line(inner, darker(look.skin, 0.25), 1.8, opacity=0.8)


def draw_face(pen: Pen, look: Look, build: Build, expression: Expression) -> None:
    """The face on its skull, without hair."""
    head, skin = human_head(look), look.skin
    pen.blob(_skull(build.jaw, look), pen.shaded(skin, 0.13))
    if "skin_tone" in look:
        pen.mark(("skin_tone",), [(-40, -8), (44, 44)])
    draw_skin_marks(pen, look, head, smooth_loop(_skull(build.jaw, look)))
    _cheeks(pen, head, skin)
    _age_lines(pen, look, head)
    with pen.marking(*_face_marks(look)):
        _nose(pen, look, head)
        for at, side in zip(head.eyes, (-1, 1), strict=True):
            draw_eye(pen, look, at, side, expression, head.eye)
            draw_brow(pen, look, at, side, expression)
        draw_mouth(pen, look, head.mouth, expression)
    draw_cleft(pen, look, head)
    _growth(pen, look, head)


def _face_marks(look: Look) -> tuple[str, ...]:
    return tuple(t for t in ("heritage_features", "down_syndrome") if t in look)


def _skull(jaw: float, look: Look) -> list[Point]:
    wide = 2.5 if {"down_syndrome", "larger_body"} & look.traits else 0.0
    skew = 4.0 if look.text.has("craniofacial") and "facial_difference" in look else 0.0
    right = [
        (26, -46), (42, -27), (46.5, 0), (45 - 2 * jaw + wide, 18), (36 - 3 * jaw + wide, 35 + 2 * jaw),
        (20 - 4 * jaw + wide, 47 + 3 * jaw),
    ]  # fmt: skip
    left = [(-x - skew * (y > 0), y - skew * (y > 0)) for x, y in reversed(right)]
    return [(0, -50), *right, (1, 50 + 4 * jaw), *left]


def _cheeks(pen: Pen, head: Head, skin: str) -> None:
    blush = mix(skin, "#e2483f", 0.5) if lightness(skin) > 0.56 else mix(skin, "#b5382f", 0.5)
    for x, y in head.cheeks:
        pen.ellipse((x, y + 2), 13, 10, pen.glow(blush, 0.62))


def _nose(pen: Pen, look: Look, head: Head) -> None:
    x, y = head.nose
    deep = lightness(look.skin) < 0.43
    wide, line = look.heritage.nose, darker(look.skin, 0.62 if deep else 0.34)
    if look.heritage.bridge:
        pen.line([(x - 4, y - 16), (x - 3.4, y - 8), (x - 5, y - 2)], line, 1.8, opacity=0.5 * look.heritage.bridge)
    pen.ellipse((x + 0.5, y - 1), 6.2 * wide, 5, pen.glow(lighter(look.skin, 0.5), 0.6))
    half = 5.2 * wide
    pen.line([(x - half, y + 0.5), (x - half * 0.6, y + 3), (x, y + 3.8), (x + half * 0.7, y + 2.6)], line, 2.4)
    if wide > 1.15:
        pen.line([(x - half - 1.4, y - 1.5), (x - half - 1.6, y + 1.6)], line, 1.8, opacity=0.7)
        pen.line([(x + half + 1.0, y - 1.5), (x + half + 0.9, y + 1.6)], line, 1.8, opacity=0.7)


def _age_lines(pen: Pen, look: Look, head: Head) -> None:
    if look.text.has("freckles|freckled|freckly"):
        for dx, dy in _FRECKLES:
            pen.ellipse((dx + TURN / 2, dy), 1.5, fill=darker(look.skin, 0.35), opacity=0.75)
    if look.years < 55:
        return
    line = darker(look.skin, 0.33)
    with pen.marking(*(("older_adult",) if "older_adult" in look else ())):
        for (x, y), side in zip(head.eyes, (-1, 1), strict=True):
            pen.line([(x + side * 14, y - 3), (x + side * 19, y - 6)], line, 1.6, opacity=0.75)
            pen.line([(x + side * 14, y + 2), (x + side * 20, y + 2)], line, 1.6, opacity=0.75)
            pen.line([(x - 7, y + 13), (x, y + 15), (x + 7, y + 13)], line, 1.6, opacity=0.6)
            pen.line([(TURN + side * 11, 19), (TURN + side * 16, 25), (TURN + side * 17, 32)], line, 2, opacity=0.7)
        for up in (26.0, 20.0):
            pen.line([(-16, 1 - up), (TURN, -1 - up), (24, 1 - up)], line, 1.6, opacity=0.5)


def _growth(pen: Pen, look: Look, head: Head) -> None:
    x, y = head.mouth
    if look.text.has("beard|bearded"):
        points = [
            (-43, 14),
            (-38, 40),
            (-20, 60),
            (3, 66),
            (26, 60),
            (42, 38),
            (45, 14),
            (30, 24),
            (22, 24),
            (x, 21),
        ]
        opening = [(-14, 24), (-28, 25)]
        pen.blob([*points, *opening], pen.shaded(look.hair.color))
        draw_mouth(pen, look, head.mouth, Expression(mouth="smile"))
    if look.text.has("moustache|mustache|beard|bearded"):
        tash = [
            (x - 17, y - 3),
            (x - 8, y - 8),
            (x, y - 6),
            (x + 9, y - 8),
            (x + 18, y - 3),
            (x + 8, y - 2),
            (x, y - 3),
        ]
        pen.blob([*tash, (x - 8, y - 2)], mix(look.hair.color, SHADE, 0.12))
