"""How many tokens a picture is: one that is drawn, one that another is drawn from, one that is looked at.

Output: the picture is divided into patches, as many along its longer side as the quality says; it is billed by patches
and size. The formula was derived from OpenAI's prices by size and quality, and gives all 156 of them that LiteLLM
1.110.2 repeats for gpt-image-2 and 2.5 (`tests/making/test_picture_tokens.py` holds some).
Input: one token a patch of 32 by 32 pixels, at most 1,536 of them; GPT-5.2 bills a picture it looks at 1.2 times that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from storytailor.making.prices import SNAPSHOT_DATE

PATCHES: Mapping[str, Mapping[str, int]] = {
    "gpt-image-2": {"low": 16, "medium": 48, "high": 96},
    "gpt-image-2.5-flare": {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96},
    "gpt-image-2.5-sunburst": {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96},
}
"""Patches along the longer side, by exact model id and quality."""
MOST_PATCHES_SEEN = 1536
LOOKED_AT = 1.2
"""A picture that is looked at, against one that is drawn from."""


def drawn_tokens(model: str, size: str, quality: str) -> tuple[int, int] | None:
    """The fewest and most output tokens of a picture of `size` ("1024x1024"); None where that is not known.

    They differ for the quality "auto" only, which leaves the choice to the model.
    """
    patches = PATCHES.get(SNAPSHOT_DATE.sub("", model), {})
    chosen = [patches["low"], patches["high"]] if quality == "auto" and patches else [patches.get(quality)]
    tokens = [_tokens(size, along) for along in chosen if along]
    return (min(tokens), max(tokens)) if tokens else None


def seen_tokens(size: str) -> int:
    """The input tokens of a picture of this size that another is drawn from."""
    width, height = sides(size)
    return min(math.ceil(width / 32) * math.ceil(height / 32), MOST_PATCHES_SEEN)


def sides(size: str) -> tuple[int, int]:
    """Width and height in pixels of a size such as "1536x1024"."""
    width, height = map(int, size.split("x"))
    return width, height


def _tokens(size: str, along: int) -> int:
    width, height = sides(size)
    longer, shorter = max(width, height), min(width, height)
    across = math.floor(along * shorter / longer + 0.5)
    return math.ceil(along * across * (2_000_000 + width * height) / 4_000_000)
