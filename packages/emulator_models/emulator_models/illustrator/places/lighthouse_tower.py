"""Inside a lighthouse: a round room of stone, and the way that winds up along its wall."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import circle, ellipse, line, path, rect
from emulator_models.illustrator.scenery.sky import halo
from emulator_models.illustrator.stage import Scenery, Stage

_COURSE = 62  # units: the height of a row of stones


def inside_the_lighthouse(stage: Stage) -> Scenery:
    """Stone rows bent round, an arched window over the sea, the ramp curling up out of sight, blankets on the floor."""
    p, w, foot = stage.palette, stage.width, stage.horizon + 90
    stone = mix(p.shade(p.second, 0.25), p.tinge("#7c7f88"), 0.55)
    dark = p.shade(stone, 0.45)
    round_wall = stage.defs.across((0, dark, 1), (0.5, p.tint(stone, 0.18), 1), (1, dark, 1))
    back = [rect(0, 0, w, foot, round_wall), *_stones(stage, foot, p.shade(stone, 0.35))]
    up_left = stage.random.random() < 0.5
    back.append(_ramp(stage, foot - 330, 150, not up_left, p.shade(stone, 0.2), dark))
    back.append(_window(stage, w * (0.36 if up_left else 0.64), stage.horizon - 190, dark))
    back.append(_ramp(stage, foot - 60, 230, up_left, p.tint(stone, 0.12), dark))
    floor = stage.defs.down((0, p.shade(stone, 0.3), 1), (1, p.tint(stone, 0.08), 1))
    back.append(rect(0, foot, w, 1000 - foot, floor))
    back += [
        ellipse(
            w / 2, foot + 30 + 55 * k, w * (0.42 + 0.16 * k), 26 + 10 * k, "none", stroke=p.shade(stone, 0.4), width=3
        )
        for k in range(4)
    ]
    x = w * (0.1 if up_left else 0.9)
    heap = ((0, 0, p.tint(p.second, 0.35)), (14, -26, p.tint(p.second, 0.7)), (-8, -48, p.tint(p.accent2, 0.45)))
    blankets = [
        ellipse(x + aside, stage.floor - 60 + up, 110 - 20 * k, 30 - 4 * k, color)
        for k, (aside, up, color) in enumerate(heap)
    ]
    return Scenery(back, blankets, [], setting="indoors", hang=(), bystanders=None, home=None)


def _stones(stage: Stage, foot: float, seam: str) -> list[str]:
    """Rows of stones, lower in the middle as those of a round wall are seen, and the joints between them."""
    w, parts = stage.width, []
    for row in range(int(foot / _COURSE) + 1):
        y = foot - row * _COURSE
        bend = 34 * (y / foot)
        parts.append(
            path(
                f"M0 {num(y - bend)}Q{num(w / 2)} {num(y + bend)} {num(w)} {num(y - bend)}",
                stroke=seam,
                width=3,
                opacity=0.6,
            )
        )
        for k in range(1, 12):
            share = (k + (row % 2) / 2) / 12
            x = w * (0.5 - 0.5 * (1 - 2 * share) * (1.4 - 0.4 * abs(1 - 2 * share)))
            lift = bend * (1 - (2 * x / w - 1) ** 2) - bend * (2 * x / w - 1) ** 2
            parts.append(line([(x, y + lift * 0.5), (x, y + lift * 0.5 - _COURSE)], seam, 2.5, opacity=0.45))
    return parts


def _ramp(stage: Stage, low: float, rise: float, up_left: bool, color: str, edge: str) -> str:
    """A way along the wall from one side up to the other, with a rail on posts."""
    w = stage.width

    def at(share: float) -> Point:
        x = -20 + (w + 40) * (1 - share if up_left else share)
        return x, low - rise * (3 * share**2 - 2 * share**3)

    upper = [at(k / 20) for k in range(21)]
    way = " ".join(f"{num(x)} {num(y)}" for x, y in upper)
    under = " ".join(f"{num(x)} {num(y + 62)}" for x, y in reversed(upper))
    parts = [path(f"M{way}L{under}Z", color), line(upper, edge, 7)]
    parts += [line([(x, y), (x, y - 62)], edge, 6) for x, y in upper[1:-1:2]]
    parts.append(line([(x, y - 62) for x, y in upper], edge, 8))
    return "".join(parts)


def _window(stage: Stage, x: float, y: float, edge: str) -> str:
    """An arched window: sky, the sea under it, and its light on the wall."""
    p, half, tall = stage.palette, 62.0, 150.0

    def arch(grown: float) -> str:
        a, foot = half + grown, y + tall + grown
        return f"M{num(x - a)} {num(foot)}V{num(y)}a{num(a)} {num(a)} 0 0 1 {num(2 * a)} 0V{num(foot)}Z"

    sky = stage.defs.down((0, p.sky_top, 1), (1, p.sky_low, 1))
    parts = [halo(stage, x, y + 40, 230, p.light, 0.4), path(arch(18), edge), path(arch(0), sky)]
    parts.append(rect(x - half, y + tall * 0.62, 2 * half, tall * 0.38, mix(p.sky_low, p.tinge("#2f6d8a"), 0.6)))
    if stage.time == "night":
        parts += [circle(x - 40 + 23 * k, y - 34 + 31 * (k * 3 % 4), 2.8, p.light) for k in range(4)]
    parts.append(rect(x - 4, y - half, 8, half + tall, edge) + rect(x - half, y + 34, 2 * half, 8, edge))
    return "".join(parts)
