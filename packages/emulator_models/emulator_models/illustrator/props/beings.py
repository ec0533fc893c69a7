"""Beings too large, or too unlike anybody who stands, to be figures: a whale at the surface."""

from __future__ import annotations

from emulator_models.illustrator.drawing.color import darker, lighter
from emulator_models.illustrator.drawing.svg import blob, ellipse, group, line
from emulator_models.illustrator.stage import Stage


def whale(stage: Stage, x: float, y: float, size: float) -> str:
    """A whale lifts head and tail out of the water, stars on its back."""
    tone = stage.palette.shade(stage.palette.near(235), 0.15)
    body = blob(
        [(-95, 4), (-92, -46), (-50, -78), (10, -76), (58, -48), (80, -38), (88, -66), (70, -92), (96, -86), (112, -98),
         (112, -74), (100, -50), (92, -14), (60, 6)],
        tone,
    )  # fmt: skip
    belly = blob([(-92, 2), (-90, -22), (-50, -16), (0, -8), (36, 4)], lighter(tone, 0.6))
    eye = ellipse(-62, -34, 6, 7, "#2c2429") + ellipse(-64, -36, 2, 2, "#ffffff")
    smile = line([(-90, -24), (-76, -18), (-60, -20)], darker(tone, 0.45), 3)
    spray = "".join(
        line([(-30, -80), (-30 + dx, -104), (-30 + 2 * dx, -100)], lighter(tone, 0.75), 4) for dx in (-9, 9)
    )
    spots = "".join(ellipse(sx, sy, 3, 3, "#fbe7a4") for sx, sy in ((-20, -62), (4, -58), (24, -44), (-36, -54)))
    foam = "".join(ellipse(fx, 2, 20, 5, lighter(tone, 0.8), opacity=0.6) for fx in (-80, -36, 12, 58))
    return group(body + belly + eye + smile + spray + spots + foam, x=x, y=y, scale=size / 105)
