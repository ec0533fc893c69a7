"""All color mathematics of the product, on coloraide: parsing, formatting, contrast, distance, OKLCH and OKLab.

Colors are `#rrggbb` strings unless said otherwise. Which color to use for what is decided elsewhere.
"""

from __future__ import annotations

import numpy as np
from coloraide import Color
from coloraide.spaces.oklab import LMS3_TO_OKLAB, XYZD65_TO_LMS
from coloraide.spaces.srgb_linear import RGB_TO_XYZ
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# coloraide converts one color at a time; its own numbers, as arrays, convert a picture at once. Arrays are multiplied
# by einsum: `@` goes through OpenBLAS, whose threads wait for each other by spinning, which on a busy machine takes
# fifteen times the processor time of the work itself.
_LINEAR_LIGHT = np.array([Color("srgb", [level / 255] * 3).convert("srgb-linear")[0] for level in range(256)])
_LINEAR_TO_LMS = np.array(XYZD65_TO_LMS) @ np.array(RGB_TO_XYZ)
_CUBE_ROOTS_TO_OKLAB = np.array(LMS3_TO_OKLAB)

_GAMUT_TOLERANCE = 1e-3  # of linear light: less out of gamut than this cannot be seen
_CHROMA_STEPS = 25


def to_channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def from_channels(red: float, green: float, blue: float) -> str:
    """The color of three channels, 0 to 255, rounded."""
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def contrast(one: str, other: str) -> float:
    """The WCAG 2.1 contrast ratio of two colors, 1 to 21."""
    return float(Color(one).contrast(Color(other), method="wcag21"))


def distance(one: str, other: str) -> float:
    """How far apart two colors are in OKLab."""
    return float(Color(one).delta_e(Color(other), method="ok"))


def to_oklch(color: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, and hue in degrees (0 for a grey)."""
    lightness, chroma, hue = Color(color).convert("oklch").coords(nans=False)
    return float(lightness), float(chroma), float(hue)


def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The color, fitted into what a screen can show."""
    return str(Color("oklch", [lightness, chroma, hue]).convert("srgb").fit().to_string(hex=True))


def pixels_to_oklab(pixels: NDArray[np.uint8]) -> Floats:
    """OKLab of sRGB pixels; both arrays have a row a pixel, three columns."""
    lms = np.einsum("ik,jk->ij", _LINEAR_LIGHT[pixels], _LINEAR_TO_LMS)
    lab: Floats = np.einsum("ik,jk->ij", np.cbrt(lms), _CUBE_ROOTS_TO_OKLAB)
    return lab


def from_oklab(lab: Floats) -> str:
    """The color; one that no screen can show is made greyer until one can, its hue and lightness kept."""
    lightness, green_red, blue_yellow = lab.tolist()
    for step in range(_CHROMA_STEPS, -1, -1):
        part = step / _CHROMA_STEPS
        shown = Color("oklab", [lightness, green_red * part, blue_yellow * part]).convert("srgb-linear")
        if shown.in_gamut(tolerance=_GAMUT_TOLERANCE):
            break
    return str(shown.clip().convert("srgb").to_string(hex=True))
