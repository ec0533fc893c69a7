"""From a prompt to what is to be seen: place, time, weather, things, camera, and who does what."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from emulator_models.illustrator import vocabulary
from emulator_models.illustrator.companions import companions_in
from emulator_models.illustrator.drawing.color import HEX, chroma, hue, lightness
from emulator_models.illustrator.figures import Mood, Pose
from emulator_models.illustrator.props import PROPS
from emulator_models.illustrator.stage import Time, Weather
from emulator_models.prompt_data import CharacterSheet, read_data, read_sheets

LIVELY: tuple[Pose, ...] = ("waving", "running", "pointing", "jumping", "holding", "dancing", "reaching_up")
QUIET: tuple[Pose, ...] = ("standing", "holding", "pointing", "sitting", "kneeling", "waving", "reaching_up")
QUIET_MOODS = frozenset({"calm", "sleepy", "sad", "worried", "curious"})
MOST_THINGS = 6
FLAT_POSES = frozenset({"sleeping"})
STRANGERS = {
    "dog",
    "cat",
    "fox",
    "bear",
    "rabbit",
    "bunny",
    "owl",
    "mouse",
    "elephant",
    "lion",
    "dragon",
    "robot",
}
DEFAULT_COLORS = {
    "dawn": ["#f6bd60", "#f7ede2", "#f5cac3", "#84a59d", "#f28482"],
    "day": ["#8ecae6", "#a7c957", "#ffb703", "#fb8500", "#fefae0"],
    "sunset": ["#f4845f", "#f7b267", "#6d597a", "#355070", "#ffe5d9"],
    "night": ["#14213d", "#3d5a80", "#98c1d9", "#fca311", "#e0fbfc"],
}


@dataclass(frozen=True)
class Reading:
    """What a picture is to show."""

    asset: str
    seed: int
    place: str
    time: Time
    weather: Weather
    camera: str
    mood: Mood
    things: tuple[str, ...]
    motif: str | None
    poses: Mapping[str, Pose]
    sheets: tuple[CharacterSheet, ...]
    colors: tuple[str, ...]
    closer: bool
    companions: tuple[CharacterSheet, ...] = ()
    """Who else the scene names, besides the characters with sheets."""

    @property
    def cover(self) -> bool:
        """Whether this is the cover."""
        return self.asset == "cover"

    @property
    def portrait(self) -> bool:
        """Whether this is a reference portrait of one character."""
        return self.asset == "portrait"


def read_prompt(prompt: str, spare_colors: list[str] | None = None) -> Reading:
    """Read a prompt, ours with its data document or a stranger's prose.

    `spare_colors` serve where the prompt names none.
    """
    data = read_data(prompt)
    if data is None:
        data = _data_from_prose(prompt)
    analysis = data.get("analysis") if isinstance(data.get("analysis"), dict) else {}
    scene, aside = _text(data, "scene"), " ".join(str(v) for v in cast("dict[str, Any]", analysis).values())
    asset, story = _text(data, "asset") or "picture", _text(data, "story_type")
    seed = int.from_bytes(
        hashlib.sha256(f"{asset}|{_text(data, 'title')}|{scene}|{aside}".encode()).digest()[:8], "big"
    )
    sheets = read_sheets(data)[: 1 if asset == "portrait" else 5]
    mood = _mood(f"{_text(data, 'mood')} {scene}")
    colors = _colors(data)
    time = _time(scene, aside, colors, asset)
    poses = _poses(f"{scene} {cast('dict[str, Any]', analysis).get('action', '')}", sheets, mood, asset, seed)
    companions = companions_in(scene, sheets) if asset != "portrait" else ()
    return Reading(
        asset=asset,
        seed=seed,
        place=_place(scene, f"{aside} {_text(data, 'title')}", story, asset, seed),
        time=time,
        weather=_weather(f"{scene} {aside}"),
        camera=_camera(aside or scene, asset),
        mood=mood,
        things=tuple(one for one in _things(scene) if one not in {c.species for c in companions})[:MOST_THINGS],
        motif=next(iter(_things(_text(data, "motif"))), None),
        poses={**{one.name: "standing" for one in companions}, **poses},
        companions=companions,
        sheets=sheets,
        colors=tuple(colors or spare_colors or DEFAULT_COLORS[time]),
        closer=bool(data.get("feedback")),
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _colors(data: Mapping[str, Any]) -> list[str]:
    palette = data.get("palette")
    named = palette.get("colours") if isinstance(palette, dict) else None
    return [c for c in named if isinstance(c, str) and HEX.fullmatch(c)] if isinstance(named, list) else []


@lru_cache(maxsize=512)
def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


def count(pattern: str, text: str) -> int:
    """How often any of the words stands in the text."""
    return sum(1 for _ in _words(pattern).finditer(text))


def _place(scene: str, aside: str, story: str, asset: str, seed: int) -> str:
    """The place most spoken of; "in the kitchen" says more than "a kitchen"."""
    if count(vocabulary.BED_AFLOAT, scene):  # whatever else is named, that is what it is about
        return "bed_boat"
    if count(vocabulary.INSIDE_LIGHTHOUSE, scene):  # not the tower seen from the sea, nor the cave it is likened to
        return "inside_lighthouse"
    if count(vocabulary.UNDERWATER, scene):  # a castle there has fish before its windows
        return "underwater"
    scores: dict[str, float] = {}
    for place, pattern in vocabulary.PLACE_WORDS.items():
        placed = (
            rf"(?:in|at|on|inside|through|into|across|by|along|under|beside|over|to) (?:the|a|an|her|"
            rf"his|their|our)(?: \w+)? (?:{pattern})"
        )
        score = (
            3 * count(pattern, scene) + 4 * count(placed, scene) + count(pattern, aside) + 0.5 * count(placed, aside)
        )
        if score:
            first = _words(pattern).search(f"{scene} {aside}")
            scores[place] = score - 0.001 * (first.start() if first else 0)
    if scores:
        return max(scores, key=lambda place: scores[place])
    usual = vocabulary.STORY_PLACES.get(story) or vocabulary.STORY_PLACES["friendship"]
    number = int(asset.removeprefix("scene_")) if asset.removeprefix("scene_").isdigit() else 0
    return usual[number % len(usual)] if story else usual[seed % len(usual)]


def _best(table: Mapping[str, str], text: str) -> str | None:
    scores = {name: count(pattern, text) for name, pattern in table.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else None


def _time(scene: str, aside: str, colors: list[str], asset: str) -> Time:
    """The time of day named; else what the palette suggests, else what the scene's number does."""
    opening = ",".join(
        scene.split(",")[:2]
    )  # scenes begin with their light, and go on with dark corners and bright eyes
    named = (
        _best(vocabulary.TIME_WORDS, opening)
        or _best(vocabulary.TIME_WORDS, scene)
        or _best(vocabulary.TIME_WORDS, aside)
    )
    if named:
        return cast("Time", named)
    if colors and sum(map(lightness, colors)) / len(colors) < 0.47:
        return "night"
    warmth = sum(chroma(c) * math.cos(math.radians(hue(c) - 60)) for c in colors)
    usual: dict[str, Time] = {"scene_1": "dawn", "scene_3": "sunset", "scene_4": "sunset"}
    return usual.get(asset, "day") if warmth > 0.12 else "day"


