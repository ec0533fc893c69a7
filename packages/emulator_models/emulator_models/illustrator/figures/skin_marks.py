"""What is recorded on a skin: vitiligo, birthmark, eczema, a cleft scar, a port-wine stain."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter, lightness, mix
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import smooth_loop
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.head import Head
from emulator_models.illustrator.figures.look import Look

_MARK = "vitiligo_birthmark_eczema"
_FACE = "facial_difference"


def draw_skin_marks(pen: Pen, look: Look, head: Head, skull: str) -> None:
    """Marks on the face, always at the same place, under its features and inside its outline."""
    with pen.clipped(skull):
        if _MARK in look:
            with pen.marking(_MARK):
                _patches(pen, look, head)
        if _FACE in look and _kind(look) == "port-wine":
            with pen.marking(_FACE):
                _stain(pen, look, head)
    if _FACE in look and _kind(look) == "craniofacial":
        pen.mark((_FACE,), [(-52, 0), (-20, 50)])


def draw_cleft(pen: Pen, look: Look, head: Head) -> None:
    """The fine scar of a mended cleft, from nose to lip."""
    if _FACE not in look or _kind(look) != "cleft":
        return
    s = look.sides("cleft|scar|lip", "cleft")[0]
    (nx, ny), (mx, my) = head.nose, head.mouth
    scar = mix(look.skin, "#f3a6a0" if lightness(look.skin) < 0.61 else "#c9545a", 0.62)
    with pen.marking(_FACE):
        x = mx + s * 3.5
        pen.line([(nx + s * 3, ny + 4), (x + s, (ny + my) / 2 + 2), (x, my - 1.5)], scar, 3.2)
        pen.line([(x - 3, my - 2), (x, my - 4.6), (x + 3.4, my - 2)], scar, 2.8)


def _kind(look: Look) -> str:
    if look.text.has("port-wine|port wine|stain"):
        return "port-wine"
    if look.text.has("craniofacial"):
        return "craniofacial"
    return "cleft" if look.text.has("cleft") else look.text.pick("facial", ("cleft", "port-wine"))


def _patches(pen: Pen, look: Look, head: Head) -> None:
    s = look.sides("vitiligo|birthmark|eczema|patch|patches", "patch")[-1]
    x, y = head.eyes[0 if s < 0 else 1]
    kind = look.text.first("birthmark", "eczema") or "vitiligo"
    if kind == "birthmark":
        at = x + s * 9, y + 16
        color = mix(darker(look.skin, 0.3), "#6b2f24", 0.45)
        pen.blob(
            [
                _off(at, -8, 0),
                _off(at, -3, -6),
                _off(at, 5, -5),
                _off(at, 9, 1),
                _off(at, 4, 7),
                _off(at, -5, 6),
            ],
            color,
        )
        return
    if kind == "eczema":
        for dx, dy, r in ((s * 8, 15, 9), (s * 16, 22, 6), (-s * 30, 24, 7)):
            pen.ellipse((x + dx, y + dy), r * 1.2, r, mix(look.skin, "#d2383a", 0.5), opacity=0.75)
            for k in (-3, 0, 3):
                pen.ellipse((x + dx + k, y + dy + k * 0.6), 1.1, fill=mix(look.skin, "#b02a30", 0.6))
        return
    pale = lighter(look.skin, 0.62) if lightness(look.skin) < 0.74 else mix(look.skin, "#fff8f2", 0.8)
    around = [
        (x - 14, y - 3),
        (x - 8, y - 15),
        (x + 4, y - 14),
        (x + 14, y - 6),
        (x + 15, y + 7),
        (x + 5, y + 15),
        (x - 10, y + 11),
    ]
    pen.blob(around, pale)
    mx, my = head.mouth
    pen.blob(
        [
            (mx - s * 6, my + 3),
            (mx - s * 18, my - 2),
            (mx - s * 24, my + 8),
            (mx - s * 12, my + 15),
            (mx, my + 13),
        ],
        pale,
    )
    pen.blob([(-s * 8, -32), (s * 6, -36), (s * 14, -28), (s * 4, -22)], pale)


def _stain(pen: Pen, look: Look, head: Head) -> None:
    s = look.sides("port-wine|port wine|stain", "stain")[0]
    x, y = head.eyes[0 if s < 0 else 1]
    wine = mix(look.skin, "#96234a", 0.55 if lightness(look.skin) > 0.56 else 0.48)
    shape: list[Point] = [(x - s * 12, y - 26), (x + s * 12, y - 30), (x + s * 40, y - 8), (x + s * 34, y + 26),
             (x + s * 12, y + 34), (x - s * 4, y + 22), (x - s * 10, y + 8), (x - s * 14, y - 10)]  # fmt: skip
    pen.path(smooth_loop(shape), wine, opacity=0.86)


def _off(at: Point, dx: float, dy: float) -> Point:
    return at[0] + dx, at[1] + dy
