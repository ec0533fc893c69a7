"""How each pose is held: where hands and feet go, in lengths of arm and leg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.figures.model import Pose

Grip = Literal["easy", "open", "fist", "point", "flat"]


@dataclass(frozen=True)
class Arm:
    """A hand's place from its shoulder in arm's lengths, the elbow's side, and what the hand does."""

    hand: Point
    bend: float = 1
    grip: Grip = "easy"
    front: bool = True


@dataclass(frozen=True)
class Leg:
    """A foot's place: sideways from its hip, and above the ground, in leg's lengths."""

    foot: Point
    bend: float = -1
    toe: float = 0  # the foot's turn in degrees, clockwise
    outward: bool = False
    knee: Point | None = None  # where the knee is, from the hip, where the leg is foreshortened


@dataclass(frozen=True)
class Stance:
    """A pose. `near` is the arm or leg at the viewer's left of a figure that faces right, `far` the other."""

    near: Arm
    far: Arm
    near_leg: Leg
    far_leg: Leg
    hip: float = 1.0  # the hip's height in leg's lengths
    lift: float = 0.0  # the whole figure off the ground, in leg's lengths
    lean: float = 0.0  # the trunk's, degrees clockwise
    tilt: float = 0.0  # the head's, beyond the trunk
    lying: bool = False
    profile: bool = False  # both feet point forwards


_EASY_NEAR = Arm((-0.2, 0.93), 1)
_EASY_FAR = Arm((0.2, 0.93), -1, front=False)
_STAND_NEAR = Leg((-0.05, 0), 1, outward=True)
_STAND_FAR = Leg((0.08, 0), -1, outward=True)

STANCES: dict[Pose, Stance] = {
    "standing": Stance(_EASY_NEAR, _EASY_FAR, _STAND_NEAR, _STAND_FAR, tilt=-2),
    "waving": Stance(
        _EASY_NEAR,
        Arm((0.8, -0.56), 1, "open", front=False),
        _STAND_NEAR,
        Leg((0.14, 0), -1, outward=True),
        lean=-3,
        tilt=5,
    ),
    "running": Stance(
        Arm((-0.5, 0.42), 1, "fist"),
        Arm((0.62, 0.3), 1, "fist", front=False),
        Leg((0.5, 0.1), -1, -12),
        Leg((-0.78, 0.36), -1, 50),
        hip=0.97,
        lift=0.04,
        lean=11,
        tilt=-6,
        profile=True,
    ),
    "reaching_up": Stance(
        Arm((-0.42, -0.8), -1, "open"),
        Arm((0.36, -0.92), 1, "open", front=False),
        Leg((-0.02, 0.06), 1, 24, outward=True),
        Leg((0.1, 0.06), -1, 24, outward=True),
        hip=1.03,
        lean=2,
        tilt=-7,
    ),
    "pointing": Stance(
        Arm((-0.12, 0.56), 1, "fist"),
        Arm((0.96, -0.2), 1, "point", front=False),
        Leg((-0.12, 0), 1, outward=True),
        Leg((0.16, 0), -1, outward=True),
        lean=3,
        tilt=2,
    ),
    "sitting": Stance(
        Arm((-0.2, 0.78), 1),
        Arm((0.2, 0.78), -1),
        Leg((0.3, 0.03), 1, 12, knee=(-0.44, 0.03)),
        Leg((-0.3, 0.03), -1, 12, knee=(0.44, 0.03)),
        hip=0.17,
        tilt=3,
    ),
    "kneeling": Stance(
        Arm((0.1, 0.66), 1),
        Arm((0.5, 0.6), -1, "flat"),
        Leg((-0.62, 0.03), -1, 168),
        Leg((0.4, 0), -1),
        hip=0.54,
        lean=6,
        tilt=4,
        profile=True,
    ),
    "jumping": Stance(
        Arm((-0.66, -0.66), -1, "open"),
        Arm((0.66, -0.66), 1, "open", front=False),
        Leg((-0.2, 0.3), 1, 22, outward=True),
        Leg((0.24, 0.12), -1, 14, outward=True),
        lift=0.28,
        lean=-2,
        tilt=-3,
    ),
    "holding": Stance(Arm((0.04, 0.58), 1, "fist"), Arm((-0.04, 0.58), -1, "fist"), _STAND_NEAR, _STAND_FAR, tilt=5),
    "sleeping": Stance(
        Arm((0.3, 0.1), 1),
        Arm((-0.1, 0.55), -1),
        Leg((0.02, 0.03), -1, 30),
        Leg((-0.1, 0.08), -1, 30),
        lying=True,
        tilt=6,
        profile=True,
    ),
    "hugging": Stance(
        Arm((0.72, 0.2), 1, "flat"),
        Arm((0.62, 0.06), 1, "flat"),
        Leg((-0.06, 0), 1, outward=True),
        Leg((0.1, 0), -1),
        lean=5,
        tilt=8,
    ),
    "dancing": Stance(
        Arm((-0.42, -0.78), -1, "open"),
        Arm((0.86, 0.16), 1, "open", front=False),
        Leg((-0.04, 0), 1),
        Leg((0.56, 0.3), -1, -8),
        lean=-7,
        tilt=9,
    ),
}
