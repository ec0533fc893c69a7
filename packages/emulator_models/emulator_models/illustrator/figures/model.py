"""What a figure is: the words for poses and moods, and the shapes that a drawing comes back in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emulator_models.illustrator.drawing.geometry import Box

Pose = Literal[
    "standing",
    "waving",
    "running",
    "reaching_up",
    "pointing",
    "sitting",
    "kneeling",
    "jumping",
    "holding",
    "sleeping",
    "hugging",
    "dancing",
]
Mood = Literal["joyful", "calm", "curious", "worried", "brave", "sleepy", "surprised", "sad"]
Facing = Literal["left", "right"]

STAGE_TRAITS = frozenset({"family_form", "home_circumstances", "agency_position"})
"""Traits told by who and what is around a character: the stage shows them, a figure cannot."""


KIND, LOOKS, CLOTHES, COMPANY = "kind", "looks", "clothes", "company"
"""What is asked of every character, and last of the picture. A figure's mark says which kind was drawn, as `kind:fox`,
and `not:clothes:mittens` what of the record was not."""
COMPANION = "companion:"
"""How the mark starts that says of which kind somebody is whom the scene names, who has no sheet."""


@dataclass(frozen=True)
class Mark:
    """Where something recorded can be seen: a tight box x0, y0, x1, y1 in the figure's own coordinates."""

    character: str
    trait: str
    box: Box


@dataclass(frozen=True)
class Figure:
    """A drawn character: an SVG fragment, its origin the ground point between the feet, up negative."""

    svg: str
    width: float
    height: float
    marks: tuple[Mark, ...]
