"""Buildings, from a far row of houses to a castle. Each stands on a point x, y."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import circle, ellipse, line, path, polygon, rect
from emulator_models.illustrator.stage import Stage

GLASS_LIT = "#ffdf8e"


def pane(stage: Stage, x: float, y: float, w: float, h: float, *, lit: bool | None = None) -> str:
    """A window: warm at night, the sky's color by day."""
    p = stage.palette
    bright = stage.time in ("night", "sunset") if lit is None else lit
    glass = mix(GLASS_LIT, p.near(80), 0.25) if bright else mix(p.sky_top, p.light, 0.45)
    bar = p.light
    return (
        rect(x - 3, y - 3, w + 6, h + 6, bar, round_=3)
        + rect(x, y, w, h, glass, round_=2)
        + rect(x + w / 2 - 1.5, y, 3, h, bar)
        + rect(x, y + h / 2 - 1.5, w, 3, bar)
    )


def house(stage: Stage, x: float, y: float, size: float, wall: str, roof: str, *, chimney: bool = True) -> str:
    """A gabled house with a door, two windows, and smoke from the chimney."""
    p = stage.palette
    w, h = size, size * 0.62
    parts = []
    if chimney:
        parts.append(rect(x + w * 0.2, y - h - size * 0.42, w * 0.12, size * 0.36, p.shade(roof, 0.3)))
        smoke = mix(p.sky_low, p.light, 0.6)
        parts += [
            circle(
                x + w * (0.27 + 0.07 * i),
                y - h - size * (0.48 + 0.13 * i),
                size * (0.05 + 0.022 * i),
                smoke,
                opacity=0.7,
            )
            for i in range(4)
        ]
    parts.append(rect(x - w / 2, y - h, w, h, wall))
    dim = (x, w / 2) if stage.light_from_left else (x - w / 2, w / 2)
    parts.append(rect(dim[0], y - h, dim[1], h, p.shade(wall, 0.25), opacity=0.35))
    parts.append(polygon([(x - w * 0.58, y - h + 3), (x, y - h - size * 0.44), (x + w * 0.58, y - h + 3)], roof))
    parts.append(
        polygon(
            [(x, y - h - size * 0.44), (x + w * 0.58, y - h + 3), (x + w * 0.1, y - h + 3)],
            p.shade(roof, 0.2),
            opacity=0.6,
        )
    )
    parts.append(
        path(
            (
                f"M{num(x - w * 0.1)} {num(y)}v{num(-h * 0.5)}a{num(w * 0.1)} {num(w * 0.1)} 0 0 1"
                f" {num(w * 0.2)} 0v{num(h * 0.5)}Z"
            ),
            p.shade(roof, 0.35),
        )
    )
    parts.append(circle(x + w * 0.05, y - h * 0.26, w * 0.014, p.light))
    for dx in (-0.38, 0.2):
        parts.append(pane(stage, x + w * dx, y - h * 0.72, w * 0.18, h * 0.32))
    return "".join(parts)


