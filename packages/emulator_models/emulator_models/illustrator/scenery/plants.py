"""Trees and boughs. Each tree grows from a point on the ground, x, y."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import ring
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, line, path, polygon
from emulator_models.illustrator.scenery.sky import leaf_shape
from emulator_models.illustrator.stage import Piece, Stage

BARK = "#7a5230"


def _trunk(stage: Stage, x: float, y: float, height: float, width: float, color: str) -> str:
    lean = stage.random.uniform(-0.06, 0.06) * height
    left = [(x - width, y), (x - width * 0.55, y - height * 0.5), (x + lean - width * 0.4, y - height)]
    right = [(x + lean + width * 0.4, y - height), (x + width * 0.55, y - height * 0.5), (x + width, y)]
    dim = x + width * (0.3 if stage.light_from_left else -0.3)
    edge = [(dim - width * 0.25, y), (dim, y - height * 0.5), (x + lean, y - height), (dim + width * 0.25, y)]
    shade = polygon(edge, stage.palette.shade(color, 0.35), opacity=0.5)
    return blob([*left, *right, (x, y + width * 0.25)], color) + shade


def round_tree(stage: Stage, x: float, y: float, height: float, color: str) -> str:
    """A broad-leaved tree: a crown of three lumps lit from the sun's side, with leaf marks."""
    dice, p = stage.random, stage.palette
    side = -1 if stage.light_from_left else 1
    r = height * 0.29
    cy = y - height * 0.66
    parts = [_trunk(stage, x, y, height * 0.6, height * 0.05, p.tinge(BARK))]
    dark, lit = p.shade(color, 0.24), p.tint(color, 0.3)
    for dx, dy, s in ((-0.55, 0.28, 0.72), (0.58, 0.22, 0.74), (0, -0.15, 1.0)):
        parts.append(blob(ring(x + r * dx, cy + r * dy, r * s, r * s * 0.95, dice, rough=0.07), dark))
    for dx, dy, s in ((-0.5, 0.16, 0.6), (0.5, 0.1, 0.62), (0, -0.22, 0.86)):
        parts.append(blob(ring(x + r * dx + side * r * 0.09, cy + r * dy - r * 0.06, r * s, r * s * 0.92, dice), color))
    parts.append(blob(ring(x + side * r * 0.36, cy - r * 0.42, r * 0.44, r * 0.36, dice), lit, opacity=0.75))
    for _ in range(9):
        a, d = dice.uniform(0, 6.28), dice.uniform(0.2, 0.95) * r
        parts.append(leaf_shape(x + d * math.cos(a), cy + d * math.sin(a), r * 0.17, dice.uniform(0, 360), lit, 0.6))
    return "".join(parts)


def pine(stage: Stage, x: float, y: float, height: float, color: str) -> str:
    """A fir: drooping skirts, each with a lit side; snow lies on them in snow."""
    p, dice = stage.palette, stage.random
    parts = [_trunk(stage, x, y, height * 0.3, height * 0.03, p.tinge(BARK))]
    lit, side = p.tint(color, 0.24), (-1 if stage.light_from_left else 1)
    for i in range(4):
        top, low = y - height * (0.46 + 0.18 * i), y - height * (0.1 + 0.2 * i)
        half = height * (0.27 - 0.053 * i) * dice.uniform(0.94, 1.06)
        hem = (
            f"Q{num(x + half * 0.5)} {num(low + 12)} {num(x)} {num(low + 3)}Q{num(x - half * 0.5)}"
            f" {num(low + 12)} {num(x - half)} {num(low)}Z"
        )
        parts.append(
            path(
                f"M{num(x)} {num(top)}Q{num(x + half * 0.4)} {num((top + low) / 2)} {num(x + half)} {num(low)}{hem}",
                p.shade(color, 0.1 * (3 - i) / 3),
            )
        )
        face = (
            f"M{num(x)} {num(top)}Q{num(x + side * half * 0.4)} {num((top + low) / 2)}"
            f" {num(x + side * half * 0.96)} {num(low)}Q{num(x + side * half * 0.3)} {num(low - 8)}"
            f" {num(x)} {num(top)}Z"
        )
        parts.append(
            path(
                face,
                p.light if stage.weather == "snow" else lit,
                opacity=0.8 if stage.weather == "snow" else 0.5,
            )
        )
    return "".join(parts)