def _weather(text: str) -> Weather:
    return cast("Weather", _best(vocabulary.WEATHER_WORDS, text) or "clear")


def _camera(text: str, asset: str) -> str:
    usual = {"cover": "medium", "scene_1": "wide", "scene_2": "low", "scene_3": "close", "scene_4": "above"}
    return _best(vocabulary.CAMERA_WORDS, text) or usual.get(asset, "medium")


def _mood(text: str) -> Mood:
    return cast("Mood", _best(vocabulary.MOOD_WORDS, text) or "joyful")


def _things(text: str) -> tuple[str, ...]:
    """The things named, in the order they are named, those that are somebody first."""
    found = {thing: match for thing, words in vocabulary.PROP_WORDS.items() if (match := _words(words).search(text))}
    for more, plainer in vocabulary.SAYS_MORE.items():
        if more in found:
            found.pop(plainer, None)
    return tuple(sorted(found, key=lambda thing: (not PROPS[thing].somebody, found[thing].start())))


def _poses(text: str, sheets: tuple[CharacterSheet, ...], mood: Mood, asset: str, seed: int) -> dict[str, Pose]:
    """A pose each: what the text says of the character, the rest dealt out so that all differ."""
    poses: dict[str, Pose] = {}
    clauses = re.split(r"[.;,!?]|\b(?:while|as|and)\b", text)
    for sheet in sheets:
        about = " ".join(c for c in clauses if _words(re.escape(sheet.name)).search(c))
        told = [pose for pose, pattern in vocabulary.POSE_WORDS.items() if pose != "standing" and count(pattern, about)]
        for pose in cast("list[Pose]", told):
            if pose not in poses.values() and not (pose in FLAT_POSES and asset == "cover"):
                poses[sheet.name] = pose
                break
    deck = QUIET if mood in QUIET_MOODS else LIVELY
    shift = seed % len(deck)
    free = [pose for pose in (*deck[shift:], *deck[:shift]) if pose not in poses.values()]
    for sheet in sheets:
        if sheet.name not in poses:
            poses[sheet.name] = free.pop(0)
    if asset == "portrait":
        return {sheet.name: "standing" for sheet in sheets}
    return poses


def _data_from_prose(prompt: str) -> dict[str, Any]:
    """A data document made from a stranger's prose: its scene, and a figure if it speaks of anybody."""
    prose = re.sub(r"<[^>]*>", " ", prompt)
    species = next((word for word in sorted(STRANGERS) if count(f"{word}s?", prose)), None)
    people = re.search(
        r"\b(girl|boy|child|children|kids?|friends?|woman|man|grandm\w+|grandf\w+|family|sister|brother)\b",
        prose,
        re.I,
    )
    characters = []
    if people or species:
        characters.append({"name": "Friend", "age": 7, "species": species or "human", "appearance": prose[:400]})
    if people and (species or people.group(1).lower() in ("children", "kids", "friends", "friend")):
        characters.append({"name": "Companion", "age": 7, "species": "human", "appearance": ""})
    return {
        "asset": "picture",
        "scene": prose,
        "characters": characters,
        "palette": {"colours": HEX.findall(prose)[:5]},
    }
