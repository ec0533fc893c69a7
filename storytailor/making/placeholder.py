"""The picture that stands in when none could be drawn: a quiet landscape in the scene's palette."""

from __future__ import annotations

from collections.abc import Iterable

import resvg_py

from storytailor.making.book.colours import scheme_of
from storytailor.making.book.ornaments import Disc, Hill, Shape, landscape
from storytailor.story import PaletteStep, scene_number


def placeholder_picture(step: PaletteStep, asset: str, size: str) -> bytes:
    """A PNG of `size` ("1024x1024": width x height in px); another for each scene, the same each time."""
    width, height = (int(side) for side in size.split("x"))
    scheme = scheme_of(step)
    drawn = "".join(_drawn(landscape(scheme, scene_number(asset))))
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=(
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 1000 1000" '
                f'preserveAspectRatio="xMidYMid slice"><rect width="1000" height="1000" fill="{scheme.dawn}"/>'
                f"{drawn}</svg>"
            ),
            skip_system_fonts=True,
        )
    )


def _drawn(shapes: Iterable[Shape]) -> Iterable[str]:
    """The shapes, on a square of side 1 from its lower left, as SVG on one of 1000 from its upper left."""
    for shape in shapes:
        match shape:
            case Disc():
                yield (
                    f'<circle cx="{shape.x * 1000:.1f}" cy="{1000 - shape.y * 1000:.1f}" '
                    f'r="{shape.radius * 1000:.1f}" fill="{shape.colour}" fill-opacity="{shape.opacity:.2f}"/>'
                )
            case Hill():
                curves = " ".join(f"C {_at(one)} {_at(two)} {_at(end)}" for one, two, end in shape.curves)
                yield (
                    f'<path d="M 0 1000 L {_at(shape.start)} {curves} L 1000 1000 Z" fill="{shape.colour}"/>'
                )


def _at(point: tuple[float, float]) -> str:
    return f"{point[0] * 1000:.1f} {1000 - point[1] * 1000:.1f}"
