"""Several pictures as one, side by side: providers count reference pictures, not what is in them."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageOps

LARGEST_SIDE = 2048
"""Pixels; each picture gets an equal share."""
GAP = 16
PAPER = "white"


def contact_sheet(pictures: Sequence[bytes]) -> bytes:
    """A PNG of these pictures (at least one), in rows that come out about square; a single one is given back as it is.

    Takes processor time: call it in a thread. Raises OSError for bytes that are no picture.
    """
    if len(pictures) == 1:
        return pictures[0]
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    side = (LARGEST_SIDE - GAP * (columns + 1)) // columns
    sheet = Image.new("RGB", (GAP + columns * (side + GAP), GAP + rows * (side + GAP)), PAPER)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        with Image.open(io.BytesIO(picture)) as opened:
            view = ImageOps.pad(opened.convert("RGB"), (side, side), color=PAPER)
        sheet.paste(view, (GAP + column * (side + GAP), GAP + row * (side + GAP)))
    png = io.BytesIO()
    sheet.save(png, "PNG")
    return png.getvalue()


def on_fewer_sheets(pictures: Sequence[bytes], most: int) -> list[bytes]:
    """All of these pictures on at most `most` sheets, neighbours together; none when there may be none.

    Takes processor time: call it in a thread.
    """
    if most < 1:
        return []
    share = math.ceil(len(pictures) / most)
    return [contact_sheet(pictures[start : start + share]) for start in range(0, len(pictures), share)]
