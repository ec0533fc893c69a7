"""How many tokens OpenAI bills a picture by: drawn, drawn from, or looked at."""

from __future__ import annotations

import io
import math

from PIL import Image, UnidentifiedImageError

_OLD_SQUARE = {"low": 272, "medium": 1056, "high": 4160}
"""Of a square of 1024 pixels, by gpt-image-1.5 and older; other sizes by their area."""
_PATCHES = {"low": 16, "medium": 48, "high": 96}
_PATCHES_2_5 = {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96}
"""Patches along the longer side."""
_MOST_SEEN = 1536


def drawn_tokens(model: str, size: tuple[int, int], quality: str) -> int:
    """The output tokens of one picture."""
    width, height = size
    if not model.startswith("gpt-image-2"):
        return round(_OLD_SQUARE[quality] * width * height / 1024**2)
    plain = model == "gpt-image-2" or model.startswith("gpt-image-2-")
    along = (_PATCHES if plain else _PATCHES_2_5)[quality]
    across = math.floor(along * min(size) / max(size) + 0.5)
    return math.ceil(along * across * (2_000_000 + width * height) / 4_000_000)


def seen_tokens(picture: bytes) -> int:
    """The input tokens of a reference picture, which could be read: a token a patch of 32 by 32 pixels."""
    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
    return min(math.ceil(width / 32) * math.ceil(height / 32), _MOST_SEEN)


def looked_at_tokens(picture: bytes) -> int:
    """The input tokens of a picture that a model of the GPT-5.2 family looks at; none of one that cannot be read."""
    try:
        return math.ceil(1.2 * seen_tokens(picture))
    except (UnidentifiedImageError, OSError):
        return 0
