"""Pictures as the book files need them: opened, cropped, encoded, and the cover's made ready for a title."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from PIL import Image, ImageFilter, ImageStat

from storytailor.book.model import BookPicture
from storytailor.colors import from_channels, to_channels
from storytailor.decoded_pictures import decoded

End = Literal["top", "bottom"]
_NEARLY_SQUARE = 1.25  # up to this ratio of sides a picture is cropped to the square page
_TITLE_SHARE = 0.40  # of the cover's height: where a title may stand
_THUMBNAIL_SIDE = 128  # the cover is judged on a thumbnail of this side


def open_picture(picture: BookPicture | None) -> Image.Image | None:
    """The picture in RGB, not to be changed; None for a missing one, a placeholder, or bytes that hold no picture.

    Pages are designed around a None: a book comes out whole whatever became of its pictures.
    """
    if picture is None or picture.fallback:
        return None
    try:
        return decoded(picture.image)
    except (OSError, Image.DecompressionBombError):
        return None


def crop_if_nearly_square(image: Image.Image) -> Image.Image:
    """The picture cropped to a square from its middle, if that takes little from it; else as it is."""
    width, height = image.size
    if max(width, height) > min(width, height) * _NEARLY_SQUARE or width == height:
        return image
    return crop_square(image)


def crop_square(image: Image.Image) -> Image.Image:
    """The picture cropped to a square from its middle, whatever its shape."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def to_jpeg(image: Image.Image, quality: int, max_pixels: int | None = None) -> bytes:
    """The picture as JPEG, no side longer than `max_pixels`; from quality 90 with full color resolution."""
    if max_pixels and max(image.size) > max_pixels:
        image = image.copy()
        image.thumbnail((max_pixels, max_pixels), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2)
    return out.getvalue()


def calm_end(image: Image.Image) -> End:
    """The end of a cover where less goes on: there the title stands. In doubt the top."""
    small = image.convert("L").resize((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    edges = small.filter(ImageFilter.FIND_EDGES).crop((1, 1, _THUMBNAIL_SIDE - 1, _THUMBNAIL_SIDE - 1))
    band = int(edges.height * _TITLE_SHARE)
    above = ImageStat.Stat(edges.crop((0, 0, edges.width, band))).sum[0]
    below = ImageStat.Stat(edges.crop((0, edges.height - band, edges.width, edges.height))).sum[0]
    return "bottom" if below < above * 0.8 else "top"


def mean_color(image: Image.Image, end: End) -> str:
    """The mean color of that end of the cover, as `#rrggbb`."""
    band = int(image.height * _TITLE_SHARE)
    box = (0, 0, image.width, band) if end == "top" else (0, image.height - band, image.width, image.height)
    red, green, blue = ImageStat.Stat(image.crop(box)).mean
    return from_channels(red, green, blue)


def with_scrim(image: Image.Image, color: str, end: End, solid: float, fade: float) -> Image.Image:
    """The picture sinking into a color at one end: `solid` and `fade` are parts of its height.

    Under the solid part the picture still glimmers through at 6 %: a poster, not a label.
    """
    height = image.height
    column = Image.new("L", (1, height))
    column.putdata([_opacity((row + 0.5) / height, solid, fade) for row in range(height)])
    if end == "bottom":
        column = column.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return Image.composite(Image.new("RGB", image.size, to_channels(color)), image, column.resize(image.size))


def _opacity(depth: float, solid: float, fade: float) -> int:
    """The scrim's opacity, 0 to 255, at a depth from its end: even while solid, then fading smoothly."""
    if depth <= solid:
        return 240
    part = min(1.0, (depth - solid) / fade)
    return round(240 * (1 - part * part * (3 - 2 * part)))
