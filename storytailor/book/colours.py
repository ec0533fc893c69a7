"""Colours that can be read: a page's scheme, taken from a palette step, with its contrasts computed.

Contrast is WCAG 2.1's ratio, 1 to 21. Hue and feeling come from the palette; lightness is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import cos, radians

from coloraide import Color

from storytailor.story import PaletteStep

_MIDDLE = 0.5  # OKLCH lightness
READABLE = 7.0  # WCAG AAA for text of any size


@dataclass(frozen=True)
class Scheme:
    """The colours of a page, as `#rrggbb`.

    `ink` and `accent` keep `READABLE` on `paper`, `chalk` keeps it on `deep`, `numeral` on `sun`.
    """

    paper: str
    ink: str
    accent: str
    deep: str
    chalk: str
    dawn: str
    sun: str
    numeral: str
    hills: tuple[str, str, str]  # far, middle, near
    dark: bool  # the step's own colours are rather dark than light


def contrast(one: str, other: str) -> float:
    """The WCAG 2.1 contrast ratio of two colours."""
    return float(Color(one).contrast(Color(other), method="wcag21"))


def rgb(colour: str) -> tuple[int, int, int]:
    """The channels of `#rrggbb`, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def scheme_of(step: PaletteStep) -> Scheme:
    """The scheme of a palette step."""
    return _scheme(tuple(step.colors))


def title_colours(step: PaletteStep, around: str) -> tuple[str, str]:
    """Ground and ink for a title on a picture whose colour there is `around`.

    The ground takes its hue from the step's colour nearest to that, and its lightness from the picture.
    """
    lightness, chroma, hue = _oklch(min(step.colors, key=lambda colour: _distance(colour, around)))
    if _oklch(around)[0] > _MIDDLE:
        ground = _hex(0.92, min(chroma, 0.06), hue)
        return ground, _readable(0.30, min(chroma, 0.10), hue, ground)
    ground = _hex(min(lightness, 0.30), min(chroma, 0.08), hue)
    return ground, _readable(0.96, min(chroma, 0.04), hue, ground)


def _distance(one: str, other: str) -> float:
    return float(Color(one).delta_e(Color(other), method="ok"))


@cache
def _scheme(colours: tuple[str, ...]) -> Scheme:
    by_light = sorted((_oklch(colour) for colour in colours), key=lambda lch: lch[0])
    dark, light = by_light[0], by_light[-1]
    vivid = max(by_light, key=lambda lch: lch[1])
    middle = by_light[len(by_light) // 2]
    paper = _hex(0.968, min(light[1], 0.026), light[2])
    deep = _hex(min(dark[0], 0.30), min(dark[1], 0.08), dark[2])
    glow = max(by_light, key=_glow)
    sun = _hex(0.865, min(glow[1] * 1.3, 0.13), glow[2])
    dawn = _hex(0.93, min(light[1], 0.06), light[2])
    return Scheme(
        paper=paper,
        ink=_readable(0.27, min(dark[1], 0.06), dark[2], paper),
        accent=_readable(0.48, min(vivid[1], 0.15), vivid[2], paper),
        deep=deep,
        chalk=_readable(0.96, min(light[1], 0.04), light[2], deep),
        dawn=dawn,
        sun=sun,
        numeral=_readable(0.30, min(dark[1], 0.08), dark[2], sun),
        hills=(
            _hex(0.90, min(light[1], 0.06), light[2]),
            _hex(0.84, min(middle[1], 0.08), middle[2]),
            _hex(0.76, min(dark[1], 0.08), dark[2]),
        ),
        dark=sum(lightness for lightness, _, _ in by_light) / len(by_light) < _MIDDLE,
    )


def _glow(lch: tuple[float, float, float]) -> float:
    """How well a colour plays the sun, or for want of one the moon: light, and rather golden."""
    lightness, chroma, hue = lch
    return lightness + 2.5 * chroma * cos(radians(hue - 85))


def _oklch(colour: str) -> tuple[float, float, float]:
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return float(lightness), float(chroma), float(hue)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    return str(Color("oklch", [lightness, chroma, hue]).convert("srgb").fit().to_string(hex=True))


def _readable(lightness: float, chroma: float, hue: float, ground: str) -> str:
    """The colour, moved away from the ground's lightness until it can be read on it."""
    step = -0.02 if lightness < _oklch(ground)[0] else 0.02
    while 0 < lightness < 1:
        colour = _hex(lightness, chroma, hue)
        if contrast(colour, ground) >= READABLE:
            return colour
        lightness += step
    return "#000000" if step < 0 else "#ffffff"
