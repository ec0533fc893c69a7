"""Rooms and their furniture."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import lightness, mix, with_lightness
from emulator_models.illustrator.drawing.geometry import star_points
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import blob, circle, ellipse, line, path, polygon, rect
from emulator_models.illustrator.scenery.buildings import GLASS_LIT
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import Stage

WOOD = "#a9714b"


def wall_and_floor(stage: Stage, base: str) -> tuple[str, str]:
    """The colors of a room's wall and floor."""
    p = stage.palette
    return wall_color(stage, base), mix(p.tinge(WOOD, 0.5), p.land, 0.3)


def sides(stage: Stage) -> tuple[float, float]:
    """The shares of the width for a room's main piece and its counterweight."""
    return (0.2, 0.78) if stage.random.random() < 0.5 else (0.8, 0.22)


def wall_color(stage: Stage, base: str) -> str:
    """A wall of the base color: soft by day, dusky at night."""
    if stage.time == "night":
        return with_lightness(mix(base, stage.palette.dark, 0.2), min(lightness(base), 0.45))
    return mix(base, stage.palette.light, 0.35)


def room(stage: Stage, wall: str, floor: str, *, pattern: str = "stripes") -> str:
    """A back wall with its paper, a skirting board and a boarded floor."""
    p, w, y = stage.palette, stage.width, stage.horizon + 90
    paint = stage.defs.down((0, p.shade(wall, 0.1), 1), (1, p.tint(wall, 0.15), 1))
    parts = [rect(0, 0, w, y, paint), _paper(stage, wall, y, pattern)]
    boards = stage.defs.down((0, p.shade(floor, 0.12), 1), (1, p.tint(floor, 0.12), 1))
    parts.append(rect(0, y, w, 1000 - y, boards))
    seam = p.shade(floor, 0.32)
    for i in range(-3, 13):
        x = w * i / 9
        parts.append(line([(w / 2 + (x - w / 2) * 0.7, y), (w / 2 + (x - w / 2) * 1.6, 1000)], seam, 2.5, opacity=0.45))
    parts.append(rect(0, y - 20, w, 22, p.tint(wall, 0.55)) + rect(0, y + 1, w, 7, p.dark, opacity=0.15))
    return "".join(parts)


def _paper(stage: Stage, wall: str, bottom: float, pattern: str) -> str:
    p, w = stage.palette, stage.width
    tone = p.tint(wall, 0.4) if stage.time != "night" else p.tint(wall, 0.12)
    if pattern == "stripes":
        return "".join(rect(x, 0, 30, bottom, tone, opacity=0.35) for x in range(15, int(w), 76))
    if pattern == "dots":
        spots = [(x + (row % 2) * 40, 40 + row * 62) for row in range(int(bottom / 62)) for x in range(20, int(w), 80)]
        return "".join(circle(x, y, 6, tone, opacity=0.5) for x, y in spots)
    if pattern == "tiles":
        lines = "".join(rect(x, bottom - 230, 3, 230, tone, opacity=0.5) for x in range(0, int(w), 58))
        return lines + "".join(rect(0, bottom - 230 + 58 * i, w, 3, tone, opacity=0.5) for i in range(4))
    return "".join(
        polygon(star_points(x + (r % 2) * 55, 60 + r * 84, 9, 4), tone, opacity=0.5)
        for r in range(int(bottom / 84))
        for x in range(30, int(w), 110)
    )


