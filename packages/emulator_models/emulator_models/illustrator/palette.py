"""The parts that a palette step's colors play in a picture: sky, land, light, dark, accent.

Everything that is not a figure is painted from the step's own colors, so the palette journey is what a
reader sees from page to page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from emulator_models.illustrator.drawing.color import (
    HEX,
    blend,
    chroma,
    difference,
    hue,
    hues_apart,
    lightness,
    mix,
    with_lightness,
)


@dataclass(frozen=True)
class Palette:
    """A step's colors in their parts: what is sky, land, light, dark and accent."""

    colors: tuple[str, ...]
    time: str
    sky_top: str
    sky_low: str
    land: str
    second: str
    accent: str
    accent2: str
    light: str
    dark: str

    def near(self, degrees: float) -> str:
        """The palette's color nearest in hue to `degrees`; greys count as far."""

        def distance(color: str) -> float:
            away = hues_apart(hue(color), degrees)
            pale = max(lightness(color) - 0.86, 0) * 300
            return away + pale + (60 if chroma(color) < 0.03 else 0)

        return min(self.colors, key=distance)

    def plane(self, depth: float, base: str | None = None) -> str:
        """The color of a plane of the land, 0 (on the horizon, drowned in air) to 1 (at our feet)."""
        return mix(mix(self.sky_low, base or self.land, 0.35), base or self.land, depth)

    def tint(self, color: str, share: float) -> str:
        """`color` with the step's light on it."""
        return mix(color, self.light, share)

    def shade(self, color: str, share: float) -> str:
        """`color` in shadow: deeper in its own hue, and a little in the step's dark, so that it stays clean."""
        deep = with_lightness(color, max(lightness(color) - 0.42, 0.16))
        return mix(color, mix(deep, self.dark, 0.3), share)

    def tinge(self, natural: str, share: float = 0.45) -> str:
        """A thing's own color (wood, stone) brought into the palette, less so from across the color circle."""
        return blend(natural, self.near(hue(natural)), share)

    @property
    def leaf(self) -> str:
        """Foliage: the palette's green if it has one, else trees in the color of the land, as in autumn."""
        green = self.near(140)
        if chroma(green) > 0.03 and hues_apart(hue(green), 140) < 65:
            return with_lightness(mix(green, "#5f9150", 0.25), min(max(lightness(green), 0.4), 0.64))
        return with_lightness(self.land, min(max(lightness(self.land) - 0.12, 0.42), 0.66))

    @property
    def dark_scene(self) -> bool:
        """Whether the picture as a whole is a dark one."""
        return lightness(self.sky_low) < 0.5


def make_palette(colors: list[str], time: str, *, grey_sky: bool = False) -> Palette:
    """The parts that `colors` (3 to 5 hexes, any order) play at a `time` of day, perhaps under a grey sky."""
    own = tuple(c.lower() for c in colors if HEX.fullmatch(c)) or (
        "#8ecae6",
        "#a7c957",
        "#ffb703",
        "#fefae0",
    )
    by_light = sorted(own, key=lightness)
    by_chroma = sorted(own, key=chroma, reverse=True)
    light = with_lightness(by_light[-1], max(lightness(by_light[-1]), 0.93))
    dark = with_lightness(by_light[0], min(lightness(by_light[0]), 0.28))
    sky, land = _sky_and_land(own, "day" if grey_sky and time != "night" else time)
    rest = [c for c in by_chroma if c not in (sky, land)] or by_chroma
    accent = rest[0]
    accent2 = rest[1] if len(rest) > 1 else mix(accent, light, 0.4)
    top, low = _sky_gradient(sky, accent, light, time)
    if difference(land, low) < 0.16:
        land = mix(land, dark, 0.3) if lightness(low) > 0.45 else mix(land, light, 0.25)
    if time == "night":
        land = with_lightness(land, min(lightness(land), 0.48))
    return Palette(own, time, top, low, land, sky, accent, accent2, light, dark)


def _sky_and_land(own: tuple[str, ...], time: str) -> tuple[str, str]:
    """The sky's color (coolest by day, warmest at either end of it, darkest at night), and the land's."""
    middling = [c for c in own if 0.3 <= lightness(c) <= 0.93] or list(own)

    def coolness(color: str) -> float:
        return math.cos(math.radians(hue(color) - 245)) * min(chroma(color) / 0.06, 1)

    if time == "night":
        sky = min(own, key=lambda c: lightness(c) - 0.15 * coolness(c))
    elif time in ("sunset", "dawn"):
        sky = min(middling, key=lambda c: coolness(c) - 0.3 * lightness(c))
    else:
        sky = max(middling, key=lambda c: coolness(c) + 0.4 * lightness(c))
    others = [c for c in own if c != sky] or list(own)
    grounded = [c for c in others if 0.35 <= lightness(c) <= 0.88] or others

    def earthiness(color: str) -> float:
        return math.cos(math.radians(hue(color) - 130)) * min(chroma(color) / 0.06, 1) + difference(color, sky)

    return sky, max(grounded, key=earthiness)


def _sky_gradient(sky: str, accent: str, light: str, time: str) -> tuple[str, str]:
    """The sky overhead and at the horizon."""
    if time == "night":
        top = with_lightness(sky, min(lightness(sky), 0.3))
        return top, mix(with_lightness(mix(sky, accent, 0.25), 0.5), top, 0.25)
    if time in ("sunset", "dawn"):
        return sky, mix(blend(sky, accent, 0.25), light, 0.6)
    return sky, mix(sky, light, 0.68)


def with_spread(colors: list[str], count: int) -> list[str]:
    """The `count` of the colors that lie farthest apart, the first always among them."""
    chosen = colors[:1]
    while chosen and len(chosen) < min(count, len(colors)):
        chosen.append(max(colors, key=lambda c: min(difference(c, kept) for kept in chosen)))
    return chosen