def tall_tree(stage: Stage, x: float, y: float, height: float, color: str) -> str:
    """A poplar: one long leaf of a crown with a spine."""
    p, dice = stage.palette, stage.random
    parts = [_trunk(stage, x, y, height * 0.4, height * 0.028, p.tinge(BARK))]
    cy, side = y - height * 0.58, (-1 if stage.light_from_left else 1)
    parts.append(blob(ring(x, cy, height * 0.15, height * 0.42, dice, rough=0.06), p.shade(color, 0.12)))
    parts.append(
        blob(
            ring(x + side * height * 0.03, cy - height * 0.02, height * 0.1, height * 0.36, dice, rough=0.06),
            color,
        )
    )
    twig = p.shade(color, 0.45)
    parts.append(line([(x, y - height * 0.2), (x, y - height * 0.86)], twig, height * 0.009))
    for i in range(5):
        yy = y - height * (0.34 + 0.1 * i)
        reach = height * 0.07 * (1 if i % 2 else -1)
        parts.append(line([(x, yy), (x + reach, yy - height * 0.06)], twig, height * 0.007))
    return "".join(parts)


def birch(stage: Stage, x: float, y: float, height: float, color: str) -> str:
    """A birch that runs up out of the picture: pale bark with dark marks, leaves hanging in."""
    p, dice = stage.palette, stage.random
    pale, ink = mix(p.light, "#fffdf5", 0.4), p.shade(p.tinge(BARK), 0.4)
    w = height * 0.024
    parts = [_trunk(stage, x, y, height, w, pale)]
    for i in range(9):
        yy = y - height * (0.06 + 0.1 * i)
        reach = w * dice.uniform(0.3, 0.6) * (1 if i % 2 else -1)
        parts.append(line([(x + reach * 1.1, yy), (x + reach * 0.3, yy + 3)], ink, w * 0.2, opacity=0.8))
    parts += [
        leaf_shape(
            x + dice.uniform(-4, 4) * w,
            y - height * dice.uniform(0.62, 1.0),
            w * 1.5,
            dice.uniform(40, 140),
            p.tint(color, dice.uniform(0, 0.35)),
        )
        for _ in range(16)
    ]
    return "".join(parts)


def palm(stage: Stage, x: float, y: float, height: float, color: str) -> str:
    """A palm leaning away from the light."""
    p = stage.palette
    lean = height * (0.2 if stage.light_from_left else -0.2)
    top = (x + lean, y - height * 0.86)
    bark = p.tinge("#b08552")
    parts = [line([(x, y), (x + lean * 0.25, y - height * 0.45), top], bark, height * 0.055)]
    for i in range(1, 8):
        t = i / 8
        parts.append(
            line(
                [
                    (x + lean * t * t - 12, y - height * 0.86 * t),
                    (x + lean * t * t + 12, y - height * 0.86 * t - 3),
                ],
                p.shade(bark, 0.3),
                3,
            )
        )
    for angle in (-172, -140, -105, -70, -38, -5, 20, 195):
        a = math.radians(angle)
        reach = height * 0.34
        tip = (top[0] + reach * math.cos(a), top[1] + reach * math.sin(a) * 0.6 + reach * 0.28)
        bow = (top[0] + reach * 0.55 * math.cos(a), top[1] + reach * 0.55 * math.sin(a) - reach * 0.12)
        under = (bow[0], bow[1] + reach * 0.2)
        d = (
            f"M{num(top[0])} {num(top[1])}Q{num(bow[0])} {num(bow[1])} {num(tip[0])} {num(tip[1])}"
            f"Q{num(under[0])} {num(under[1])} {num(top[0])} {num(top[1])}Z"
        )
        parts.append(path(d, p.shade(color, 0.25) if angle % 2 else color))
    return "".join(parts) + circle(top[0] - 9, top[1] + 10, height * 0.025, p.shade(bark, 0.5))