def window(stage: Stage, x: float, y: float, w: float, h: float, *, curtain: str | None = None) -> str:
    """A sash window on the day or the night, with curtains, and its light falling on the floor."""
    p = stage.palette
    top, low = (p.sky_top, p.sky_low)
    if stage.time != "night" and lightness(low) < 0.6:
        low = mix(low, p.light, 0.5)
    frame = mix(p.light, "#ffffff", 0.25)
    parts = [rect(x - 14, y - 14, w + 28, h + 28, frame, round_=8)]
    parts.append(rect(x, y, w, h, stage.defs.down((0, top, 1), (1, low, 1))))
    disc = mix(p.light, "#fff3c4", 0.5)
    parts.append(circle(x + w * 0.7, y + h * 0.3, w * 0.1, disc))
    if stage.time == "night":
        parts += [
            circle(x + w * (0.12 + 0.29 * (i * 5 % 3)), y + h * (0.13 + 0.14 * (i * 3 % 5)), 2.6, disc)
            for i in range(7)
        ]
    parts.append(
        blob(
            [
                (x + 1, y + h - 1),
                (x + 1, y + h * 0.74),
                (x + w * 0.4, y + h * 0.66),
                (x + w - 1, y + h * 0.8),
                (x + w - 1, y + h - 1),
            ],
            mix(p.land, p.dark, 0.15),
        )
    )
    parts.append(rect(x + w / 2 - 5, y, 10, h, frame) + rect(x, y + h * 0.5 - 5, w, 10, frame))
    parts.append(rect(x - 26, y + h + 10, w + 52, 16, frame, round_=5))
    if curtain:
        for side in (0, 1):
            cx = x - 40 if side == 0 else x + w + 40
            s = 1 if side == 0 else -1
            d = (
                f"M{num(cx)} {num(y - 30)}L{num(cx + s * w * 0.42)} {num(y - 30)}Q{num(cx + s * w * 0.36)}"
                f" {num(y + h * 0.5)} {num(cx + s * 24)} {num(y + h * 0.66)}Q{num(cx + s * 40)}"
                f" {num(y + h * 0.9)} {num(cx + s * 34)} {num(y + h + 46)}L{num(cx - s * 10)}"
                f" {num(y + h + 46)}Z"
            )
            parts.append(
                path(d, curtain)
                + line(
                    [
                        (cx + s * w * 0.2, y - 20),
                        (cx + s * w * 0.16, y + h * 0.4),
                        (cx + s * 16, y + h * 0.62),
                    ],
                    p.shade(curtain, 0.25),
                    4,
                    opacity=0.6,
                )
            )
        parts.append(rect(x - 62, y - 40, w + 124, 12, p.shade(p.tinge(WOOD), 0.3), round_=6))
    return "".join(parts)


def bookshelf(stage: Stage, x: float, y: float, w: float, h: float, wood: str, rows: int = 4) -> str:
    """Shelves of books, standing and leaning, with a keepsake among them."""
    p, dice = stage.palette, stage.random
    tones = (p.accent, p.accent2, p.second, p.land, p.light, p.shade(p.accent, 0.4), p.shade(p.second, 0.4))
    parts = [rect(x, y - h, w, h, p.shade(wood, 0.42), round_=6)]
    step = h / rows
    for row in range(rows):
        foot, at = y - h + step * (row + 1) - 10, x + 14
        while at < x + w - 34:
            bw, bh = dice.uniform(12, 25), step * dice.uniform(0.52, 0.8)
            if dice.random() < 0.1:
                parts.append(circle(at + 16, foot - 18, 17, dice.choice(tones)))
                at += 40
                continue
            tone = dice.choice(tones)
            parts.append(
                rect(at, foot - bh, bw, bh, tone, round_=2) + rect(at, foot - bh * 0.8, bw, 5, p.light, opacity=0.5)
            )
            at += bw + 2
        parts.append(rect(x, foot, w, 10, p.tint(wood, 0.1)))
    sides = rect(x, y - h, 10, h, wood) + rect(x + w - 10, y - h, 10, h, wood)
    return "".join(parts) + sides + rect(x - 6, y - h - 6, w + 12, 14, wood, round_=4)


def bed(stage: Stage, x: float, y: float, w: float, quilt: str, *, left: bool = True) -> str:
    """A child's bed side on: headboard, pillow, patchwork quilt."""
    p = stage.palette
    wood, pale = p.tinge(WOOD), mix(p.light, "#ffffff", 0.3)
    s = 1 if left else -1
    head = x if left else x + w
    foot = x + w if left else x

    def bar(at: float, tall: float, wide: float) -> str:
        return rect(at - wide / 2, y - tall, wide, tall, wood, round_=10)

    parts = [bar(head, w * 0.46, 26), bar(foot, w * 0.27, 22)]
    parts.append(rect(min(head, foot), y - w * 0.16, w, w * 0.1, p.shade(wood, 0.2)))
    parts.append(rect(min(head, foot) + 8, y - w * 0.25, w - 16, w * 0.12, pale, round_=14))
    parts.append(ellipse(head + s * w * 0.15, y - w * 0.27, w * 0.13, w * 0.06, pale))
    edge, end = head + s * w * 0.27, foot - s * 12
    d = (
        f"M{num(edge)} {num(y - w * 0.26)}Q{num((edge + end) / 2)} {num(y - w * 0.33)} {num(end)}"
        f" {num(y - w * 0.25)}L{num(end)} {num(y - w * 0.06)}Q{num((edge + end) / 2)}"
        f" {num(y - w * 0.02)} {num(edge)} {num(y - w * 0.08)}Z"
    )
    parts.append(path(d, quilt))
    tones = (p.accent, p.light, p.accent2)
    for i in range(8):
        qx = edge + (end - edge) * (0.1 + 0.11 * i)
        parts.append(
            rect(
                qx - w * 0.03,
                y - w * (0.2 - 0.08 * (i % 2)),
                w * 0.06,
                w * 0.06,
                tones[i % 3],
                round_=3,
                opacity=0.85,
            )
        )
    parts.append(rect(min(edge, edge + s * w * 0.06), y - w * 0.27, w * 0.06, w * 0.2, pale, round_=6))
    return "".join(parts)


