"""The scenes of a story: how its beats are shared out over them, and what each one's picture shows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator_models.storyteller.fitting import Unit
from emulator_models.storyteller.library import BeatPlan, words
from emulator_models.storyteller.telling import Telling
from emulator_models.storyteller.typography import listed, set_text

_ANOTHER_MOMENT = 20  # parts the choices for a beat's later pictures from those for its first


@dataclass(frozen=True)
class Scene:
    """A scene: the beat of the plot it tells (the first, of several), and its `part` of that beat from 0."""

    beat: int
    part: int
    paragraphs: tuple[str, ...]


def told_in_scenes(told: list[Unit], beats: int, scenes: int) -> list[Scene]:
    """The story's paragraphs as that many scenes: a beat each, or several to a scene, or parts of beats."""
    paragraphs = [[unit.text for unit in told if unit.beat == beat] for beat in range(beats)]
    if scenes <= beats:
        groups = [[beat for beat in range(beats) if beat * scenes // beats == scene] for scene in range(scenes)]
        return [Scene(group[0], 0, tuple(text for beat in group for text in paragraphs[beat])) for group in groups]
    return [
        Scene(beat, part, tuple(run))
        for beat in range(beats)
        for part, run in enumerate(_in_runs(paragraphs[beat], (beat + 1) * scenes // beats - beat * scenes // beats))
    ]


def _in_runs(paragraphs: list[str], count: int) -> list[list[str]]:
    """The paragraphs in that many runs, sentences where there are too few paragraphs."""
    if len(paragraphs) < count:
        paragraphs = [s for text in paragraphs for s in re.split(r"(?<=[.!?…”»])\s+(?=\w)", text)]
    size = len(paragraphs)
    return [paragraphs[size * run // count : size * (run + 1) // count] for run in range(count)]


def seen(telling: Telling, scene: Scene) -> str:
    """The picture of a scene: a sentence of who does what where, and one of everything around them."""
    plan, number = telling.plot.beats[scene.beat], scene.beat + scene.part * _ANOTHER_MOMENT
    return f"{_doing(telling, plan, number, plan.light)} {telling.tell(plan.scene, f'scene {number}')}"


def cover_scene(telling: Telling) -> str:
    """The cover: the whole company at the story's most inviting place, with what it is about."""
    number = telling.random("cover").choice((0, 1))
    plan = telling.plot.beats[number]
    promise = words("names", telling.language)["cover"]
    company = telling.tell(promise, "cover")
    return f"{_doing(telling, plan, number + 7, plan.light)} {company} {telling.tell(plan.scene, 'cover scene')}"


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
