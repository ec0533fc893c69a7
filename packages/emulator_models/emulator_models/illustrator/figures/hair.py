"""Hair: what lies behind the head, and what lies on it, by style and texture."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import ribbon
from emulator_models.illustrator.drawing.pen import Pen
from emulator_models.illustrator.figures.hair_strands import bead_colors, curls, draw_braid, draw_ropes
from emulator_models.illustrator.figures.look import Look

_HAIRLINES: dict[str, list[Point]] = {
    "fringe": [(43, -6), (38, -15), (26, -15), (14, -18), (4, -15), (-8, -18), (-20, -15), (-33, -16), (-43, -6)],
    "side": [(44, -8), (38, -19), (22, -26), (2, -33), (-17, -43), (-24, -33), (-36, -22), (-44, -6)],
    "middle": [(44, -6), (38, -22), (22, -35), (5, -45), (-12, -35), (-33, -22), (-44, -6)],
    "back": [(45, -10), (36, -29), (20, -37), (3, -39), (-15, -37), (-34, -28), (-45, -10)],
    "tousled": [(44, -8), (35, -24), (28, -18), (17, -28), (9, -17), (-4, -27), (-13, -17), (-26, -26), (-35, -16),
                (-44, -5)],
}  # fmt: skip
MARKED = ("hair_texture", "protective_style", "hair_loss", "albinism", "older_adult")


def draw_hair_behind(pen: Pen, look: Look) -> None:
    """What falls behind head and shoulders."""
    hair = look.hair
    shade = darker(hair.color, 0.16)
    with pen.marking(*_marks(look)):
        if hair.style == "afro":
            _cloud(pen, hair.color, (1, -16), 61)
        elif hair.style in ("locs", "braids", "cornrows"):
            draw_ropes(pen, look, behind=True)
        elif hair.texture in ("curly", "coily") and hair.style in ("long", "bob"):
            low = 62 if hair.style == "long" else 34
            spots = [(s * (44 + 9 * math.sin(y / 20)), y) for y in range(-20, low, 15) for s in (-1, 1)]
            for at in [*spots, *((x, low - 8) for x in range(-38, 40, 19))]:
                curls(pen, shade, at, 17)
        elif hair.style in ("long", "bob"):
            pen.blob(_curtain(hair.style, hair.texture), pen.shaded(shade))
        elif hair.style == "ponytail":
            _tail(pen, look, [(-18, -46), (-52, -46), (-72, -14), (-66, 26)], 30)
        elif hair.style == "bun":
            _cloud(pen, hair.color, (-6, -66), 20) if hair.texture in ("curly", "coily") else _bun(pen, hair.color)
        elif hair.style in ("pigtails", "puffs"):
            _bunches(pen, look)


def draw_hair(pen: Pen, look: Look) -> None:
    """What grows on the head and over the forehead."""
    hair = look.hair
    with pen.marking(*_marks(look)):
        if hair.style == "bald":
            pen.ellipse((-14, -34), 15, 9, pen.glow(lighter(look.skin, 0.6), 0.7))
            pen.mark([t for t in ("hair_loss",) if t in look], [(-48, -52), (48, -14)])
        elif hair.style == "patchy":
            _patches(pen, look)
        elif hair.style == "buzz":
            pen.blob(_cap("back", 2.5), pen.shaded(hair.color), opacity=0.86)
            _stipple(pen, hair.color)
        elif hair.style == "cornrows":
            _cornrows(pen, look)
        elif hair.style in ("locs", "braids"):
            _parted(pen, look)
        elif hair.style in ("afro", "puffs") or hair.texture in ("curly", "coily"):
            _curly(pen, look)
        else:
            _sleek(pen, look)


def _marks(look: Look) -> tuple[str, ...]:
    return tuple(t for t in MARKED if t in look)


def _line_of(look: Look) -> str:
    if look.hair.style in ("ponytail", "bun", "pigtails", "puffs"):
        return look.text.pick("hairline", ("back", "fringe", "side")) if look.hair.style != "puffs" else "back"
    if look.text.has("fringe|bangs"):
        return "fringe"
    if look.hair.style == "short":
        return look.text.pick("hairline", ("tousled", "side", "tousled"))
    return look.text.pick("hairline", ("fringe", "side", "middle", "side"))


def _cap(line: str, over: float) -> list[Point]:
    outer = [(-47, 2), (-50 - over * 0.4, -20), (-40 - over * 0.5, -42 - over * 0.4), (-20, -52 - over),
             (4, -54 - over), (27, -49 - over), (43 + over * 0.4, -34 - over * 0.3), (50 + over * 0.3, -14),
             (47, 2)]  # fmt: skip
    return [*outer, *_HAIRLINES[line]]


def _sleek(pen: Pen, look: Look) -> None:
    hair, line = look.hair, _line_of(look)
    over = 7.0 if hair.texture == "wavy" else 5.0
    pen.blob(_cap(line, over), pen.shaded(hair.color, 0.2))
    if hair.style == "short" and line == "tousled":
        pen.blob([(-14, -55), (-2, -70), (4, -60), (16, -69), (18, -55), (2, -50)], hair.color)
    if hair.style in ("long", "bob"):
        low = 40 if hair.style == "long" else 26
        for s in (-1, 1):
            lock = [
                (s * 41, -20),
                (s * 50, -12),
                (s * 56, 10),
                (s * 53, low),
                (s * 47, low + 6),
                (s * 50, 8),
                (s * 45, -4),
            ]
            pen.blob(lock, hair.color)
    shine = lighter(hair.color, 0.28)
    part = {"side": -17.0, "middle": 5.0}.get(line, 0.0)
    wave = 3.0 if hair.texture == "wavy" else 0.0
    for x0, x1 in ((-30, -38), (14, 22), (26, 36)):
        strand = [(part + (x0 - part) * 0.5, -50), (x0 + wave, -43), (x1 - wave, -28), (x1 + wave, -20)]
        pen.line(strand, shine, 2.4, opacity=0.55)
    for x0, x1 in ((-16, -22), (4, 8), (36, 43)):
        strand = [(part + (x0 - part) * 0.5, -49), (x0 - wave, -42), (x1 + wave, -31), (x1, -25)]
        pen.line(strand, darker(hair.color, 0.3), 2.0, opacity=0.4)


def _curly(pen: Pen, look: Look) -> None:
    hair = look.hair
    coily = hair.texture == "coily" or hair.style == "afro"
    if hair.style in ("puffs", "bun", "ponytail", "pigtails"):
        pen.blob(_cap("back", 3), pen.shaded(hair.color))
        for x in range(-36, 42, 9):
            curls(pen, hair.color, (x, -41 + abs(x) * 0.28 + abs(x) ** 2 * 0.004), 6.5)
        return
    pen.blob(_cap("back", 8 if coily else 6), pen.shaded(hair.color))
    size, step = (8.5, 11) if coily else (12.5, 17)
    for degrees in range(186, 356, step):
        a = math.radians(degrees)
        curls(pen, hair.color, (1 + 47 * math.cos(a), -12 + 46 * math.sin(a)), size * 1.15)
    for degrees in range(192, 350, step):
        a = math.radians(degrees)
        curls(pen, hair.color, (2 + 41 * math.cos(a), -4 + 33 * math.sin(a)), size)
    for degrees in range(200, 345, step + 4):
        a = math.radians(degrees)
        curls(pen, hair.color, (2 + 26 * math.cos(a), -25 + 24 * math.sin(a)), size)


def _cloud(pen: Pen, color: str, at: Point, r: float) -> None:
    pen.ellipse(at, r, r * 0.97, pen.shaded(color))
    count = int(r * 0.62)
    for i in range(count):
        a = i * 2 * math.pi / count
        curls(pen, color, (at[0] + r * 0.95 * math.cos(a), at[1] + r * 0.92 * math.sin(a)), r * 0.15)


def _curtain(style: str, texture: str) -> list[Point]:
    low = 96 if style == "long" else 48
    right: list[Point] = [(30, -48), (50, -20), (55, 12), (54, low * 0.55), (52, low * 0.85), (40, low)]
    if texture == "wavy":
        right = [
            (30, -50),
            (52, -20),
            (55, 8),
            (61, low * 0.42),
            (55, low * 0.64),
            (62, low * 0.84),
            (46, low),
        ]
    return [(0, -58), *right, (0, low - 4), *((-x, y) for x, y in reversed(right))]


def _tail(pen: Pen, look: Look, spine: list[Point], width: float) -> None:
    color = darker(look.hair.color, 0.1)
    if look.hair.texture in ("curly", "coily"):
        for i, at in enumerate(spine[1:]):
            curls(pen, color, at, 20 - 2 * i)
            curls(pen, color, (at[0] + 12, at[1] + 14), 16 - 2 * i)
    else:
        pen.path(ribbon(spine, (width * 0.4, width, width * 0.8, 6)), pen.shaded(color))
        pen.line(spine[1:], lighter(color, 0.25), 2.2, opacity=0.5)
    pen.ellipse((spine[0][0] - 8, spine[0][1]), 8, fill=look.text.pick("band", ("#e0574a", "#f0c04a", "#4f9a8b")))


def _bun(pen: Pen, color: str) -> None:
    pen.ellipse((-6, -64), 20, 18, pen.shaded(color))
    pen.line([(-19, -63), (-8, -74), (6, -68), (4, -58), (-8, -58)], darker(color, 0.3), 2.2, opacity=0.5)


def _bunches(pen: Pen, look: Look) -> None:
    hair = look.hair
    tie = look.text.pick("band", ("#e0574a", "#f0c04a", "#4f9a8b"))
    for s in (-1, 1):
        if hair.style == "puffs":
            _cloud(pen, hair.color, (s * 40, -46), 25)
        elif look.text.has("braids|plaits"):
            draw_braid(pen, look, [(s * 46, 10), (s * 58, 40), (s * 56, 84)], 17, tie)
            continue
        elif hair.texture in ("curly", "coily"):
            for at, r in (((s * 56, -14), 17), ((s * 62, 6), 17), ((s * 58, 24), 13)):
                curls(pen, hair.color, at, r)
        else:
            bunch = [
                (s * 44, -20),
                (s * 60, -24),
                (s * 72, -2),
                (s * 70, 26),
                (s * 61, 44),
                (s * 56, 20),
                (s * 46, -6),
            ]
            pen.blob(bunch, pen.shaded(darker(hair.color, 0.06)))
        pen.ellipse((s * 45, -20 if hair.style != "puffs" else -36), 5.5, fill=tie)


def _stipple(pen: Pen, color: str) -> None:
    for i in range(26):
        a, r = i * 2.399, 7 * math.sqrt(i)
        pen.ellipse(
            (r * 1.15 * math.cos(a), -44 + r * 0.26 * math.sin(a)),
            1.1,
            fill=lighter(color, 0.25),
            opacity=0.5,
        )


def _patches(pen: Pen, look: Look) -> None:
    pen.blob(_cap("back", 3), pen.shaded(look.hair.color))
    for x, y, rx, ry in ((-24, -40, 13, 10), (16, -50, 14, 8), (38, -26, 8, 11)):
        pen.blob(
            [
                (x - rx, y),
                (x - 2, y - ry),
                (x + rx, y - 2),
                (x + rx * 0.7, y + ry),
                (x - rx * 0.6, y + ry * 0.8),
            ],
            look.skin,
        )


def _parted(pen: Pen, look: Look) -> None:
    color = look.hair.color
    pen.blob(_cap("middle", 5), pen.shaded(color))
    scalp = darker(look.skin, 0.15)
    for x in (-34, -16, 5, 24, 40):
        pen.line([(5 + (x - 5) * 0.35, -56), (x * 0.9, -45), (x, -32 + abs(x - 5) * 0.22)], scalp, 1.7, opacity=0.8)
    draw_ropes(pen, look, behind=False)


def _cornrows(pen: Pen, look: Look) -> None:
    color, scalp = look.hair.color, darker(look.skin, 0.12)
    pen.blob(_cap("back", 1), pen.shaded(scalp))
    for i, x in enumerate(range(-38, 44, 11)):
        row = [(x * 1.0, -30 + abs(x) * 0.42), (x * 0.86, -40 + abs(x) * 0.25), (x * 0.55, -52)]
        pen.line(row, color, 8)
        for t in range(5):
            y0, y1 = row[0][1], row[2][1]
            at = row[0][0] + (row[2][0] - row[0][0]) * t / 4.5, y0 + (y1 - y0) * t / 4.5
            pen.line(
                [(at[0] - 3, at[1] - 1.5), (at[0], at[1] + 1.5), (at[0] + 3, at[1] - 1.5)],
                lighter(color, 0.3),
                1.2,
            )
        if look.hair.beads:
            pen.ellipse(row[0], 3, fill=bead_colors(i))
