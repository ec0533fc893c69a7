"""Devices on chest and belly, worn over the clothes, in the trunk's own space."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import rounded, smooth_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.build import Build
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.skeleton import Skeleton

_BRACES = ("#2f8fc4", "#e0564a", "#35a06a", "#7a52b8", "#f0a63a")


def draw_trunk_aids(pen: Pen, look: Look, bones: Skeleton) -> None:
    """All recorded devices of the trunk."""
    body, text = bones.build, look.text
    drawn = (
        ("orthosis_brace", _back_brace, text.has("back brace|spinal brace")),
        ("insulin_pump_cgm", _pump, True),
        ("feeding_tube", _button, text.has("button|tummy|g-tube|gastrostomy|stomach|belly")),
        ("oxygen_tracheostomy", _tracheostomy, text.has("trach|tracheostomy")),
    )
    with pen.moved(*bones.hip, bones.lean):
        for trait, draw, worn_here in drawn:
            if trait in look and worn_here:
                with pen.marking(trait):
                    draw(pen, look, body)


def _pump(pen: Pen, look: Look, body: Build) -> None:
    x = body.belly * 0.62
    pen.line([(x - 6, -12), (x - 20, -26), (x - 26, -8), (x - 12, -2)], "#f4fbff", 2.4)
    pen.path(rounded(x - 11, -20, 24, 17, 4), "#3d4657")
    pen.path(rounded(x - 7.5, -17, 13, 9, 2), "#9fe0d0")
    pen.ellipse((x + 9, -11.5), 1.9, fill="#f0a63a")


def _button(pen: Pen, look: Look, body: Build) -> None:
    x, y = -body.belly * 0.3, -body.torso * 0.3
    tube: list[Point] = [(x, y), (x - 8, y + 16), (-body.belly * 0.9, y + 20), (-body.belly - 12, y + 4)]
    pen.line(tube, "#8f8a84", 4.6)
    pen.line(tube, "#fff6df", 3)
    pen.ellipse((x, y), 9, fill="#fdf3dc", stroke="#c9a97e", width=1.2)
    pen.ellipse((x, y), 4, fill="#7fbbe6", stroke="#3f78c2", width=1)


def _tracheostomy(pen: Pen, look: Look, body: Build) -> None:
    t = body.torso
    pen.line([(-22, -t - 8), (0, -t + 3), (24, -t - 8)], "#5c8fd0", 6)
    flange = smooth_loop([(-14, -t - 2), (0, -t - 5), (17, -t - 2), (14, -t + 9), (2, -t + 11), (-11, -t + 9)])
    pen.path(flange, "#fbfaf6", stroke="#b7bcc8", width=1.2)
    pen.ellipse((2, -t + 3), 5, fill="#dfe6ee", stroke="#7f8a9c", width=1.8)


def _back_brace(pen: Pen, look: Look, body: Build) -> None:
    color = look.text.color("brace") or look.text.pick("shell", _BRACES)
    t, wide = body.torso, body.belly + 4
    right: list[Point] = [(wide - 4, -t * 0.72), (wide + 1, -t * 0.3), (wide, 2)]
    left: list[Point] = [(-x, y) for x, y in reversed(right)]
    shell = smooth_loop([(0, -t * 0.6), *right, (0, 6), *left])
    pen.path(shell, pen.shaded(lighter(color, 0.35)), stroke=darker(color, 0.2), width=1.6)
    for y in (-t * 0.48, -t * 0.18):
        pen.line([(-wide + 2, y), (0, y + 3), (wide - 2, y)], darker(color, 0.3), 5)
