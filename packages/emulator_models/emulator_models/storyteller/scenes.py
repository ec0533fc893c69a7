"""The scenes of a story: how its beats are shared out over them, and what each one's picture shows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emulator_models.storyteller.fitting import Unit
from emulator_models.storyteller.library import BeatPlan, words
from emulator_models.storyteller.telling import Telling
from emulator_models.storyteller.typography import listed, set_text

_COVER = 7  # parts the choices for the cover from those for the scenes of its beat
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
    """The picture of a scene, for who draws it: a sentence of who does what where, and one of everything around them.

    `telling` is the one in English.
    """
    plan = telling.plot.beats[scene.beat]
    return f"{_doing(telling, plan, _number(scene))} {_around(telling, plan, _number(scene))}"


def alt(telling: Telling, scene: Scene) -> str:
    """The same picture for who cannot see it, in one sentence of the story's language."""
    return _in_one_sentence(telling, telling.plot.beats[scene.beat], _number(scene))


def cover_scene(telling: Telling) -> str:
    """The cover, for who draws it: the whole company at the story's most inviting place, with what it is about.

    `telling` is the one in English.
    """
    plan, number = _cover(telling)
    company = telling.tell(words("names", telling.language)["cover"], "cover")
    return f"{_doing(telling, plan, number)} {company} {_around(telling, plan, number)}"


def cover_alt(telling: Telling) -> str:
    """The cover for who cannot see it, in one sentence of the story's language."""
    return _in_one_sentence(telling, *_cover(telling))


def _number(scene: Scene) -> int:
    """What a scene's choices hang on."""
    return scene.beat + scene.part * _ANOTHER_MOMENT


def _cover(telling: Telling) -> tuple[BeatPlan, int]:
    number = telling.random("cover").choice((0, 1))
    return telling.plot.beats[number], number + _COVER


def _around(telling: Telling, plan: BeatPlan, number: int) -> str:
    """What else is to be seen, and what the one is whom it names only by name."""
    around = telling.tell(plan.scene, f"scene {number}")
    if telling.plot.being and "{other" in plan.scene and telling.plot.being not in plan.scene:
        around += " " + telling.tell(f"{{Other}} is a {telling.plot.being}.", "being")
    return f"{around} {telling.along}".rstrip()


def _in_one_sentence(telling: Telling, plan: BeatPlan, number: int) -> str:
    first = plan.scene.partition(" ")[0]
    scene = (
        f"{first[0].lower()}{plan.scene[1:]}" if first in words("names", telling.language)["openings"] else plan.scene
    )
    around = telling.tell(f"- {scene}", f"scene {number}")[2:]
    joint = " ;" if telling.language == "fr" else ";"
    doing = _doing(telling, plan, number).removesuffix(".")
    along = f"{joint} {telling.along}" if telling.along else "."
    return set_text(f"{doing}{joint} {around.removesuffix('.')}{along}", telling.language)


def _doing(telling: Telling, plan: BeatPlan, number: int) -> str:
    poses = []
    for role, pose in zip(telling.roles, _dealt(telling, number), strict=True):
        poses.append(role.pose(telling.tell(f"- {plan.poses[pose]}", f"pose {number}")[2:]))
    doing = listed(poses, words("names", telling.language)["and"])
    where = telling.tell(f"{plan.light}, {plan.place}", f"where {number}")
    # After an opening of place and time, German would turn subject and verb round; a colon does without.
    joint = ":" if telling.language == "de" else ","
    return set_text(f"{where}{joint} {doing}.", telling.language)


def _dealt(telling: Telling, number: int) -> list[int]:
    """A pose for each of the company, by its place in the plan: the same in every language."""
    english = telling.in_english()
    poses = english.plot.beats[number % _ANOTHER_MOMENT % _COVER].poses
    order = list(range(len(poses)))
    telling.random(f"poses {number}").shuffle(order)
    dealt, left = [], list(order)
    for role in english.roles:
        # Poses run out only for more than five characters; then they come round again.
        left = left or list(order)
        pose = next((one for one in left if not role.blind_to(poses[one])), left[0])
        left.remove(pose)
        dealt.append(pose)
    return dealt
