"""How a character holds itself: its pose, changed by the chair it sits in and by what its hands hold."""

from __future__ import annotations

from dataclasses import dataclass, replace

from emulator_models.illustrator.drawing.geometry import Point
from emulator_models.illustrator.figures.aids_limbs import LIMB_WORDS, affected
from emulator_models.illustrator.figures.build import Build
from emulator_models.illustrator.figures.look import Look
from emulator_models.illustrator.figures.model import Pose
from emulator_models.illustrator.figures.poses import STANCES, Grip
from emulator_models.illustrator.figures.skeleton import Skeleton, sit_in_chair, stand, with_hand

_TWO_HANDED = {"walker_gait_trainer", "sign_language"}
_IN_HAND = (
    "walker_gait_trainer", "crutches_cane", "white_cane", "sign_language", "aac_device", "visual_schedule",
    "stim_fidget", "assistance_dog",
)  # fmt: skip
_ARMS_UP: frozenset[Pose] = frozenset({"reaching_up", "jumping", "dancing", "hugging", "holding"})

_HANDS_LOW: frozenset[Pose] = frozenset({"standing", "sitting", "kneeling", "running", "sleeping"})


@dataclass(frozen=True)
class Rig:
    """A posed body; `hands` says what each hand (near, far) holds, `chair` what it sits in."""

    bones: Skeleton
    hands: dict[str, str]
    chair: str | None
    lying: bool
    size: float  # of aids, against those of a seven-year-old

    def holds(self, aid: str) -> tuple[str, ...]:
        """The hands that hold an aid."""
        return tuple(hand for hand, held in self.hands.items() if held == aid)


def pose_body(look: Look, body: Build, pose: Pose) -> Rig:
    """The body of a character in a pose, with its aids in use."""
    size = body.torso / 90 * 0.7 + 0.3 * body.height / 350
    chair = next((c for c in ("power_wheelchair", "manual_wheelchair") if c in look), None)
    hands = _hand_out(look, chair)
    stance = STANCES[pose]
    if hands and stance.lying and not chair:
        stance = STANCES["sitting"]
    if "walker_gait_trainer" in hands.values() and (stance.hip < 0.9 or stance.lift > 0.1):
        stance = replace(STANCES["standing"], tilt=stance.tilt)
    bones = sit_in_chair(body, stance, 70 * size, -16 * size) if chair else stand(body, stance)
    rig = Rig(bones, hands, chair, stance.lying and not chair, size)
    bones = _place_hands(look, rig, pose)
    return replace(rig, bones=bones)


def _hand_out(look: Look, chair: str | None) -> dict[str, str]:
    lost = affected(look, "limb_difference", LIMB_WORDS["limb_difference"])
    free = [hand for hand, side in (("far", 1), ("near", -1)) if not (lost[0] == "arm" and side in lost[1])]
    hands: dict[str, str] = {}
    for aid in _IN_HAND:
        if aid not in look or not free or (aid == "assistance_dog" and chair):
            continue
        if aid == "stim_fidget" and look.text.has("rocking|rocks"):
            continue
        alone = aid == "aac_device" and sum(other in look for other in _IN_HAND) == 1 and not chair
        both = alone or aid in _TWO_HANDED or (aid == "crutches_cane" and not _one_cane(look)) or _flapping(look, aid)
        for hand in list(free) if both else ["near" if aid == "assistance_dog" and "near" in free else free[0]]:
            hands[hand] = aid
            free.remove(hand)
    return hands


def _one_cane(look: Look) -> bool:
    return look.text.has("walking stick|one crutch|a crutch|walking cane")


def _flapping(look: Look, aid: str) -> bool:
    return aid == "stim_fidget" and look.text.has("flap|flaps|flapping")


def _place_hands(look: Look, rig: Rig, pose: Pose) -> Skeleton:
    bones = rig.bones
    if rig.chair == "manual_wheelchair" and "near" not in rig.hands and pose not in _ARMS_UP:
        x, y = chair_centre(rig)
        bones = with_hand(bones, "near", (x + 26 * rig.size, y - 46 * rig.size), 1, "fist")
    if rig.chair == "power_wheelchair" and "near" not in rig.hands and pose not in _ARMS_UP:
        bones = with_hand(bones, "near", joystick(rig), 1, "fist")
    if rig.chair == "power_wheelchair" and "far" not in rig.hands and pose in _HANDS_LOW:
        lap = bones.hip[0] + 38 * rig.size, bones.hip[1] - 8 * rig.size
        bones = with_hand(bones, "far", lap, -1, "easy", front=False)
    for hand, aid in rig.hands.items():
        at, bend, grip, front = _hold(look, replace(rig, bones=bones), hand, aid)
        bones = with_hand(bones, hand, at, bend, grip, front=front)
    return bones


def chair_centre(rig: Rig) -> Point:
    """The hub of a manual chair's near wheel."""
    return rig.bones.hip[0] - 4 * rig.size, -62 * rig.size


def joystick(rig: Rig) -> Point:
    """Where the joystick of a powered chair is."""
    return rig.bones.hip[0] + 42 * rig.size, rig.bones.hip[1] - 40 * rig.size


def _hold(look: Look, rig: Rig, hand: str, aid: str) -> tuple[Point, float, Grip, bool]:
    """Where a hand goes for an aid: place, the elbow's side, grip, and whether the arm is in front."""
    bones, u = rig.bones, rig.size
    side = -1 if hand == "near" else 1
    root = bones.near.root if hand == "near" else bones.far.root
    low = min(root[1] + bones.build.arm * 0.86, -22.0)
    chest_x, chest_y = bones.chest
    outward = -side
    if aid == "crutches_cane":
        return (root[0] + side * 20 * u, low), outward, "fist", hand == "near"
    if aid == "walker_gait_trainer":
        return (root[0] + (-6 if side < 0 else 14) * u, low + 4 * u), outward, "fist", hand == "near"
    if aid == "white_cane":
        return (root[0] + side * 26 * u, low - 6 * u), -1, "fist", True
    if aid == "assistance_dog":
        return (root[0] + side * 16 * u, low + 2), outward, "fist", True
    if aid == "sign_language":
        at = (chest_x - 28 * u, chest_y + 52 * u) if side < 0 else (chest_x + 40 * u, chest_y + 34 * u)
        return at, outward, "fist", True
    if aid == "aac_device":
        if side > 0:
            return (chest_x + 38 * u, chest_y + 66 * u), outward, "point", True
        return (chest_x - 34 * u, chest_y + 66 * u), outward, "fist", True
    if aid == "visual_schedule":
        return (root[0] + side * 30 * u, chest_y + 44 * u), outward, "fist", True
    if _flapping(look, aid):
        return (root[0] + side * 38 * u, root[1] - 8 * u), outward, "open", hand == "near"
    return (root[0] + side * 20 * u, chest_y + 42 * u), outward, "fist", True
