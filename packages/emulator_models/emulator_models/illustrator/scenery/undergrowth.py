"""What grows low: bushes, grasses, flowers, reeds. Each grows from a point on the ground, x, y."""

from __future__ import annotations

import math

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import ring
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, line, path
from emulator_models.illustrator.scenery.plants import BARK
from emulator_models.illustrator.scenery.sky import leaf_shape
from emulator_models.illustrator.stage import Piece, Stage


def bush(stage: Stage, x: float, y: float, width: float, color: str) -> str:
    """A low round bush with berries of the accent color."""
    dice, p = stage.random, stage.palette
    h = width * 0.5
    parts = [blob(ring(x, y - h * 0.42, width * 0.5, h * 0.62, dice, rough=0.1), p.shade(color, 0.2))]
    side = -1 if stage.light_from_left else 1
    parts.append(blob(ring(x + side * width * 0.1, y - h * 0.5, width * 0.34, h * 0.42, dice, rough=0.12), color))
    spots = [(x + dice.uniform(-0.34, 0.34) * width, y - h * dice.uniform(0.2, 0.8)) for _ in range(5)]
    parts += [circle(at, up, width * 0.028, p.accent) for at, up in spots]
    return "".join(parts)


def grass(stage: Stage, x: float, y: float, size: float, color: str) -> str:
    """A tuft of five blades."""
    blades = []
    for i in range(5):
        lean = (i - 2) * size * 0.2 + stage.random.uniform(-0.1, 0.1) * size
        tall = size * (1 - 0.14 * abs(i - 2))
        root = x + (i - 2) * size * 0.09
        blades.append(
            f"M{num(root - size * 0.05)} {num(y)}Q{num(root)} {num(y - tall * 0.6)} {num(root + lean)}"
            f" {num(y - tall)}Q{num(root + size * 0.05)} {num(y - tall * 0.5)}"
            f" {num(root + size * 0.06)} {num(y)}Z"
        )
    return path("".join(blades), color)


def flower(stage: Stage, x: float, y: float, size: float, color: str, stem: str) -> str:
    """A flower of six petals on a stem with a leaf."""
    lean = stage.random.uniform(-0.25, 0.25) * size
    head = (x + lean, y - size)
    petals = "".join(
        ellipse(
            head[0] + size * 0.15 * math.cos(a),
            head[1] + size * 0.15 * math.sin(a),
            size * 0.14,
            size * 0.14,
            color,
        )
        for a in (0, 1.05, 2.09, 3.14, 4.19, 5.24)
    )
    eye = circle(head[0], head[1], size * 0.1, mix(stage.palette.light, "#ffd166", 0.5))
    leaf = leaf_shape(x, y - size * 0.25, size * 0.36, -35 if lean < 0 else 215, stem)
    return line([(x, y), (x + lean * 0.3, y - size * 0.5), head], stem, size * 0.05) + leaf + petals + eye


def mushroom(stage: Stage, x: float, y: float, size: float) -> str:
    """A toadstool with spots."""
    p = stage.palette
    pale = mix(p.light, "#fff3e0", 0.5)
    stem = blob(
        [
            (x - size * 0.16, y),
            (x - size * 0.1, y - size * 0.6),
            (x + size * 0.1, y - size * 0.6),
            (x + size * 0.16, y),
        ],
        pale,
    )
    cap = path(
        (
            f"M{num(x - size * 0.45)} {num(y - size * 0.5)}Q{num(x - size * 0.4)}"
            f" {num(y - size * 1.05)} {num(x)} {num(y - size * 1.05)}Q{num(x + size * 0.4)}"
            f" {num(y - size * 1.05)} {num(x + size * 0.45)} {num(y - size * 0.5)}Q{num(x)}"
            f" {num(y - size * 0.38)} {num(x - size * 0.45)} {num(y - size * 0.5)}Z"
        ),
        p.near(25),
    )
    return (
        stem
        + cap
        + "".join(
            circle(x + dx * size, y - dy * size, r * size, pale)
            for dx, dy, r in ((-0.2, 0.7, 0.07), (0.05, 0.86, 0.09), (0.24, 0.66, 0.06))
        )
    )


def meadow_floor(stage: Stage, top: float, color: str, *, flowers: int = 10, tufts: int = 26) -> str:
    """Tufts and flowers strewn over the ground, growing larger as they come nearer."""
    dice, p = stage.random, stage.palette
    spots = sorted(
        (top + (1000 - top) * dice.random() ** 0.8, dice.uniform(0, stage.width)) for _ in range(tufts + flowers)
    )
    parts = []
    heads = (p.accent, p.accent2, p.light)
    for i, (y, x) in enumerate(spots):
        size = 10 + 34 * (y - top) / (1000 - top)
        green = p.shade(color, dice.uniform(0.08, 0.26)) if i % 3 else p.tint(color, 0.25)
        if i % max(1, (tufts + flowers) // max(flowers, 1)) == 0 and flowers:
            parts.append(flower(stage, x, y, size * 0.95, heads[i % 3], p.shade(color, 0.3)))
        else:
            parts.append(grass(stage, x, y, size * 0.8, green))
    return "".join(parts)


def reeds(stage: Stage, x: float, y: float, size: float, color: str) -> str:
    """Bulrushes."""
    parts = []
    for i in range(5):
        lean = (i - 2) * size * 0.1 + stage.random.uniform(-8, 8)
        top = (x + lean + (i - 2) * 8, y - size * stage.random.uniform(0.7, 1))
        parts.append(line([(x + (i - 2) * 8, y), top], color, 4.5))
        if i % 2 == 0:
            parts.append(
                line(
                    [(top[0], top[1] + 6), (top[0] + lean * 0.1, top[1] - size * 0.16)],
                    stage.palette.tinge(BARK),
                    11,
                )
            )
    return "".join(parts)


def grass_fringe(stage: Stage, color: str) -> Piece:
    """Grass and a few flowers along the lower edge, close to the eye and below everybody's feet."""
    p, dice = stage.palette, stage.random
    parts = []
    for i in range(int(stage.width / 34) + 1):
        x = i * 34 + dice.uniform(-12, 12)
        parts.append(grass(stage, x, 1008, dice.uniform(34, 74), p.shade(color, dice.uniform(0.35, 0.62))))
        if dice.random() < 0.14:
            parts.append(
                flower(
                    stage,
                    x,
                    1006,
                    dice.uniform(44, 76),
                    dice.choice((p.accent, p.accent2)),
                    p.shade(color, 0.5),
                )
            )
    return Piece("".join(parts), (0, 962, stage.width, 1000))
