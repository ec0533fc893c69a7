"""Where things sit on a head, whoever's it is, so that glasses and hearing aids fit all.

Head space: the origin is the middle of the head, a human chin is at +50 and the crown at -50.
"""

from __future__ import annotations

from dataclasses import dataclass

from emulator_models.illustrator.drawing.geometry import Point

TURN = 5.0  # how far features move towards +x on a head that looks that way


@dataclass(frozen=True)
class Head:
    """A head's landmarks; pairs are (at -x, at +x)."""

    eyes: tuple[Point, Point] = ((-18.0 + TURN, 4.0), (19.0 + TURN, 4.0))
    eye: float = 9.5  # an open eye's half height
    ears: tuple[Point, Point] = ((-47.0, 7.0), (47.0, 7.0))  # the middle of the ear
    ear_tops: tuple[Point, Point] = ((-49.0, -4.0), (49.0, -4.0))  # where a thing behind the ear hooks on
    nose: Point = (TURN * 1.5, 18.0)
    nostril: float = 4.5
    mouth: Point = (TURN * 1.2, 31.0)
    cheeks: tuple[Point, Point] = ((-27.0 + TURN, 20.0), (29.0 + TURN, 20.0))
    crown: float = -58.0  # the top of hair or skull, where a band passes over
    side: float = 47.0  # half width at the ears
    chin: float = 50.0
    brow: float = -13.0
    fur: str | None = None  # the color of a furry face; None for a human's
