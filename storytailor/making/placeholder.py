"""The picture that stands in when none could be drawn: a quiet landscape in the scene's palette."""

from __future__ import annotations

import io

from PIL import ImageOps

from storytailor.book.color_scheme import color_scheme
from storytailor.book.ornaments import landscape, rasterize
from storytailor.catalog import PictureName
from storytailor.errors import PictureBlockedError, PromptBlockedError, TransientError, UnfitOutputError
from storytailor.story import PaletteStep, scene_number

STANDS_IN = "A quiet landscape stands in. Have the picture made again: that costs nothing."


def placeholder_picture(step: PaletteStep, asset: PictureName, size: str) -> bytes:
    """A PNG of `size` ("1024x1024", width by height in pixels): each scene's differs, and is always the same."""
    width, height = (int(side) for side in size.split("x"))
    square = rasterize(landscape(color_scheme(step), scene_number(asset)), max(width, height))
    png = io.BytesIO()
    ImageOps.fit(square, (width, height)).save(png, "PNG")
    return png.getvalue()


def placeholder_reason(failure: TransientError) -> str:
    """Why there is a placeholder, in words for the family."""
    match failure:
        case PromptBlockedError():
            said = "The picture service's safety filter would not have this scene drawn, most likely by mistake."
        case PictureBlockedError():
            said = "The picture service's safety filter held every drawing back, most likely by mistake."
        case UnfitOutputError():
            said = "No drawing came out as it should."
        case _:
            said = "The picture service could not draw this picture."
    return f"{said} {STANDS_IN}"
