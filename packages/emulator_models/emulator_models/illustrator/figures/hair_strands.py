"""Curls, braids and locs: the small shapes that hair is made of."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point, bent, part
from emulator_models.illustrator.drawing.paths import ribbon
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.look import Look

_BEADS = ("#f0c04a", "#e0574a", "#4f9ac0", "#fbf1dc", "#7cb35f")


def bead_colors(i: int) -> str:
    """The color of the i-th bead."""
    return _BEADS[i % len(_BEADS)]


def curls(pen: Pen, color: str, at: Point, r: float) -> None:
    """One round curl with its shine."""
    x, y = at
    pen.ellipse(at, r, fill=color)
    shine = [(x - r * 0.55, y + r * 0.1), (x - r * 0.25, y - r * 0.5), (x + r * 0.35, y - r * 0.42)]
    pen.line(shine, lighter(color, 0.3), max(1.2, r * 0.15), opacity=0.6)
    fold = [(x + r * 0.5, y - r * 0.1), (x + r * 0.3, y + r * 0.5), (x - r * 0.3, y + r * 0.55)]
    pen.line(fold, darker(color, 0.35), max(1.1, r * 0.13), opacity=0.5)


def draw_braid(pen: Pen, look: Look, spine: list[Point], width: float, tie: str) -> None:
    """A plaited braid along a spine, with a tie at its end."""
    color = look.hair.color
    line = bent(spine[0], spine[1], spine[2])
    pen.path(ribbon(line, (width, width * 0.95, width * 0.6)), pen.shaded(color))
    count = max(3, int(math.dist(spine[0], spine[2]) / (width * 0.62)))
    for i in range(count):
        x, y = part(line, 0, (i + 0.6) / count)[-1]
        w = width * (0.46 - 0.16 * i / count)
        pen.line(
            [(x - w, y - w * 0.7), (x, y + w * 0.5), (x + w, y - w * 0.7)],
            darker(color, 0.4),
            1.7,
            opacity=0.7,
        )
        pen.line([(x - w * 0.7, y - w), (x - w * 0.1, y - w * 0.1)], lighter(color, 0.35), 1.4, opacity=0.6)
    x, y = part(line, 0, 0.94)[-1]
    if look.hair.beads:
        for k in range(3):
            pen.ellipse((x, y - 5 + 5.5 * k), 3.6, fill=bead_colors(k))
    else:
        pen.ellipse((x, y), width * 0.36, fill=tie)


def draw_ropes(pen: Pen, look: Look, *, behind: bool) -> None:
    """Box braids, locs or the ends of cornrows: many ropes, or two plaits where two are named."""
    hair = look.hair
    tie = look.text.pick("band", ("#e0574a", "#f0c04a", "#4f9a8b"))
    if hair.style == "braids" and look.text.has("two|plaits|pigtails"):
        if behind:
            for s in (-1, 1):
                draw_braid(pen, look, [(s * 43, 8), (s * 60, 44), (s * 57, 94)], 20, tie)
        return
    width = 12.0 if hair.style == "locs" else 8.0
    low = {"cornrows": 54.0}.get(hair.style, 40.0 if look.text.has("short") else 76.0)
    if behind:
        pen.ellipse((1, -10), 51, 48, darker(hair.color, 0.25))
        count = 9 if hair.style == "locs" else 13
        places = [(-50 + 100 * i / (count - 1), i) for i in range(count)]
    else:
        places = [(x, i) for i, x in enumerate((-50.0, -45.0, 47.0, 52.0))] if hair.style != "cornrows" else []
    for x, i in places:
        end = low + (i * 37 % 17) - 8
        spine = [
            (x * 0.86, -18.0),
            (x * 1.08, 18.0),
            (x * 1.06 + (3 if i % 2 else -3), end * (1 if behind else 0.7)),
        ]
        _rope(pen, look, spine, width, i)


def _rope(pen: Pen, look: Look, spine: list[Point], width: float, i: int) -> None:
    color = look.hair.color if i % 2 else darker(look.hair.color, 0.14)
    line = bent(spine[0], spine[1], spine[2])
    pen.path(ribbon(line, (width, width, width * 0.8)), color)
    locs = look.hair.style == "locs"
    steps = int(abs(spine[2][1] - spine[0][1]) / (9 if locs else 6))
    for k in range(1, steps):
        x, y = part(line, 0, k / steps)[-1]
        w = width * 0.36
        mark = [(x - w, y - 1.5), (x + w, y + 1.5)] if locs else [(x - w, y - 2), (x, y + 1), (x + w, y - 2)]
        pen.line(mark, lighter(look.hair.color, 0.32), 1.2, opacity=0.6)
    x, y = line[-1]
    if look.hair.beads:
        for k in range(2):
            pen.ellipse((x, y - 1 + 6 * k), 4, 3.2, bead_colors(i + k))
