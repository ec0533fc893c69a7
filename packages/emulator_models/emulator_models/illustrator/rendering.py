"""SVG to PNG, and pictures sent to us back to pixels."""

from __future__ import annotations

import io

import resvg_py
from PIL import Image, UnidentifiedImageError

MOST_PIXELS = 40_000_000


def render(svg: str, size: tuple[int, int]) -> bytes:
    """The SVG as a PNG of `size` px."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size[0], height=size[1], skip_system_fonts=True))


def open_picture(picture: bytes) -> Image.Image:
    """Decode a picture somebody sent.

    Raises ValueError, with a reason fit for the caller, where the bytes are no picture.
    """
    if not picture:
        raise ValueError("The image is empty.")
    try:
        image = Image.open(io.BytesIO(picture))
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("The image is too large.")
        image.load()
    except UnidentifiedImageError as error:
        raise ValueError("The image is not in a format that can be read.") from error
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError("The image is damaged and cannot be decoded.") from error
    return image