def block(stage: Stage, x: float, y: float, w: float, h: float, wall: str, *, seed: int = 0) -> str:
    """A town house or a block of flats: cornice, rows of windows, a balcony here and there."""
    p = stage.palette
    parts = [rect(x, y - h, w, h, wall)]
    if seed % 3 == 0:
        parts.append(polygon([(x - 4, y - h), (x + w / 2, y - h - w * 0.4), (x + w + 4, y - h)], p.shade(wall, 0.4)))
    else:
        parts.append(rect(x - 5, y - h - 9, w + 10, 14, p.shade(wall, 0.35), round_=3))
    parts.append(rect(x + w * 0.82, y - h, w * 0.18, h, p.shade(wall, 0.3), opacity=0.4))
    columns, step = max(2, int(w // 48)), 66.0
    for row in range(int((h - 70) // step)):
        for column in range(columns):
            wx = x + w * (column + 0.5) / columns - 12
            wy = y - h + 26 + row * step
            lit = (row * 5 + column * 3 + seed) % 4 != 0 if stage.time in ("night", "sunset") else False
            parts.append(pane(stage, wx, wy, 24, 34, lit=lit))
            if (row + column + seed) % 5 == 0:
                parts.append(rect(wx - 8, wy + 30, 40, 12, p.shade(wall, 0.5), round_=2))
                parts += [circle(wx - 4 + 8 * i, wy + 28, 5, p.near(140)) for i in range(5)]
    return "".join(parts)


def shop_front(stage: Stage, x: float, y: float, w: float, wall: str, awning: str) -> str:
    """A shop's ground floor: a striped awning over a window with goods, and a door."""
    p, h = stage.palette, 190.0
    parts = [
        rect(x, y - h, w, h, p.shade(wall, 0.15)),
        pane(stage, x + w * 0.08, y - h * 0.62, w * 0.5, h * 0.44),
    ]
    goods = (p.accent, p.accent2, p.light, p.near(140))
    parts += [circle(x + w * (0.14 + 0.095 * i), y - h * 0.22, w * 0.04, goods[i % 4]) for i in range(5)]
    parts.append(rect(x + w * 0.68, y - h * 0.66, w * 0.22, h * 0.66, p.shade(awning, 0.4), round_=4))
    parts.append(scallops(stage, x - 6, y - h * 0.86, w + 12, 44, awning))
    return "".join(parts)


def scallops(stage: Stage, x: float, y: float, w: float, h: float, color: str) -> str:
    """A striped awning with a scalloped hem."""
    count = max(4, int(w // 34))
    s = w / count
    pale = mix(stage.palette.light, "#ffffff", 0.3)
    parts = []
    for i in range(count):
        tone = color if i % 2 == 0 else pale
        parts.append(
            path(
                f"M{num(x + i * s)} {num(y)}h{num(s)}v{num(h * 0.7)}a{num(s / 2)} {num(h * 0.3)} 0 0 1 {num(-s)} 0Z",
                tone,
            )
        )
    return "".join(parts) + rect(x, y - 5, w, 8, stage.palette.shade(color, 0.3), round_=3)


def tower(stage: Stage, x: float, y: float, w: float, h: float, wall: str, roof: str | None) -> str:
    """A round castle tower: a pointed roof with a flag, or battlements."""
    p = stage.palette
    dim = x if stage.light_from_left else x - w / 2
    parts = [rect(x - w / 2, y - h, w, h, wall), rect(dim, y - h, w / 2, h, p.shade(wall, 0.25), opacity=0.4)]
    for i in range(7):
        bx, by = x - w * 0.38 + (i * 37 % 70) / 100 * w, y - h * (0.12 + 0.12 * i)
        parts.append(rect(bx, by, w * 0.16, 7, p.shade(wall, 0.22), round_=2, opacity=0.7))
    parts.append(
        path(
            (
                f"M{num(x - w * 0.11)} {num(y - h * 0.58)}v{num(-w * 0.22)}a{num(w * 0.11)}"
                f" {num(w * 0.13)} 0 0 1 {num(w * 0.22)} 0v{num(w * 0.22)}Z"
            ),
            mix(GLASS_LIT, p.dark, 0.0 if stage.time in ("night", "sunset") else 0.55),
        )
    )
    if roof is None:
        parts.append(rect(x - w * 0.58, y - h - 10, w * 1.16, 22, p.shade(wall, 0.12)))
        parts += [rect(x - w * 0.58 + i * w * 0.2444, y - h - 34, w * 0.14, 28, p.shade(wall, 0.12)) for i in range(5)]
    else:
        parts.append(polygon([(x - w * 0.64, y - h + 6), (x, y - h - w * 1.25), (x + w * 0.64, y - h + 6)], roof))
        parts.append(
            polygon(
                [(x, y - h - w * 1.25), (x + w * 0.64, y - h + 6), (x + w * 0.14, y - h + 6)],
                p.shade(roof, 0.2),
                opacity=0.7,
            )
        )
        top = y - h - w * 1.25
        parts.append(
            line([(x, top), (x, top - 40)], p.dark, 4)
            + polygon([(x, top - 40), (x + 46, top - 28), (x, top - 14)], p.accent)
        )
    return "".join(parts)


def lighthouse_tower(stage: Stage, x: float, y: float, h: float) -> str:
    """A banded lighthouse whose lamp throws two beams in the dark."""
    p = stage.palette
    w = h * 0.24
    pale, band = mix(p.light, "#ffffff", 0.4), p.near(25)
    parts = []
    lamp = (x, y - h * 1.045)
    if stage.time in ("night", "sunset") or stage.weather in ("storm", "fog", "rain"):
        ray = mix(GLASS_LIT, p.light, 0.3)
        for side in (-1, 1):
            paint = stage.defs.across((0, ray, 0.0 if side < 0 else 0.6), (1, ray, 0.6 if side < 0 else 0.0))
            parts.append(polygon([lamp, (x + side * 620, lamp[1] - 110), (x + side * 620, lamp[1] + 70)], paint))
        parts.append(circle(*lamp, h * 0.2, stage.defs.out((0, ray, 0.9), (1, ray, 0))))
    for i in range(5):
        lo, hi = i / 5, (i + 1) / 5
        a, b = w / 2 * (1 - 0.38 * lo), w / 2 * (1 - 0.38 * hi)
        parts.append(
            polygon(
                [(x - a, y - h * lo), (x - b, y - h * hi), (x + b, y - h * hi), (x + a, y - h * lo)],
                band if i % 2 == 0 else pale,
            )
        )
    parts.append(
        polygon(
            [(x + w * 0.14, y), (x + w * 0.09, y - h), (x + w * 0.31, y - h), (x + w * 0.5, y)],
            p.dark,
            opacity=0.16,
        )
    )
    parts.append(rect(x - w * 0.42, y - h - 6, w * 0.84, 12, p.dark, round_=3))
    parts.append(rect(x - w * 0.22, y - h * 1.1, w * 0.44, h * 0.1, mix(GLASS_LIT, p.light, 0.3)))
    parts.append(
        path(
            (
                f"M{num(x - w * 0.28)} {num(y - h * 1.1)}Q{num(x)} {num(y - h * 1.22)} {num(x + w * 0.28)}"
                f" {num(y - h * 1.1)}Z"
            ),
            band,
        )
    )
    parts += [pane(stage, x - w * 0.06, y - h * t, w * 0.13, h * 0.07) for t in (0.36, 0.7)]
    parts.append(
        path(
            (
                f"M{num(x - w * 0.13)} {num(y)}v{num(-h * 0.11)}a{num(w * 0.13)} {num(w * 0.15)} 0 0 1"
                f" {num(w * 0.26)} 0v{num(h * 0.11)}Z"
            ),
            p.dark,
        )
    )
    return "".join(parts)


def fence(stage: Stage, x0: float, x1: float, y: float, height: float, color: str) -> str:
    """A picket fence."""
    rails = "".join(
        rect(x0, y - height * t, x1 - x0, height * 0.1, stage.palette.shade(color, 0.15)) for t in (0.32, 0.72)
    )
    count = max(2, int((x1 - x0) / (height * 0.42)))
    w = height * 0.2
    posts = "".join(
        polygon(
            [(x, y), (x, y - height * 0.86), (x + w / 2, y - height), (x + w, y - height * 0.86), (x + w, y)],
            color,
        )
        for x in (x0 + (x1 - x0) * i / count for i in range(count))
    )
    return rails + posts


def lamp_post(stage: Stage, x: float, y: float, h: float) -> str:
    """A street lamp."""
    p = stage.palette
    glow = mix(GLASS_LIT, p.light, 0.3)
    lit = stage.time in ("night", "sunset")
    halo = circle(x, y - h, h * 0.34, stage.defs.out((0, glow, 0.75), (1, glow, 0))) if lit else ""
    post = line([(x, y), (x, y - h * 0.93)], p.shade(p.second, 0.7), h * 0.03)
    head = polygon(
        [
            (x - h * 0.05, y - h * 0.93),
            (x - h * 0.07, y - h * 1.05),
            (x + h * 0.07, y - h * 1.05),
            (x + h * 0.05, y - h * 0.93),
        ],
        glow,
    )
    return (
        halo
        + post
        + ellipse(x, y, h * 0.06, h * 0.02, p.dark)
        + head
        + polygon([(x - h * 0.09, y - h * 1.05), (x, y - h * 1.12), (x + h * 0.09, y - h * 1.05)], p.dark)
    )


def bunting(stage: Stage, x0: float, y0: float, x1: float, y1: float, sag: float = 60) -> str:
    """A string of little flags."""
    p = stage.palette
    tones = (p.accent, p.accent2, p.light, p.second)
    count = max(5, int(abs(x1 - x0) / 58))

    def at(t: float) -> tuple[float, float]:
        return x0 + (x1 - x0) * t, y0 + (y1 - y0) * t + sag * 4 * t * (1 - t)

    cord = line([at(i / 8) for i in range(9)], p.dark, 3, opacity=0.7)
    flags = []
    for i in range(count):
        (ax, ay), (bx, by) = at((i + 0.12) / count), at((i + 0.88) / count)
        flags.append(polygon([(ax, ay), (bx, by), ((ax + bx) / 2, (ay + by) / 2 + 44)], tones[i % 4]))
    return cord + "".join(flags)
