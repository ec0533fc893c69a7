"""What the pictures show: a sentence of who does what where, and one of everything around them."""

from __future__ import annotations

from emulator_models.storyteller.library import BeatPlan, words
from emulator_models.storyteller.telling import Telling
from emulator_models.storyteller.typography import listed, set_text


def seen(telling: Telling, number: int) -> str:
    """The picture of beat `number` (0 to 3)."""
    plan = telling.plot.beats[number]
    return f"{_doing(telling, plan, number, plan.light)} {telling.tell(plan.scene, f'scene {number}')}"


def cover_scene(telling: Telling) -> str:
    """The cover: the whole company at the story's most inviting place, with what it is about."""
    number = telling.random("cover").choice((0, 1))
    plan = telling.plot.beats[number]
    promise = words("names", telling.language)["cover"]
    company = telling.tell(promise, "cover")
    return (
        f"{_doing(telling, plan, number + 7, plan.light)} {company} {telling.tell(plan.scene, 'cover scene')}"
    )


def _doing(telling: Telling, plan: BeatPlan, shift: int, light: str) -> str:
    order = list(plan.poses)
    telling.random(f"poses {shift}").shuffle(order)
    poses = []
    for role in telling.roles:
        # Poses run out only for more than five characters; then they come round again.
        order = order or list(plan.poses)
        pose = next((one for one in order if not role.blind_to(one)), order[0])
        order.remove(pose)
        poses.append(role.pose(telling.tell(f"- {pose}", f"pose {shift}")[2:]))
    conjunction = words("names", telling.language)["and"]
    doing = listed(poses, conjunction)
    where = telling.tell(f"{light}, {plan.place}", f"where {shift}")
    # After an opening of place and time, German would turn subject and verb round; a colon does without.
    joint = ":" if telling.language == "de" else ","
    return set_text(f"{where}{joint} {doing}.", telling.language)
