"""The empty stage of a picture, and what a place puts on it.

The stage is 1000 units high; its width follows the picture's shape (1000 for a square).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from emulator_models.illustrator.drawing.geometry import Box
from emulator_models.illustrator.drawing.svg import Defs
from emulator_models.illustrator.palette import Palette

Time = Literal["dawn", "day", "sunset", "night"]
Weather = Literal["clear", "rain", "snow", "fog", "storm", "wind"]
Setting = Literal["outdoors", "indoors", "elsewhere"]
HEIGHT = 1000.0


@dataclass
class Stage:
    """A picture's size, colors, light and dice."""

    width: float
    palette: Palette
    time: Time
    weather: Weather
    random: Random
    horizon: float
    floor: float
    sun: tuple[float, float]
    cover: bool = False
    height: float = HEIGHT
    defs: Defs = field(default_factory=lambda: Defs("paint"))

    @property
    def light_from_left(self) -> bool:
        """Which side the light comes from."""
        return self.sun[0] < self.width / 2

    def across(self, share: float) -> float:
        """The x at a share of the width."""
        return self.width * share


@dataclass(frozen=True)
class Piece:
    """A foreground piece and the box it fills, so that it can be left out where it would hide somebody."""

    svg: str
    box: Box


@dataclass
class Scenery:
    """A place, back to front; the figures stand between `middle` and `front`."""

    back: list[str] = field(default_factory=list)
    middle: list[str] = field(default_factory=list)
    front: list[Piece] = field(default_factory=list)
    setting: Setting = "outdoors"
    hang: tuple[float, ...] = (0.14, 0.86)  # where a wall is free for pictures, in shares of the width
    bystanders: float | None = 150.0  # where people in the background stand, below the horizon
    home: float | None = 70.0  # where a house far off stands, below the horizon; None where none can


Place = Callable[[Stage], Scenery]
