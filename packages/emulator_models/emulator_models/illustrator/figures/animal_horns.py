"""Horns and antlers, with the ears beneath them."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import ribbon, smooth_loop
from emulator_models.illustrator.drawing.pen import Pen

HORNED = ("goat", "yak", "antlers")
"""The styles of ears that have horns above them."""

_HORN, _ANTLER = "#d9c7a3", "#8a6746"


def draw_horned_ear(pen: Pen, style: str, coat: str, inner: str, s: int) -> None:
    """One side's ear and horn; `s` is -1 for the left of the drawing, 1 for its right."""
    ear: list[Point] = [(s * 40, -26), (s * 66, -34), (s * 84, -18), (s * 70, -6), (s * 48, -8)]
    pen.path(smooth_loop(ear), pen.shaded(darker(coat, 0.1)))
    pen.path(smooth_loop([(s * 50, -22), (s * 66, -27), (s * 75, -18), (s * 64, -12)]), inner)
    if style == "goat":
        pen.path(ribbon([(s * 18, -40), (s * 24, -70), (s * 40, -94), (s * 60, -98)], (17, 14, 9, 3)), _HORN)
        for share in (0.2, 0.45, 0.7):
            x, y = s * (18 + 30 * share), -44 - 56 * share
            pen.line([(x - 6, y), (x + 6, y - 5)], darker(_HORN, 0.25), 2)
    elif style == "yak":
        pen.path(ribbon([(s * 28, -40), (s * 62, -46), (s * 82, -66), (s * 78, -92)], (16, 14, 10, 3)), _HORN)
    else:
        pen.path(ribbon([(s * 16, -42), (s * 26, -76), (s * 50, -104), (s * 52, -132)], (10, 9, 7, 4)), _ANTLER)
        for (x, y), (to_x, to_y) in (((24, -72), (4, -92)), ((38, -92), (66, -92)), ((50, -108), (30, -124))):
            pen.line([(s * x, y), (s * to_x, to_y)], _ANTLER, 6)
