"""Pictures decoded once for all that look at one soon after the other: whether it is whole, its colors, each book file.

To decode a PNG takes longer than most of what is then done with it.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from threading import Condition

from cachetools import LRUCache, cached
from PIL import Image

MOST_BYTES = 48_000_000
"""So much is kept decoded in a process: the pictures of three or four books of 1024 pixels a side."""


def _size(image: Image.Image) -> int:
    return image.width * image.height * len(image.getbands())


def _digest(picture: bytes) -> bytes:
    return hashlib.blake2b(picture, digest_size=16).digest()


@cached(LRUCache(MOST_BYTES, _size), key=_digest, condition=Condition())
def decoded(picture: bytes) -> Image.Image:
    """An encoded picture in RGB, to be read and never changed. Takes processor time: call it in a thread.

    Raises OSError or SyntaxError for what is none, Image.DecompressionBombError for one that is too large.
    """
    with Image.open(BytesIO(picture)) as opened:
        return opened.convert("RGB")
