"""Lines of text drawn into a picture, by HarfBuzz, with the glyphs that a page would show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import uharfbuzz as hb
from PIL import Image

from storytailor.book.fonts import Run
from storytailor.book.shaping import Glyphs, glyph_numbers
from storytailor.text.typefaces import HEAVIER, hb_font, is_stroked, size_of

_AROUND = ((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (-0.7, -0.7), (0.7, -0.7), (-0.7, 0.7), (0.7, 0.7))


def draw_runs(
    image: Image.Image, runs: Sequence[Run], size: float, color: str, x: float, baseline: float, asked: str
) -> None:
    """Draw the runs in letters of `size` pixels from (x, baseline) on, counted from the picture's upper left.

    `asked` is the face that they were set in, as far as it has their letters.
    """
    pen = hb.RasterDraw()
    for face, glyph, right, up, scale in _placed(runs, size):
        spread = HEAVIER * size / 2 if is_stroked(face, asked) else 0.0
        for aside, above in _AROUND if spread else ((0.0, 0.0),):
            place = x + right + aside * spread, image.height - baseline + up + above * spread
            pen.transform = (scale, 0, 0, scale, *place)
            pen.draw_glyph(hb_font(face), glyph)
    drawn = pen.render()
    box = drawn.extents
    if box.width and box.height:
        mask = Image.frombytes("L", (box.width, box.height), drawn.buffer, "raw", "L", box.stride, -1)
        image.paste(color, (box.x_origin, image.height - box.y_origin - box.height), mask)


def _placed(runs: Sequence[Run], size: float) -> Iterator[tuple[str, int, float, float, float]]:
    """Each glyph's face, number, place to the right and up in pixels, and pixels a unit of the face."""
    at = 0.0
    for face, text in runs:
        own_size = size * size_of(face)
        scale = own_size / hb_font(face).face.upem
        glyphs = glyph_numbers(text, face)
        if isinstance(text, Glyphs):
            for (glyph, _), place in zip(glyphs, text.places, strict=True):
                right, up = at + place.x_offset * own_size / 1000, place.y_offset * own_size / 1000
                yield face, glyph, right, up, scale
                at += place.x_advance * own_size / 1000
        else:
            for glyph, width in glyphs:
                yield face, glyph, at, 0.0, scale
                at += width * own_size / 1000
