"""From a character sheet to a drawn figure."""

from __future__ import annotations

import hashlib

from emulator.illustrator.figures.model import Facing, Figure, Mood, Pose
from emulator.wire import Sheet


def draw_figure(
    sheet: Sheet,
    *,
    pose: Pose,
    mood: Mood,
    facing: Facing,
    height: float,
    key: str,
    omit: frozenset[str] = frozenset(),
) -> Figure:
    """Draw a character; `height` is that of a standing seven-year-old at this place, in px."""
    hue = hashlib.sha256(sheet.name.encode()).digest()[0] * 360 // 256
    unit = height / 100
    svg = (
        f'<g id="{key}"><ellipse rx="{20 * unit:.1f}" ry="{4 * unit:.1f}" opacity=".2"/>'
        f'<rect x="{-16 * unit:.1f}" y="{-66 * unit:.1f}" width="{32 * unit:.1f}" height="{66 * unit:.1f}"'
        f' rx="{14 * unit:.1f}" fill="hsl({hue},55%,55%)"/>'
        f'<circle cy="{-80 * unit:.1f}" r="{20 * unit:.1f}" fill="#b98258"/></g>'
    )
    return Figure(svg=svg, width=40 * unit, height=height, marks=())
