"""The picture that stands in when none could be drawn: a quiet landscape in the scene's palette."""

from __future__ import annotations

import io

from PIL import ImageOps

from storytailor.book.colours import scheme_of
from storytailor.book.ornaments import landscape, raster
from storytailor.catalog import PictureName
from storytailor.story import PaletteStep, scene_number


def placeholder_picture(step: PaletteStep, asset: PictureName, size: str) -> bytes:
    """A PNG of `size` ("1024x1024": width x height in px); another for each scene, the same each time."""
    width, height = (int(side) for side in size.split("x"))
    square = raster(landscape(scheme_of(step), scene_number(asset)), max(width, height))
    page = io.BytesIO()
    ImageOps.fit(square, (width, height)).save(page, "PNG")
    return page.getvalue()
