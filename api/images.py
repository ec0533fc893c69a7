"""Images that people send: checked before they are decoded, and encoded anew with nothing but their pixels."""

from __future__ import annotations

import asyncio
import struct
from io import BytesIO

from PIL import Image, ImageOps

from api.limits import IMAGE_TOO_LARGE, MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from storytailor.errors import PayloadTooLargeError, ValidationError

MAX_SIDE = 2048
FORMATS = ("PNG", "JPEG", "WEBP")
NO_PICTURE = "not a whole PNG, JPEG or WebP picture"
TOO_MANY_PIXELS = f"The picture has more than {MAX_IMAGE_PIXELS // 1_000_000} million pixels."
CONCURRENT_DECODES = 2
"""A picture of the largest size takes some 160 MB while it is decoded."""

# What Pillow's decoders raise on broken files, besides OSError, which all of its own errors are.
DECODE_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error)

_decoding = asyncio.Semaphore(CONCURRENT_DECODES)


async def sanitize_image(body: bytes) -> bytes:
    """The picture as an RGB PNG, upright, at most MAX_SIDE pixels a side, without metadata.

    Raises PayloadTooLargeError for too many bytes or pixels, ValidationError for what is no picture.
    """
    if len(body) > MAX_IMAGE_BYTES:
        raise PayloadTooLargeError(IMAGE_TOO_LARGE)
    async with _decoding:
        return await asyncio.to_thread(_reencode, body)


def _reencode(body: bytes) -> bytes:
    try:
        with Image.open(BytesIO(body), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_IMAGE_PIXELS:  # known from its header, nothing decoded yet
                raise PayloadTooLargeError(TOO_MANY_PIXELS)
            picture.draft("RGB", (MAX_SIDE, MAX_SIDE))  # a large JPEG is decoded at a fraction of its size
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((MAX_SIDE, MAX_SIDE))
            return _encode_png(upright)
    except Image.DecompressionBombError as error:  # Pillow's own limit, far beyond ours
        raise PayloadTooLargeError(TOO_MANY_PIXELS) from error
    except DECODE_ERRORS as error:
        fault = {"where": "body.image", "what": NO_PICTURE}
        raise ValidationError(f"The image cannot be read: {NO_PICTURE}.", [fault]) from error


def _encode_png(picture: Image.Image) -> bytes:
    """Its pixels only, on white where it was transparent."""
    pixels = Image.new("RGB", picture.size, "white")
    solid = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
    pixels.paste(solid, mask=solid if solid.mode == "RGBA" else None)
    png = BytesIO()
    pixels.save(png, "PNG")
    return png.getvalue()
