"""Colours mixed as the eye mixes them (OKLab), and the parts a palette step plays in a picture.

Everything that is not a figure is painted from the step's own colours, so the palette journey is what a
reader sees from page to page.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

Lab = tuple[float, float, float]
HEX = re.compile(r"#[0-9a-fA-F]{6}")


def _to_linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _from_linear(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


@lru_cache(maxsize=4096)
def to_lab(colour: str) -> Lab:
    """OKLab of a `#rrggbb`: lightness 0 to 1, then the green-red and blue-yellow axes (Ottosson 2020)."""
    r, g, b = (_to_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


@lru_cache(maxsize=4096)
def from_lab(lab: Lab) -> str:
    """The `#rrggbb` of an OKLab colour, clipped into sRGB."""
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _from_linear(min(max(v, 0.0), 1.0))):02x}" for v in linear)


def mix(one: str, other: str, share: float) -> str:
    """`one` with a `share` (0 to 1) of `other` in it."""
    a, b = to_lab(one), to_lab(other)
    share = min(max(share, 0.0), 1.0)
    return from_lab(
        (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)
    )


def _apart(one: float, other: float) -> float:
    """The angle between two hues."""
    return abs((one - other + 180) % 360 - 180)


def blend(one: str, other: str, share: float) -> str:
    """As `mix`, but holding back where the two lie opposite and would make mud."""
    if chroma(one) > 0.04 and chroma(other) > 0.04:
        share *= 1 - 0.8 * min(max(_apart(hue(one), hue(other)) - 60, 0) / 70, 1)
    return mix(one, other, share)


def lightness(colour: str) -> float:
    """Perceived lightness, 0 (black) to 1 (white)."""
    return to_lab(colour)[0]


def chroma(colour: str) -> float:
    """Distance from grey; about 0.3 for the strongest screen colours."""
    return math.hypot(*to_lab(colour)[1:])


def hue(colour: str) -> float:
    """Hue in degrees: about 30 red, 90 yellow, 140 green, 250 blue, 330 pink."""
    return math.degrees(math.atan2(to_lab(colour)[2], to_lab(colour)[1])) % 360


def with_lightness(colour: str, target: float) -> str:
    """The same hue at another lightness; chroma eases off towards black and white."""
    now, a, b = to_lab(colour)
    room = min(1.0, 4.2 * min(target, 1 - target) + 0.12) if abs(target - now) > 0.02 else 1.0
    return from_lab((target, a * room, b * room))


def difference(one: str, other: str) -> float:
    """Distance in OKLab; 0.02 is just seen, 0.2 is plainly another colour."""
    return math.dist(to_lab(one), to_lab(other))


@dataclass(frozen=True)
class Palette:
    """A step's colours in their parts: what is sky, land, light, dark and accent."""

    colours: tuple[str, ...]
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
        """The palette's colour nearest in hue to `degrees`; greys count as far."""

        def distance(colour: str) -> float:
            away = _apart(hue(colour), degrees)
            pale = max(lightness(colour) - 0.86, 0) * 300
            return away + pale + (60 if chroma(colour) < 0.03 else 0)

        return min(self.colours, key=distance)

    def plane(self, depth: float, base: str | None = None) -> str:
        """The colour of a plane of the land, 0 (on the horizon, drowned in air) to 1 (at our feet)."""
        return mix(mix(self.sky_low, base or self.land, 0.35), base or self.land, depth)

    def tint(self, colour: str, share: float) -> str:
        """`colour` with the step's light on it."""
        return mix(colour, self.light, share)

    def shade(self, colour: str, share: float) -> str:
        """`colour` in shadow: deeper in its own hue, and a little in the step's dark, so that it stays clean."""
        deep = with_lightness(colour, max(lightness(colour) - 0.42, 0.16))
        return mix(colour, mix(deep, self.dark, 0.3), share)

    def tinge(self, natural: str, share: float = 0.45) -> str:
        """A thing's own colour (wood, stone) brought into the palette, less so from across the colour circle."""
        return blend(natural, self.near(hue(natural)), share)

    @property
    def leaf(self) -> str:
        """Foliage: the palette's green if it has one, else trees in the colour of the land, as in autumn."""
        green = self.near(140)
        if chroma(green) > 0.03 and _apart(hue(green), 140) < 65:
            return with_lightness(mix(green, "#5f9150", 0.25), min(max(lightness(green), 0.4), 0.64))
        return with_lightness(self.land, min(max(lightness(self.land) - 0.12, 0.42), 0.66))

    @property
    def dark_scene(self) -> bool:
        """Whether the picture as a whole is a dark one."""
        return lightness(self.sky_low) < 0.5


def make_palette(colours: list[str], time: str, *, grey_sky: bool = False) -> Palette:
    """The parts that `colours` (3 to 5 hexes, any order) play at a `time` of day, perhaps under a grey sky."""
    own = tuple(c.lower() for c in colours if HEX.fullmatch(c)) or (
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
    """The sky's colour (coolest by day, warmest at either end of it, darkest at night), and the land's."""
    middling = [c for c in own if 0.3 <= lightness(c) <= 0.93] or list(own)

    def coolness(colour: str) -> float:
        return math.cos(math.radians(hue(colour) - 245)) * min(chroma(colour) / 0.06, 1)

    if time == "night":
        sky = min(own, key=lambda c: lightness(c) - 0.15 * coolness(c))
    elif time in ("sunset", "dawn"):
        sky = min(middling, key=lambda c: coolness(c) - 0.3 * lightness(c))
    else:
        sky = max(middling, key=lambda c: coolness(c) + 0.4 * lightness(c))
    others = [c for c in own if c != sky] or list(own)
    grounded = [c for c in others if 0.35 <= lightness(c) <= 0.88] or others

    def earthiness(colour: str) -> float:
        return math.cos(math.radians(hue(colour) - 130)) * min(chroma(colour) / 0.06, 1) + difference(
            colour, sky
        )

    return sky, max(grounded, key=earthiness)


def _sky_gradient(sky: str, accent: str, light: str, time: str) -> tuple[str, str]:
    """The sky overhead and at the horizon."""
    if time == "night":
        top = with_lightness(sky, min(lightness(sky), 0.3))
        return top, mix(with_lightness(mix(sky, accent, 0.25), 0.5), top, 0.25)
    if time in ("sunset", "dawn"):
        return sky, mix(blend(sky, accent, 0.25), light, 0.6)
    return sky, mix(sky, light, 0.68)


def with_spread(colours: list[str], count: int) -> list[str]:
    """The `count` of the colours that lie farthest apart, the first always among them."""
    chosen = colours[:1]
    while chosen and len(chosen) < min(count, len(colours)):
        chosen.append(max(colours, key=lambda c: min(difference(c, kept) for kept in chosen)))
    return chosen
