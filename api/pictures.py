"""Pictures that people send: looked at with suspicion, and written anew with nothing but their pixels."""

from __future__ import annotations

import asyncio
import struct
from io import BytesIO

from PIL import Image, ImageOps

from storytailor.errors import PayloadTooLarge, ValidationError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2048
FORMATS = ("PNG", "JPEG", "WEBP")
NO_PICTURE = "not a whole PNG, JPEG or WebP picture"
TOO_MANY_BYTES = f"The picture is larger than {MOST_BYTES:,} bytes."
TOO_MANY_PIXELS = f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels."
AT_A_TIME = 2
"""A picture of the largest size takes some 160 MB while it is decoded."""

# What Pillow's decoders raise on broken files, besides OSError, which all of its own errors are.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error)

_decoding = asyncio.Semaphore(AT_A_TIME)


async def clean_picture(body: bytes) -> bytes:
    """The picture as an RGB PNG, upright, at most LONGEST_SIDE pixels a side, without metadata.

    Raises PayloadTooLarge for too many bytes or pixels, ValidationError for what is no picture.
    """
    if len(body) > MOST_BYTES:
        raise PayloadTooLarge(TOO_MANY_BYTES)
    async with _decoding:
        return await asyncio.to_thread(_rewritten, body)


def _rewritten(body: bytes) -> bytes:
    try:
        with Image.open(BytesIO(body), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:  # known from its header, nothing decoded yet
                raise PayloadTooLarge(TOO_MANY_PIXELS)
            picture.draft(
                "RGB", (LONGEST_SIDE, LONGEST_SIDE)
            )  # a large JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _as_png(upright)
    except Image.DecompressionBombError as error:  # Pillow's own limit, far beyond ours
        raise PayloadTooLarge(TOO_MANY_PIXELS) from error
    except BROKEN as error:
        fault = {"where": "body.image", "what": NO_PICTURE}
        raise ValidationError(f"The image cannot be read: {NO_PICTURE}.", [fault]) from error


def _as_png(picture: Image.Image) -> bytes:
    """Its pixels only, on white where it was transparent."""
    pixels = Image.new("RGB", picture.size, "white")
    solid = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    pixels.paste(solid, mask=solid if solid.mode == "RGBA" else None)
    png = BytesIO()
    pixels.save(png, "PNG")
    return png.getvalue()
