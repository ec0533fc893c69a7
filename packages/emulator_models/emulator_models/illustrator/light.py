"""What lies over a scene: weather, the light's tint, a vignette, and the grain of the paper."""

from __future__ import annotations

from collections.abc import Sequence

from emulator_models.illustrator.drawing.color import mix
from emulator_models.illustrator.drawing.geometry import Box, overlap
from emulator_models.illustrator.drawing.paths import num
from emulator_models.illustrator.drawing.svg import circle, path, polygon, rect
from emulator_models.illustrator.scenery.sky import mist
from emulator_models.illustrator.stage import Stage


def weather_behind(stage: Stage) -> str:
    """The weather's deeper part, between the place and the figures."""
    if stage.weather == "storm":
        return _lightning(stage) + _rain(stage, 120, 0.3)
    if stage.weather == "rain":
        return _rain(stage, 110, 0.3)
    if stage.weather == "snow":
        return _snow(stage, 110, (1.5, 4), ())
    if stage.weather == "fog":
        return "".join(mist(stage, stage.horizon + dy, 110, 0.55) for dy in (-20, 90, 190))
    return ""


def weather_before(stage: Stage, kept_clear: Sequence[Box]) -> str:
    """The weather's nearest part, which keeps clear of what must be seen."""
    if stage.weather in ("storm", "rain"):
        return _rain(stage, 26, 0.22)
    if stage.weather == "snow":
        return _snow(stage, 34, (5, 10), kept_clear)
    if stage.weather == "wind":
        return _gusts(stage)
    return ""


def _rain(stage: Stage, count: int, opacity: float) -> str:
    drops = []
    for _ in range(count):
        x, y = stage.random.uniform(0, stage.width), stage.random.uniform(-40, 980)
        long = stage.random.uniform(24, 52)
        drops.append(f"M{num(x)} {num(y)}l{num(-long * 0.28)} {num(long)}")
    return path("".join(drops), stroke=mix(stage.palette.light, "#ffffff", 0.3), width=2.4, opacity=opacity)


def _snow(stage: Stage, count: int, sizes: tuple[float, float], kept_clear: Sequence[Box]) -> str:
    white = mix(stage.palette.light, "#ffffff", 0.6)
    flakes = []
    for _ in range(count):
        x, y, r = (
            stage.random.uniform(0, stage.width),
            stage.random.uniform(0, 1000),
            stage.random.uniform(*sizes),
        )
        if not any(overlap((x - r, y - r, x + r, y + r), box) for box in kept_clear):
            flakes.append(circle(x, y, r, white, opacity=0.85))
    return "".join(flakes)


def _gusts(stage: Stage) -> str:
    curls = []
    for i in range(3):
        x, y = stage.width * (0.1 + 0.3 * i), stage.horizon * (0.35 + 0.2 * (i % 2))
        curls.append(f"M{num(x)} {num(y)}q90 -26 170 0t60 -34q-22 -22 -38 0")
    return path("".join(curls), stroke=stage.palette.light, width=5, opacity=0.55)


def _lightning(stage: Stage) -> str:
    x = stage.width * stage.random.choice((0.24, 0.72))
    bolt = [(0, 0), (60, 0), (26, 96), (70, 92), (-26, 250), (4, 132), (-40, 138)]
    pale = mix(stage.palette.light, "#fff6c9", 0.5)
    glow = stage.defs.out((0, pale, 0.5), (1, pale, 0))
    return circle(x, 180, 320, glow) + polygon([(x + dx, 90 + dy) for dx, dy in bolt], pale)


def wash(stage: Stage) -> str:
    """The light over all, in one coat: warm about its source, cooler and darker at the far edges."""
    p = stage.palette
    warm = p.tint(p.accent, 0.5)
    coat = stage.defs.out((0, warm, 0.1), (0.45, warm, 0), (0.62, p.dark, 0), (1, p.dark, 0.15))
    x, y, reach = stage.sun[0] * 0.6 + stage.width * 0.2, 420, max(stage.width, 1000) * 1.02
    return rect(x - reach, y - reach, 2 * reach, 2 * reach, coat)


def grain(stage: Stage) -> str:
    """The tooth of the paper: two scatters of specks, one light and one dark."""
    p = stage.palette
    parts = []
    for tone, opacity, count in ((p.light, 0.17, 520), (p.dark, 0.1, 520)):
        specks = []
        for _ in range(count):
            x, y = stage.random.uniform(0, stage.width), stage.random.uniform(0, 1000)
            specks.append(f"M{num(x)} {num(y)}h{num(stage.random.uniform(0.6, 2.2))}")
        parts.append(path("".join(specks), stroke=tone, width=1.5, opacity=opacity))
    return "".join(parts)
