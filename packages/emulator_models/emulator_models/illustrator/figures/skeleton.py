"""Where the joints of a body are in a pose."""

from __future__ import annotations

from dataclasses import dataclass, replace

from emulator_models.illustrator.drawing.geometry import Point, reach, turned
from emulator_models.illustrator.figures.build import Build
from emulator_models.illustrator.figures.poses import Arm, Grip, Leg, Stance


@dataclass(frozen=True)
class Limb:
    """A limb's three joints; `grip` and `front` matter for arms, `toe` and `forward` for legs."""

    root: Point
    mid: Point
    end: Point
    grip: Grip = "easy"
    front: bool = True
    toe: float = 0.0
    forward: float = 0.0  # the foot's direction: 1 towards +x, -1 towards -x, 0 at the viewer


@dataclass(frozen=True)
class Skeleton:
    """A body's joints. `near` lies at -x, `far` at +x of a body that stands and faces +x."""

    build: Build
    hip: Point
    chest: Point  # the middle of the line of the shoulders
    head: Point
    lean: float
    tilt: float
    near: Limb
    far: Limb
    near_leg: Limb
    far_leg: Limb
    seated: bool = False

    def torso(self, across: float, down: float) -> Point:
        """A point of the trunk: half-widths across (-1 to 1 of a plain px), share of the way down."""
        x, y = across, -self.build.torso * (1 - down)
        return turned((self.hip[0] + x, self.hip[1] + y), self.lean, self.hip)


def stand(build: Build, stance: Stance) -> Skeleton:
    """The joints of a body on its feet (or knees, or in the air)."""
    hip = (0.0, -build.leg * (stance.hip + stance.lift) - build.foot * 0.28)
    lift = build.leg * stance.lift
    return _assemble(
        build,
        stance,
        hip,
        _leg(build, stance, stance.near_leg, (hip[0] - build.hip * 0.52, hip[1]), lift, -1),
        _leg(build, stance, stance.far_leg, (hip[0] + build.hip * 0.52, hip[1]), lift, 1),
    )


def sit_in_chair(build: Build, stance: Stance, seat: float, hip_x: float) -> Skeleton:
    """The joints of a body in a chair whose seat is `seat` above the ground: thighs forward, feet up front."""
    hip = (hip_x, -seat - build.leg_width * 0.5)
    thigh = max(build.leg * 0.44, build.hip + 18)
    legs = []
    for dx, dy in ((0.0, 0.0), (9.0, -4.0)):
        root = hip[0] + dx, hip[1] + dy
        knee = root[0] + thigh, root[1] - 4
        drop = min(build.leg * 0.47, seat - 14)
        legs.append(Limb(root, knee, (knee[0] + 9, knee[1] + drop), toe=0, forward=1))
    upright = replace(stance, lean=max(-4.0, min(5.0, stance.lean / 2)), lying=False)
    return replace(_assemble(build, upright, hip, legs[0], legs[1]), seated=True)


def with_hand(skeleton: Skeleton, side: str, at: Point, bend: float, grip: Grip, *, front: bool = True) -> Skeleton:
    """The same body with one hand somewhere else; `side` is near or far."""
    limb = skeleton.near if side == "near" else skeleton.far
    half = skeleton.build.arm * 0.5
    mid, end = reach(limb.root, at, half, half, bend)
    moved = replace(limb, mid=mid, end=end, grip=grip, front=front)
    return replace(skeleton, near=moved) if side == "near" else replace(skeleton, far=moved)


def _assemble(build: Build, stance: Stance, hip: Point, near_leg: Limb, far_leg: Limb) -> Skeleton:
    chest = turned((hip[0], hip[1] - build.torso), stance.lean, hip)
    up = turned((0, -(build.neck + build.head)), stance.lean + stance.tilt * 0.6)
    head = chest[0] + up[0] + 2, chest[1] + up[1]
    near = _arm(
        build,
        stance.near,
        turned((hip[0] - build.shoulder * 0.86, hip[1] - build.torso + 11), stance.lean, hip),
    )
    far = _arm(
        build,
        stance.far,
        turned((hip[0] + build.shoulder * 0.86, hip[1] - build.torso + 11), stance.lean, hip),
    )
    return Skeleton(build, hip, chest, head, stance.lean, stance.lean * 0.5 + stance.tilt, near, far, near_leg, far_leg)


def _arm(build: Build, arm: Arm, root: Point) -> Limb:
    target = root[0] + arm.hand[0] * build.arm, root[1] + arm.hand[1] * build.arm
    mid, end = reach(root, target, build.arm / 2, build.arm / 2, arm.bend)
    return Limb(root, mid, end, arm.grip, arm.front)


def _leg(build: Build, stance: Stance, leg: Leg, root: Point, lift: float, side: int) -> Limb:
    target = root[0] + leg.foot[0] * build.leg, -lift - leg.foot[1] * build.leg - build.foot * 0.28
    if leg.knee is not None:
        mid, end = (root[0] + leg.knee[0] * build.leg, root[1] + leg.knee[1] * build.leg), target
    else:
        mid, end = reach(root, target, build.leg / 2, build.leg / 2, leg.bend)
    forward = 0.45 * side if leg.outward else 1.0 if stance.profile else 0.5 * side
    return Limb(root, mid, end, toe=leg.toe, forward=forward)
