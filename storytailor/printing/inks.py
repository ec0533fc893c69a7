"""Colour for the press: sRGB into CMYK by an ICC profile that itself keeps the ink limit."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from PIL import Image, ImageCms

_PRESS = Path(__file__).parent / "icc" / "SWOP-TR003-228.icc"
_one_at_a_time = Lock()  # a transform of LittleCMS's has a cache of its own

Rgb = tuple[float, float, float]
Cmyk = tuple[float, float, float, float]


def press_icc() -> bytes:
    """The press's ICC profile, as it goes into a file's output intent."""
    return _PRESS.read_bytes()


@cache
def srgb_icc() -> bytes:
    """sRGB as an ICC profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def to_inks(image: Image.Image) -> Image.Image:
    """The RGB picture in CMYK; black keeps its details, white is paper."""
    with _one_at_a_time:
        inks = ImageCms.applyTransform(image, _transform())
    assert inks is not None
    return inks


@lru_cache(maxsize=4096)
def ink_of(color: Rgb) -> Cmyk:
    """One colour in CMYK, all values from 0 to 1."""
    red, green, blue = (round(255 * max(0.0, min(1.0, channel))) for channel in color)
    inks = to_inks(Image.new("RGB", (1, 1), (red, green, blue))).getpixel((0, 0))
    assert isinstance(inks, tuple)
    cyan, magenta, yellow, black = (round(ink / 255, 4) for ink in inks)
    return cyan, magenta, yellow, black


@cache
def _transform() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        ImageCms.createProfile("sRGB"),
        str(_PRESS),
        "RGB",
        "CMYK",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
