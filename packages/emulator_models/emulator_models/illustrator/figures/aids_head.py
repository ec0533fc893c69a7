"""Glasses, hearing and breathing: what is worn on a head, in head space."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter, lightness
from emulator_models.illustrator.drawing.geometry import Point, star_points
from emulator_models.illustrator.drawing.paths import ribbon, rounded, smooth_loop, straight_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.head import Head
from emulator_models.illustrator.figures.look import Look

_BRIGHT = ("#7a52b8", "#2f8fc4", "#e0564a", "#35a06a", "#e2589a")


def draw_head_aids(pen: Pen, look: Look, head: Head) -> None:
    """All recorded devices of the head, each where it belongs."""
    drawn = {
        "feeding_tube": _nasal_tube,
        "oxygen_tracheostomy": _cannula,
        "eye_patch_strabismus": _eye_patch,
        "glasses": _glasses,
        "hearing_aid": _hearing_aids,
        "cochlear_implant": _implants,
        "ear_defenders": _defenders,
    }
    for trait, draw in drawn.items():
        if trait in look:
            with pen.marking(trait):
                draw(pen, look, head)


def _at(pair: tuple[Point, Point], side: int) -> Point:
    return pair[0] if side < 0 else pair[1]


def _glasses(pen: Pen, look: Look, head: Head) -> None:
    frame = look.text.color("glasses|spectacles|frames") or look.text.pick("frames", _BRIGHT)
    square = look.text.has("(?:square|rectangular) (?:\\w+ )?glasses") or look.text.pick("lens", (0, 0, 1)) == 1
    dark = look.text.has("dark glasses|sunglasses")
    (lx, ly), (rx, ry) = head.eyes
    r = min(16.5, (rx - lx) / 2 - 2.2)
    for (x, y), side in zip(head.eyes, (-1, 1), strict=True):
        pen.line([(x + side * r, y - 3), (side * (head.side - 1), y - 5)], frame, 3.6)
        lens = rounded(x - r, y - r * 0.84, 2 * r, r * 1.72, 6 if square else r)
        pen.path(lens, "#33303c" if dark else "#eaf6ff", opacity=0.92 if dark else 0.13)
        pen.path(lens, stroke=frame, width=3.8)
        pen.line([(x - r * 0.5, y - r * 0.42), (x - r * 0.1, y - r * 0.6)], "#ffffff", 2.2, opacity=0.7)
    pen.line([(lx + r, ly - 1), ((lx + rx) / 2, ly - 4), (rx - r, ry - 1)], frame, 3.8)


def _eye_patch(pen: Pen, look: Look, head: Head) -> None:
    side = look.sides("patch|strabismus|squint|eye", "eye")[0]
    x, y = _at(head.eyes, side)
    if not look.text.has("patch"):
        pen.mark(("eye_patch_strabismus",), [(x - 10, y - 10), (x + 10, y + 10)])
        return
    color = look.text.color("patch|eye-patch") or look.text.pick("patch", ("#f0b9a0", "#8fc3e0", "#b7a6e0", "#9fd8bd"))
    oval = [
        (x - 15, y - 2),
        (x - 9, y - 14),
        (x + 4, y - 15),
        (x + 14, y - 6),
        (x + 14, y + 8),
        (x + 4, y + 15),
        (x - 9, y + 12),
    ]
    pen.path(smooth_loop(oval), pen.shaded(color), stroke=lighter(color, 0.45), width=2)
    pen.path(straight_loop(star_points(x, y, 7.5)), "#fffaf0" if lightness(color) < 0.92 else "#e0564a")


def _hearing_aids(pen: Pen, look: Look, head: Head) -> None:
    color = look.text.color("aids?") or look.text.pick("hearing aid", _BRIGHT)
    for side in look.sides("hearing aids?", "hearing"):
        x, y = _at(head.ears, side)
        tx, ty = _at(head.ear_tops, side)
        case = [
            (tx - side * 5, ty - 4),
            (tx + side * 2, ty - 7),
            (tx + side * 9, ty - 1),
            (x + side * 10, y + 9),
        ]
        pen.path(ribbon(case, (7, 9.5, 10.5, 8)), pen.shaded(color, 0.22), stroke=darker(color, 0.3), width=0.8)
        pen.line([(tx + side * 5, ty - 4), (tx + side * 9, ty + 2)], lighter(color, 0.6), 2)
        pen.line([(tx - side * 5, ty - 3), (tx - side * 7, ty + 4), (x - side * 2, y)], "#f4fbff", 2.4)
        pen.ellipse((x + side * 1, y + 2), 4.8, 5.4, lighter(color, 0.3), stroke=darker(color, 0.25), width=1)


def _implants(pen: Pen, look: Look, head: Head) -> None:
    color = look.text.color("implants?|processor|cochlear") or look.text.pick("implant", _BRIGHT)
    for side in look.sides("cochlear|implants?|processor", "implant"):
        x, y = _at(head.ears, side)
        tx, ty = _at(head.ear_tops, side)
        coil = tx - side * 9, ty - 23
        pen.line(
            [(tx + side * 6, ty - 2), (tx + side * 9, ty - 16), (coil[0] + side * 5, coil[1])],
            darker(color, 0.35),
            2.6,
        )
        case = [
            (tx - side * 4, ty - 4),
            (tx + side * 3, ty - 6),
            (tx + side * 9, ty),
            (x + side * 10, y + 11),
        ]
        pen.path(ribbon(case, (7, 10, 11, 9)), pen.shaded(color, 0.22), stroke=darker(color, 0.3), width=0.8)
        pen.ellipse(coil, 9.5, fill=pen.shaded(color, 0.22), stroke="#fbf6ea", width=1.8)
        pen.ellipse(coil, 3.4, fill=lighter(color, 0.5))


def _defenders(pen: Pen, look: Look, head: Head) -> None:
    color = look.text.color("defenders|ear-defenders|headphones") or look.text.pick("defenders", _BRIGHT)
    top, side = head.crown - 5, head.side + 5
    band: list[Point] = [(-side, -2), (-side * 0.94, top * 0.62), (-side * 0.5, top * 0.96), (1, top * 1.03),
                         (side * 0.5, top * 0.96), (side * 0.94, top * 0.62), (side, -2)]  # fmt: skip
    pen.line(band, darker(color, 0.35), 9)
    pen.line(band, lighter(color, 0.2), 3.4, opacity=0.7)
    for s in (-1, 1):
        x, y = s * head.side, 5.0
        pen.path(rounded(x - s * 2 - 6, y - 17, 12, 34, 6), "#3b3844")
        pen.path(rounded(x + s * 7 - 8.5, y - 18, 17, 36, 8), pen.shaded(color, 0.25))
        pen.line([(x + s * 8, y - 9), (x + s * 8, y + 7)], lighter(color, 0.5), 3, opacity=0.7)


def _nasal_tube(pen: Pen, look: Look, head: Head) -> None:
    if look.text.has("button|tummy|g-tube|gastrostomy|stomach|belly"):
        return
    side = look.sides("tube|nostril|cheek", "tube")[0]
    nx, ny = head.nose
    cx, cy = _at(head.cheeks, side)
    ex, ey = _at(head.ears, side)
    tube: list[Point] = [
        (nx + side * head.nostril, ny + 4),
        (nx + side * 11, ny + 9),
        (cx + side * 3, cy + 3),
        (ex - side * 4, ey + 6),
        (ex + side * 2, ey - 8),
    ]
    pen.line(tube, "#8c8078" if lightness(look.skin) > 0.7 else "#4d3a34", 4.2, opacity=0.5)
    pen.line(tube, "#fff6df", 2.8)
    with pen.moved(cx + side * 3, cy + 3, side * 12):
        tape = look.text.color("tape") or "#fdf3dc"
        pen.path(rounded(-9.5, -5.5, 19, 11, 4), tape, stroke=darker(tape, 0.25), width=0.9, opacity=0.96)
        pen.path(straight_loop(star_points(0, 0, 4.4)), "#e0564a")


def _cannula(pen: Pen, look: Look, head: Head) -> None:
    if look.text.has("trach|tracheostomy"):
        return
    nx, ny = head.nose
    shade = "#7fa9b8" if lightness(look.skin) > 0.56 else "#9fd0df"
    for s in (-1, 1):
        cx, cy = _at(head.cheeks, s)
        ex, ey = _at(head.ears, s)
        tube: list[Point] = [
            (nx, ny + 7.5),
            (nx + s * 8, ny + 8),
            (cx + s * 3, cy + 1),
            (ex - s * 5, ey - 2),
            (ex + s * 1, ey - 10),
        ]
        pen.line(tube, shade, 4.4)
        pen.line(tube, "#eafaff", 2.3)
        pen.line([(nx + s * 3.2, ny + 7.5), (nx + s * 3.2, ny + 2.5)], shade, 4.2)
        pen.line([(nx + s * 3.2, ny + 7), (nx + s * 3.2, ny + 2.5)], "#eafaff", 2.2)
