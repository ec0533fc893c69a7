"""Colors as `#rrggbb`, mixed and measured as the eye does: in OKLab, by coloraide.

What a color is used for (a palette's parts, the words for skin and cloth) is not said here.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from coloraide import Color

Lab = tuple[float, float, float]
HEX = re.compile(r"#[0-9a-fA-F]{6}")
SHADE = "#43223f"  # shadows are warm plum, never grey
LIGHT = "#fff4df"
_KEPT = 1 << 16  # coloraide takes some 20 µs a conversion, and a picture needs thousands, most of them again


@lru_cache(_KEPT)
def to_lab(color: str) -> Lab:
    """The color in OKLab: lightness 0 to 1, then the green-red and the blue-yellow axis."""
    lightness, a, b = Color(color).convert("oklab").coords()
    return lightness, a, b


@lru_cache(_KEPT)
def from_lab(lab: Lab) -> str:
    """The OKLab color, clipped into sRGB."""
    return Color("oklab", lab).convert("srgb").clip().to_string(hex=True)


@lru_cache(_KEPT)
def mix(one: str, other: str, share: float) -> str:
    """`one` with a `share` (0 to 1) of `other` in it."""
    a, b = to_lab(one), to_lab(other)
    share = min(max(share, 0.0), 1.0)
    return from_lab((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share))


def darker(color: str, share: float = 0.2) -> str:
    """A color in warm shade."""
    return mix(color, SHADE, share)


def lighter(color: str, share: float = 0.2) -> str:
    """A color in warm light."""
    return mix(color, LIGHT, share)


def lightness(color: str) -> float:
    """Perceived lightness, 0 (black) to 1 (white)."""
    return to_lab(color)[0]


def chroma(color: str) -> float:
    """Distance from grey; about 0.3 for the strongest screen colors."""
    return math.hypot(*to_lab(color)[1:])


def hue(color: str) -> float:
    """Hue in degrees: about 30 red, 90 yellow, 140 green, 250 blue, 330 pink."""
    return math.degrees(math.atan2(to_lab(color)[2], to_lab(color)[1])) % 360


def hues_apart(one: float, other: float) -> float:
    """The angle between two hues."""
    return abs((one - other + 180) % 360 - 180)


def blend(one: str, other: str, share: float) -> str:
    """As `mix`, but holding back where the two lie opposite and would make mud."""
    if chroma(one) > 0.04 and chroma(other) > 0.04:
        share *= 1 - 0.8 * min(max(hues_apart(hue(one), hue(other)) - 60, 0) / 70, 1)
    return mix(one, other, share)


def with_lightness(color: str, target: float) -> str:
    """The same hue at another lightness; chroma eases off towards black and white."""
    now, a, b = to_lab(color)
    room = min(1.0, 4.2 * min(target, 1 - target) + 0.12) if abs(target - now) > 0.02 else 1.0
    return from_lab((target, a * room, b * room))


def difference(one: str, other: str) -> float:
    """Distance in OKLab; 0.02 is just seen, 0.2 is plainly another color."""
    return math.dist(to_lab(one), to_lab(other))
