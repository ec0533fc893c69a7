"""The book's pictures as the files need them: opened, cut to the page, and the cover made ready for a title."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from PIL import Image, ImageFilter, ImageStat

from storytailor.book.colours import rgb
from storytailor.book.manuscript import BookPicture

End = Literal["top", "bottom"]
_NEARLY_SQUARE = 1.25  # up to this ratio of sides a picture is cut to the square page
_TITLE_PART = 0.40  # of the cover's height: where a title may stand
_CALM_SIDE = 128  # the cover is judged on a thumbnail of this side


def opened(picture: BookPicture | None) -> Image.Image | None:
    """The picture in RGB; None for a missing one, a placeholder, or bytes that hold no picture.

    None is for the page to be designed around: a book comes out whole whatever the pictures did.
    """
    if picture is None or picture.fallback:
        return None
    try:
        return Image.open(BytesIO(picture.image)).convert("RGB")
    except (OSError, Image.DecompressionBombError):
        return None


def squared(image: Image.Image) -> Image.Image:
    """The picture cut to a square from its middle, if that takes little from it; else as it is."""
    width, height = image.size
    if max(width, height) > min(width, height) * _NEARLY_SQUARE or width == height:
        return image
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return image.crop((left, top, left + side, top + side))


def covering(image: Image.Image) -> Image.Image:
    """The picture cut to a square whatever its shape."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def jpeg(image: Image.Image, quality: int, longest: int | None = None) -> bytes:
    """The picture as JPEG, no side longer than `longest` pixels; from quality 90 with full colour resolution."""
    if longest and max(image.size) > longest:
        image = image.copy()
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2)
    return out.getvalue()


def calm_end(image: Image.Image) -> End:
    """The end of a cover where less goes on: there the title stands. In doubt the top."""
    small = image.convert("L").resize((_CALM_SIDE, _CALM_SIDE))
    edges = small.filter(ImageFilter.FIND_EDGES).crop((1, 1, _CALM_SIDE - 1, _CALM_SIDE - 1))
    band = int(edges.height * _TITLE_PART)
    above = ImageStat.Stat(edges.crop((0, 0, edges.width, band))).sum[0]
    below = ImageStat.Stat(edges.crop((0, edges.height - band, edges.width, edges.height))).sum[0]
    return "bottom" if below < above * 0.8 else "top"


def colour_at(image: Image.Image, end: End) -> str:
    """The mean colour of that end of the cover, as `#rrggbb`."""
    band = int(image.height * _TITLE_PART)
    box = (0, 0, image.width, band) if end == "top" else (0, image.height - band, image.width, image.height)
    red, green, blue = ImageStat.Stat(image.crop(box)).mean
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def scrimmed(image: Image.Image, colour: str, end: End, solid: float, fade: float) -> Image.Image:
    """The picture sinking into a colour at one end: `solid` and `fade` are parts of its height.

    Under the solid part the picture still glimmers through at 6 %: a poster, not a label.
    """
    height = image.height
    column = Image.new("L", (1, height))
    column.putdata([_opacity((row + 0.5) / height, solid, fade) for row in range(height)])
    if end == "bottom":
        column = column.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return Image.composite(Image.new("RGB", image.size, rgb(colour)), image, column.resize(image.size))


def _opacity(depth: float, solid: float, fade: float) -> int:
    if depth <= solid:
        return 240
    part = min(1.0, (depth - solid) / fade)
    return round(240 * (1 - part * part * (3 - 2 * part)))