def cactus(stage: Stage, x: float, y: float, height: float, color: str) -> str:
    """A saguaro with two arms and a flower."""
    w = height * 0.2
    lit = stage.palette.tint(color, 0.3)
    arms = line(
        [(x, y - height * 0.4), (x - w * 1.2, y - height * 0.42), (x - w * 1.3, y - height * 0.7)],
        color,
        w * 0.62,
    )
    arms += line(
        [(x, y - height * 0.3), (x + w * 1.1, y - height * 0.33), (x + w * 1.2, y - height * 0.55)],
        color,
        w * 0.55,
    )
    body = line([(x, y - w * 0.3), (x, y - height)], color, w)
    ribs = "".join(
        line([(x + d * w, y - 6), (x + d * w, y - height * 0.97)], lit, 3, opacity=0.7) for d in (-0.22, 0.05, 0.3)
    )
    return arms + body + ribs + circle(x, y - height - w * 0.45, w * 0.26, stage.palette.accent)


def leafy_corner(stage: Stage, *, left: bool, color: str, size: float = 190) -> Piece:
    """Big dark leaves growing in from a lower corner: the nearest thing in the picture."""
    dice, p = stage.random, stage.palette
    x = -6.0 if left else stage.width + 6
    leaves = []
    size *= 0.85
    for i in range(6):
        up = -84 + i * 15
        turn = up if left else 180 - up
        shade = p.shade(color, 0.68 - 0.07 * i)
        leaves.append(leaf_shape(x, 1004, size * dice.uniform(0.72, 1.0), turn, shade))
    reach = size * 0.95
    box = (0.0, 1000 - reach, reach, 1000.0) if left else (stage.width - reach, 1000 - reach, stage.width, 1000.0)
    return Piece("".join(leaves), box)


def hanging_branch(stage: Stage, *, left: bool, color: str, size: float = 330) -> Piece:
    """A leafy bough across an upper corner; a cover keeps its sky clear for the title."""
    if stage.cover:
        return Piece("", (0, 0, 0, 0))
    dice, p = stage.random, stage.palette
    side = 1 if left else -1
    x0 = -10.0 if left else stage.width + 10
    y0 = dice.uniform(30, 70)
    bough = [
        (x0, y0),
        (x0 + side * size * 0.4, y0 + 26),
        (x0 + side * size * 0.75, y0 + 12),
        (x0 + side * size, y0 + 40),
    ]
    parts = [line(bough, p.shade(p.tinge(BARK), 0.5), 11)]
    for i in range(20):
        t = (i + 1) / 20
        x = x0 + side * size * t
        y = y0 + 24 * math.sin(t * 4.2) + 8
        turn = (55 if i % 2 else -50) + dice.uniform(-20, 20)
        parts.append(
            leaf_shape(
                x,
                y,
                dice.uniform(44, 66),
                turn if left else 180 - turn,
                p.shade(color, dice.uniform(0.2, 0.5)),
            )
        )
    box = (0.0, 0.0, size + 50, y0 + 100) if left else (stage.width - size - 50, 0.0, stage.width, y0 + 100)
    return Piece("".join(parts), box)


def far_trees(stage: Stage, y: float, height: float, color: str, count: int = 18) -> str:
    """A wood far off: one row of small crowns in one color."""
    dice = stage.random
    parts = []
    for i in range(count):
        x = stage.width * (i + dice.uniform(0.1, 0.9)) / count
        h = height * dice.uniform(0.6, 1.1)
        if dice.random() < 0.45:
            parts.append(polygon([(x - h * 0.22, y + 6), (x, y - h), (x + h * 0.22, y + 6)], color))
        else:
            parts.append(ellipse(x, y - h * 0.42, h * 0.32, h * 0.5, color))
    return "".join(parts)
