"""The request for a story: the prompt's data document read leniently, or the prose around it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from random import Random
from typing import get_args

from emulator_models.answers import ContentOrder, Data, UnwrittenLanguageError
from emulator_models.prompt_data import CharacterSheet, read_sheets
from emulator_models.shapes import DEFAULT_SCENES, STORY_TYPES, AgeBand, StoryType
from emulator_models.storyteller.library import LANGUAGES, themes, words
from emulator_models.storyteller.typography import one_line

DEFAULT_WORDS = (450, 700)
_MOST_CHARACTERS = 8
_MOST_SCENES = 16
_KEYWORDS: dict[StoryType, tuple[str, ...]] = {
    "bedtime": ("bedtime", "sleep", "goodnight", "lullaby"),
    "birthday": ("birthday", "party"),
    "mystery": ("mystery", "detective", "clue", "missing"),
    "science_fiction": ("science fiction", "sci-fi", "space", "rocket", "planet", "alien"),
    "fantasy": ("fantasy", "magic", "dragon", "fairy", "wizard", "unicorn"),
    "educational": ("educational", "learn", "school", "teach"),
    "social_skills": ("social skills", "taking turns", "sharing", "feelings"),
    "friendship": ("friendship", "friend"),
}


@dataclass(frozen=True)
class StoryRequest:
    """One story to be written."""

    sheets: tuple[CharacterSheet, ...]
    story_type: StoryType
    themes: tuple[str, ...]
    title: str | None
    band: AgeBand
    least: int
    most: int
    language: str
    correction: str
    scenes: int
    key: str
    """What the story's choices hang on, with the seed: the request without its correction."""


def read_request(order: ContentOrder) -> StoryRequest:
    """The request in the data, what is missing in it found in the prose, the rest by default.

    Raises UnwrittenLanguageError for a language there are no words of here.
    """
    data, prompt, seed = order.data, order.prompt, order.seed
    document = dict(data or {})
    random = Random(f"{seed}:{prompt if data is None else ''}")
    band = _band(document, prompt)
    least, most = _limits(document.get("words"))
    key = {name: value for name, value in document.items() if name != "correction"}
    return StoryRequest(
        sheets=_named(read_sheets(document)) or sheets_in_prose(prompt, random),
        story_type=_story_type(document.get("story_type"), prompt),
        themes=_themes(document.get("themes"), prompt if data is None else ""),
        title=one_line(str(document["title"])) if document.get("title") else None,
        band=band,
        least=least,
        most=most,
        language=language_of(document),
        correction=str(document.get("correction") or "").lower(),
        scenes=min(order.scenes or len(beats_of(document)) or DEFAULT_SCENES, _MOST_SCENES),
        key=f"{seed}:{json.dumps(key, sort_keys=True, default=str)}:{prompt if data is None else ''}",
    )


def beats_of(document: Data) -> list[Data]:
    """The scenes of a story that the data document tells of."""
    beats = document.get("beats")
    return [beat for beat in beats if isinstance(beat, dict)] if isinstance(beats, list) else []


def sheets_in_prose(prompt: str, random: Random) -> tuple[CharacterSheet, ...]:
    """The characters a free-text prompt names; one of our own where it names nobody."""
    prose = re.sub(r"<data>.*?</data>", " ", prompt, flags=re.DOTALL)
    named = re.findall(r"\b(?:named|called|names? (?:is|are)|about|for|and|with)\s+([A-Z][\w’'-]{1,20})", prose)
    found = [
        name for name in dict.fromkeys(named) if name.lower() not in words("names")["no_names"] and not name.isupper()
    ]
    species = {m.group(2): m.group(1) for m in re.finditer(r"\b(\w+) (?:named|called) ([A-Z][\w’'-]+)", prose)}
    known = words("species", "es")["names"]
    sheets = tuple(
        CharacterSheet(name=name, species=species[name] if species.get(name, "") in known else "human")
        for name in found[:_MOST_CHARACTERS]
    )
    return sheets or (CharacterSheet(name=random.choice(words("names")["heroes"])),)


def _named(sheets: tuple[CharacterSheet, ...]) -> tuple[CharacterSheet, ...]:
    """Those with a name, on one line."""
    named = [(sheet, one_line(sheet.name)) for sheet in sheets]
    return tuple(sheet.model_copy(update={"name": name}) for sheet, name in named if name)[:_MOST_CHARACTERS]


def _story_type(value: object, prompt: str) -> StoryType:
    known = next((kind for kind in STORY_TYPES if kind == value), None)
    if known:
        return known
    text = f"{value or ''} {prompt}".lower()
    return next((kind for kind, keys in _KEYWORDS.items() if any(key in text for key in keys)), "adventure")


def _themes(value: object, prose: str) -> tuple[str, ...]:
    listed = value if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []
    found = tuple(dict.fromkeys(one_line(str(theme).replace("_", " ")) for theme in listed if str(theme).strip()))
    if found:
        return found[:5]
    named = [id_ for id_, theme in themes("en").items() if theme.words and re.search(rf"\b{id_}\b", prose.lower())]
    return tuple(named[:2]) or ("kindness",)


def _band(document: Data, prompt: str) -> AgeBand:
    bands: tuple[AgeBand, ...] = get_args(AgeBand)
    if (band := document.get("age_band")) in bands:
        return bands[bands.index(band)]
    age = document.get("age")
    if not isinstance(age, int):
        told = re.search(r"\b(\d{1,2})[- ]year", prompt) or re.search(r"\baged? (\d{1,2})\b", prompt)
        age = int(told.group(1)) if told else 6
    return "3-5" if age <= 5 else "6-8" if age <= 8 else "9+"


def _limits(value: object) -> tuple[int, int]:
    least, most = (value.get("min"), value.get("max")) if isinstance(value, dict) else DEFAULT_WORDS
    least = least if isinstance(least, int) else DEFAULT_WORDS[0]
    most = most if isinstance(most, int) else max(DEFAULT_WORDS[1], least + 150)
    return min(least, most), max(least, most)


def language_of(document: Data) -> str:
    """The language asked for, without its region; English where none is named.

    Raises UnwrittenLanguageError for one there are no words of here.
    """
    asked = document.get("language")
    code = asked.lower().replace("_", "-").split("-")[0] if isinstance(asked, str) and asked else "en"
    if code not in LANGUAGES:
        raise UnwrittenLanguageError(
            f"'{asked}' is not a language this model writes: the local stand-in writes English, German, French and "
            "Spanish only; set OPENAI_API_KEY for others."
        )
    return code
