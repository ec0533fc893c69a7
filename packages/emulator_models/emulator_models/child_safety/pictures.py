"""Pictures by their colors: much skin in many shades, or much blood. A stand-in, no protection."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image, UnidentifiedImageError

from emulator_models.illustrator.manifest import read_from
from emulator_models.shapes import Concern

SIDE = 64
"""Pixels a side of the small copy that is looked at."""
FEWEST_SHADES = 40
"""Different shades below which an area is paint, not a photograph: a drawn figure has few."""
SKIN_SHARE, BLOOD_SHARE = 0.55, 0.4


def picture_scores(picture: bytes) -> Mapping[str, float]:
    """Scores in moderation's categories for pictures. A picture that cannot be read has none."""
    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if read_from(opened) is not None:  # the illustrator's own, whose warm evenings have the colors of skin
                return {}
            small = opened.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    except (UnidentifiedImageError, OSError, ValueError):
        return {}
    pixels = [small.getpixel((x, y)) for x in range(SIDE) for y in range(SIDE)]
    skin = [p for p in pixels if isinstance(p, tuple) and _is_skin(*p[:3])]
    blood = [p for p in pixels if isinstance(p, tuple) and _is_blood(*p[:3])]
    return {
        "sexual": _score(skin, len(pixels), SKIN_SHARE),
        "violence/graphic": _score(blood, len(pixels), BLOOD_SHARE),
    }


def judge_picture(picture: bytes) -> list[Concern]:
    """What is not for a child in the picture."""
    scores = picture_scores(picture)
    told = {"sexual": "much bare skin", "violence/graphic": "much blood"}
    names = {"sexual": "sexual", "violence/graphic": "frightening"}
    return [Concern(concern=names[name], quote=told[name]) for name, score in scores.items() if score >= 0.5]


def _score(area: list[tuple[int, ...]], of: int, much: float) -> float:
    shades = len({tuple(channel // 8 for channel in pixel) for pixel in area})
    share = len(area) / of
    return round(min(0.5 + share / 2, 0.99), 4) if share >= much and shades >= FEWEST_SHADES else 0.00001


def _is_skin(red: int, green: int, blue: int) -> bool:
    """The usual rule of thumb in RGB: warm, not too dark, red above green above blue by a margin."""
    return red > 60 and green > 30 and blue > 15 and red > green > blue and 12 < red - green < 100 and red - blue > 20


def _is_blood(red: int, green: int, blue: int) -> bool:
    return 60 < red < 200 and green < 45 and blue < 50 and red > 2 * max(green, blue)