def rug(stage: Stage, x: float, y: float, rx: float, color: str) -> str:
    """An oval rug with rings."""
    p = stage.palette
    rings = (
        (1.0, p.shade(color, 0.2)),
        (0.93, color),
        (0.68, p.tint(color, 0.4)),
        (0.6, color),
        (0.3, p.accent),
    )
    return "".join(ellipse(x, y, rx * s, rx * 0.2 * s, tone) for s, tone in rings)


def table(stage: Stage, x: float, y: float, w: float, h: float, cloth: str | None = None) -> str:
    """A table, with a cloth if one is given."""
    p = stage.palette
    wood = p.tinge(WOOD)
    legs = "".join(rect(x + dx * w - 9, y - h, 18, h, p.shade(wood, 0.25), round_=4) for dx in (-0.42, 0.42))
    top = rect(x - w / 2, y - h - 10, w, 22, wood, round_=8)
    if not cloth:
        return legs + top
    hem = "".join(
        path(f"M{num(x - w / 2 + i * w / 8)} {num(y - h * 0.55)}a{num(w / 16)} 16 0 0 0 {num(w / 8)} 0Z", cloth)
        for i in range(8)
    )
    return (
        legs
        + rect(x - w / 2, y - h - 12, w, h * 0.45 + 14, cloth, round_=6)
        + hem
        + rect(x - w / 2, y - h * 0.72, w, 8, p.light, opacity=0.5)
    )


def pendant_lamp(stage: Stage, x: float, y: float, size: float, color: str) -> str:
    """A lamp hanging on its cord, and its light."""
    p = stage.palette
    warm = mix(GLASS_LIT, p.light, 0.4)
    return (
        line([(x, -5), (x, y)], p.dark, 4)
        + halo(stage, x, y + size * 0.6, size * 3.2, warm, 0.5 if stage.time == "night" else 0.3)
        + ellipse(x, y + size * 0.62, size * 0.36, size * 0.12, warm)
        + path(
            (
                f"M{num(x - size * 0.6)} {num(y + size * 0.6)}Q{num(x - size * 0.5)} {num(y)} {num(x)}"
                f" {num(y)}Q{num(x + size * 0.5)} {num(y)} {num(x + size * 0.6)} {num(y + size * 0.6)}Z"
            ),
            color,
        )
    )


def frame(stage: Stage, x: float, y: float, w: float, h: float, inner: str, paper: str) -> str:
    """A picture in a wooden frame on the wall, its top left at x, y; `inner` is drawn over the paper."""
    p = stage.palette
    wood = p.shade(p.tinge(WOOD), 0.15)
    shade = rect(x - 8, y - 6, w + 24, h + 24, p.dark, round_=5, opacity=0.2)
    return shade + rect(x - 12, y - 12, w + 24, h + 24, wood, round_=5) + rect(x, y, w, h, paper) + inner


def plant_pot(stage: Stage, x: float, y: float, size: float) -> str:
    """A house plant with broad leaves."""
    p = stage.palette
    green, pot = p.tinge("#5b8c5a"), p.near(35)
    leaves = "".join(
        path(
            (
                f"M{num(x)} {num(y - size * 0.34)}Q{num(x + dx * size * 0.9 - 14)} {num(y - size * 0.8)}"
                f" {num(x + dx * size)} {num(y - size * (1.15 - abs(dx) * 0.6))}"
                f"Q{num(x + dx * size * 0.4 + 16)} {num(y - size * 0.55)} {num(x)} {num(y - size * 0.34)}Z"
            ),
            p.shade(green, 0.12 * (i % 3)),
        )
        for i, dx in enumerate((-0.55, 0.55, -0.3, 0.3, 0.04))
    )
    return (
        leaves
        + polygon(
            [
                (x - size * 0.24, y - size * 0.4),
                (x + size * 0.24, y - size * 0.4),
                (x + size * 0.17, y),
                (x - size * 0.17, y),
            ],
            pot,
        )
        + rect(x - size * 0.27, y - size * 0.44, size * 0.54, size * 0.1, p.shade(pot, 0.2), round_=4)
    )
