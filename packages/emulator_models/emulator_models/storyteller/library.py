"""The story data on disk, read once: plots, themes, traits, words."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from emulator_models.storyteller.grammar import Passage, read_block

LANGUAGES = ("en", "es", "fr", "de")
_OTHER = re.compile(r"\{([oO])ther\}")
_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class BeatPlan:
    """One quarter of a plot: what is told, and what its picture shows."""

    mood: str
    place: str
    light: str
    scene: str
    poses: tuple[str, ...]
    tasks: tuple[str, ...]
    passages: tuple[Passage, ...]
    indoors_or_afloat: bool
    """Whether it happens where there is no open ground to meet things on."""
    little: tuple[Passage, ...]
    """The same in few and short words."""


@dataclass(frozen=True)
class Plot:
    """A story that can be told of anyone: its turn is left to the theme."""

    id: str
    types: tuple[str, ...]
    titles: tuple[str, ...]
    refrain: str
    picks: dict[str, tuple[str, ...]]
    beats: tuple[BeatPlan, ...]
    being: str
    """What the other one is, where the name does not say."""
    in_english: str
    """The key of its pictures in English, of a plot in another language."""
    others_in_english: tuple[str, ...]


@dataclass(frozen=True)
class Theme:
    """What a theme brings to a plot: the turn, a smaller moment, the sentence and the moral that name it."""

    id: str
    words: tuple[str, ...]
    turns: tuple[str, ...]
    moments: tuple[str, ...]
    echoes: tuple[str, ...]
    morals: tuple[str, ...]
    dedication: str
    motifs: tuple[str, ...]


@dataclass(frozen=True)
class Trait:
    """How a trait is told: once when the character enters, and in what the character does."""

    id: str
    intro: tuple[str, ...]
    acts: tuple[str, ...]
    still: tuple[str, ...] = ()
    """Acts for a boat or a room, where nobody can go ahead."""


def words(name: str, language: str = "en") -> dict[str, Any]:
    """The table `<language>/<name>.toml`."""
    return _read(_DATA / language / f"{name}.toml")


def interludes(language: str) -> dict[str, Any]:
    """Blocks that suit any plot, by the kind of place they fit."""
    return words("interludes", language)


@cache
def plots(language: str, story_type: str) -> tuple[Plot, ...]:
    """The plots of a story type."""
    found = [plot for plot in all_plots(language) if story_type in plot.types]
    return tuple(found) or all_plots(language)


@cache
def themes(language: str) -> dict[str, Theme]:
    """The themes by id."""
    return {
        id_: Theme(
            id=id_,
            words=tuple(entry["words"]),
            turns=tuple(entry["turns"]),
            moments=tuple(entry["moments"]),
            echoes=tuple(entry["echoes"]),
            morals=tuple(entry["morals"]),
            dedication=entry["dedication"],
            motifs=tuple(entry.get("motifs", ())),
        )
        for id_, entry in words("themes", language).items()
    }


@cache
def traits(language: str) -> dict[str, Trait]:
    """The 39 traits by id."""
    return {
        id_: Trait(id_, tuple(entry["intro"]), tuple(entry["acts"]), tuple(entry.get("still", ())))
        for id_, entry in words("traits", language).items()
    }


@cache
def all_plots(language: str) -> tuple[Plot, ...]:
    """Every plot of a language."""
    files = sorted((_DATA / language / "plots").glob("*.toml"))
    little = words("little", language)
    return tuple(_plot(entry, file.stem, little[entry["id"]]) for file in files for entry in _read(file)["plots"])


def _plot(entry: dict[str, Any], stem: str, little: list[str]) -> Plot:
    full = _presented([read_block(beat["text"]) for beat in entry["beats"]])
    brief = _presented([read_block(text) for text in little])
    beats = map(_beat, entry["beats"], full, brief)
    return Plot(
        id=entry["id"],
        types=tuple(entry.get("types", (stem,))),
        titles=tuple(entry["titles"]),
        refrain=entry["refrain"],
        picks={name: tuple(options) for name, options in entry.get("picks", {}).items()},
        beats=tuple(beats),
        being=entry.get("being", ""),
        in_english=entry.get("in_english", ""),
        others_in_english=tuple(entry.get("others_in_english", ())),
    )


def pictured_in_english(plot: Plot) -> Plot:
    """The plot with its pictures, though not its text, in English; an English plot is returned as it is."""
    if not plot.in_english:
        return plot
    pictures = words("abroad")[plot.in_english]["beats"]
    beats = [
        replace(
            beat,
            **{name: picture[name] for name in ("place", "light", "scene")},
            poses=tuple(picture["poses"]),
        )
        for beat, picture in zip(plot.beats, pictures, strict=True)
    ]
    return replace(plot, beats=tuple(beats))


def mood_in_english(mood: str) -> str:
    """A mood that a plot names in another language, in English."""
    return next((english for english, abroad in words("abroad")["moods"].items() if mood in abroad), mood)


def _beat(entry: dict[str, Any], passages: list[Passage], little: list[Passage]) -> BeatPlan:
    return BeatPlan(
        mood=entry["mood"],
        place=entry["place"],
        light=entry["light"],
        scene=entry["scene"],
        poses=tuple(entry["poses"]),
        tasks=tuple(entry.get("tasks", ())),
        passages=tuple(passages),
        indoors_or_afloat=entry.get("indoors_or_afloat", False),
        little=tuple(little),
    )


def _presented(beats: list[list[Passage]]) -> list[list[Passage]]:
    """The text with the other one's full name where it is first mentioned without fail."""
    presented = False
    told = []
    for beat in beats:
        passages = []
        for passage in beat:
            if not presented and passage.level == 0 and _OTHER.search(passage.text):
                presented = True
                passage = Passage(_OTHER.sub(r"{\1ther_full}", passage.text, count=1), passage.tags)
            passages.append(passage)
        told.append(passages)
    return told


@cache
def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
