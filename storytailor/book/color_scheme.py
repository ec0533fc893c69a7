"""The colors of a page, taken from a palette step so that every text on it can be read.

Hue and chroma come from the palette; the lightness is chosen here, for the contrast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import cos, radians

from storytailor.colors import contrast, distance, from_oklch, to_oklch
from storytailor.story import PaletteStep

READABLE = 7.0  # contrast: WCAG AAA for text of any size
_MID_LIGHTNESS = 0.5  # OKLCH


@dataclass(frozen=True)
class ColorScheme:
    """The colors of a page, as `#rrggbb`.

    `text` and `accent` keep `READABLE` on `background`, `text_on_dark` keeps it on `dark_background`, and
    `text_on_sun` on `sun`.
    """

    background: str
    text: str
    accent: str
    dark_background: str
    text_on_dark: str
    sky: str
    sun: str
    text_on_sun: str
    hills: tuple[str, str, str]  # far, middle, near
    is_dark: bool  # the step's own colors are rather dark than light


def color_scheme(step: PaletteStep) -> ColorScheme:
    """The scheme of a palette step."""
    return _scheme_of(tuple(step.colors))


def title_colors(step: PaletteStep, around: str) -> tuple[str, str]:
    """Background and text color for a title on a picture whose color there is `around`.

    The background takes its hue from the step's color nearest to that, and its lightness from the picture.
    """
    lightness, chroma, hue = to_oklch(min(step.colors, key=lambda color: distance(color, around)))
    if to_oklch(around)[0] > _MID_LIGHTNESS:
        background = from_oklch(0.92, min(chroma, 0.06), hue)
        return background, _readable_on(background, 0.30, min(chroma, 0.10), hue)
    background = from_oklch(min(lightness, 0.30), min(chroma, 0.08), hue)
    return background, _readable_on(background, 0.96, min(chroma, 0.04), hue)


@cache
def _scheme_of(colors: tuple[str, ...]) -> ColorScheme:
    by_lightness = sorted((to_oklch(color) for color in colors), key=lambda lch: lch[0])
    dark, light = by_lightness[0], by_lightness[-1]
    middle = by_lightness[len(by_lightness) // 2]
    vivid = max(by_lightness, key=lambda lch: lch[1])
    golden = max(by_lightness, key=_likeness_to_the_sun)
    background = from_oklch(0.968, min(light[1], 0.026), light[2])
    dark_background = from_oklch(min(dark[0], 0.30), min(dark[1], 0.08), dark[2])
    sun = from_oklch(0.865, min(golden[1] * 1.3, 0.13), golden[2])
    return ColorScheme(
        background=background,
        text=_readable_on(background, 0.27, min(dark[1], 0.06), dark[2]),
        accent=_readable_on(background, 0.48, min(vivid[1], 0.15), vivid[2]),
        dark_background=dark_background,
        text_on_dark=_readable_on(dark_background, 0.96, min(light[1], 0.04), light[2]),
        sky=from_oklch(0.93, min(light[1], 0.06), light[2]),
        sun=sun,
        text_on_sun=_readable_on(sun, 0.30, min(dark[1], 0.08), dark[2]),
        hills=(
            from_oklch(0.90, min(light[1], 0.06), light[2]),
            from_oklch(0.84, min(middle[1], 0.08), middle[2]),
            from_oklch(0.76, min(dark[1], 0.08), dark[2]),
        ),
        is_dark=sum(lightness for lightness, _, _ in by_lightness) / len(by_lightness) < _MID_LIGHTNESS,
    )


def _likeness_to_the_sun(lch: tuple[float, float, float]) -> float:
    """How well a color does for the sun, or for want of one the moon: light, and rather golden."""
    lightness, chroma, hue = lch
    return lightness + 2.5 * chroma * cos(radians(hue - 85))


def _readable_on(background: str, lightness: float, chroma: float, hue: float) -> str:
    """The color, moved away from the background's lightness until it can be read on it."""
    step = -0.02 if lightness < to_oklch(background)[0] else 0.02
    while 0 < lightness < 1:
        color = from_oklch(lightness, chroma, hue)
        if contrast(color, background) >= READABLE:
            return color
        lightness += step
    return "#000000" if step < 0 else "#ffffff"
