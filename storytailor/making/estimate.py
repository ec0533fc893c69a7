"""What a story will cost and how long it will take, before anything of it is made.

The calls that making it will take are set out twice, sparingly and generously (`estimates.toml`), and priced as real
calls are. Three bad attempts at every picture cost more than `high`; a story seldom comes to that.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from storytailor.catalog import PICTURES, SCENES, AssetName
from storytailor.endpoints import rubric_judge
from storytailor.making.content import WORDS
from storytailor.making.picture_tokens import LOOKED_AT, drawn_tokens, seen_tokens
from storytailor.making.prompting import character_sheet, drawn_sheet
from storytailor.making.usage import summed
from storytailor.providers.usage import Usage
from storytailor.settings import Settings
from storytailor.story import Character, StoryBrief
from storytailor.text.marked import compact_json

ALWAYS_ASKED = 3
"""Verdicts on each character besides those on traits: kind, looks and clothes."""


_SAID = {"palette": 160, "activities": 900, "scene": 550, "verdict": 160}
"""Characters of an answer that are judged by the rubric; a story's are counted as it is long."""


class Expectation(BaseModel):
    """How sparing, or how generous, the models are expected to be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    characters_a_token: float
    characters_a_word: dict[str, float]
    words: Literal["fewest", "most"]
    prompts: float
    answers: float
    redrawn: float
    stories: int
    reference: str


class Estimates(BaseModel):
    """The table `estimates.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt_characters: dict[str, int]
    answer_tokens: dict[str, int]
    low: Expectation
    high: Expectation
    seconds: dict[str, int]


@dataclass(frozen=True)
class CostRange:
    """US dollars, expected."""

    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """What a story is expected to cost and take. Without a cost there is a `reason`."""

    cost_usd: CostRange | None
    reason: str | None
    seconds: int


class Drawn(NamedTuple):
    """Output tokens of one picture, and input tokens of one reference picture of the same size."""

    low: int
    high: int
    reference: int


def estimate(brief: StoryBrief, without_portrait: Sequence[Character], settings: Settings) -> Estimate:
    """The estimate for a story; `without_portrait` are its characters who have yet to be drawn once."""
    seconds = _seconds(brief, bool(without_portrait), settings.image_quality)
    drawn = _drawn(settings) if "cover" in brief.assets else Drawn(0, 0, 0)
    if drawn is None:
        model, quality = settings.image_model, settings.image_quality
        reason = f"It is not known what a picture by the model {model} uses in quality {quality}."
        return Estimate(None, reason, seconds)
    bills = [
        summed(_Plan(brief, without_portrait, settings, expected, output, drawn.reference).calls())
        for expected, output in ((_table().low, drawn.low), (_table().high, drawn.high))
    ]
    low, high = (bill.cost_usd for bill in bills)
    if low is None or high is None:
        reason = f"No price is known for the model {', '.join(bills[1].unpriced)}."
        return Estimate(None, reason, seconds)
    return Estimate(CostRange(round(low, 4), round(high, 4)), None, seconds)


def generous_calls(
    brief: StoryBrief, without_portrait: Sequence[Character], settings: Settings
) -> Mapping[AssetName, Sequence[Usage]] | None:
    """The calls behind `high` by the asset that makes them; None when it is not known what a picture uses.

    Pictures that are drawn again stand with the scenes, portraits with the content.
    """
    drawn = _drawn(settings) if "cover" in brief.assets else Drawn(0, 0, 0)
    if drawn is None:
        return None
    return _Plan(brief, without_portrait, settings, _table().high, drawn.high, drawn.reference).by_asset()


def _drawn(settings: Settings) -> Drawn | None:
    tokens = drawn_tokens(settings.image_model, settings.image_size, settings.image_quality)
    return None if tokens is None else Drawn(*tokens, seen_tokens(settings.image_size))


@cache
def _table() -> Estimates:
    text = (Path(__file__).parent / "estimates.toml").read_text(encoding="utf-8")
    return Estimates.model_validate(tomllib.loads(text))


def _seconds(brief: StoryBrief, portraits: bool, quality: str) -> int:
    """Along the longest path: what is made side by side counts once."""
    of = _table().seconds
    if "cover" not in brief.assets:
        return of["story"] + of["palette"]
    picture = of.get(quality, of["high"]) + of["check"]
    content = max(of["story"], picture) if portraits else of["story"]
    pictures = of["palette"] + 2 * (of["scene"] + picture)  # the cover, then the scenes beside each other
    return content + max(pictures, of["narration"]) + of["books"]


class _Plan:
    """The calls of one story under one expectation."""

    def __init__(
        self,
        brief: StoryBrief,
        without_portrait: Sequence[Character],
        settings: Settings,
        expected: Expectation,
        drawn: int,
        reference: int,
    ) -> None:
        self._brief, self._without_portrait, self._settings = brief, without_portrait, settings
        self._expected, self._drawn, self._reference = expected, drawn, reference
        fewest, most = WORDS[brief.age_band]
        words = fewest if expected.words == "fewest" else most
        language = brief.language.split("-")[0].lower()
        a_word = expected.characters_a_word.get(language, expected.characters_a_word["other"])
        self._text = round(words * a_word)
        self._sheets = sum(map(_sheet, brief.characters))
        self._drawn_sheets = sum(map(_drawn_sheet, brief.characters))

    def calls(self) -> list[Usage]:
        """All of them."""
        return [call for calls in self.by_asset().values() for call in calls]

    def by_asset(self) -> dict[AssetName, list[Usage]]:
        """All of them, by the asset that makes them."""
        writer, analyst = self._settings.story_model, self._settings.analysis_model
        story = [self._ask(writer, "story", self._sheets, self._tokens(self._text)), *self._judged(self._text)]
        by_asset: dict[AssetName, list[Usage]] = {
            "content": story * self._expected.stories,
            "palette": [self._ask(analyst, "palette", self._text), *self._judged(_SAID["palette"])],
        }
        if "cover" not in self._brief.assets:
            return by_asset
        by_asset["content"] += self._portraits()
        by_asset["audio"] = [Usage(self._settings.voice_model, characters=self._text)]
        by_asset["activities"] = [
            self._ask(writer, "activities", self._text),
            *self._judged(_SAID["activities"]),
        ]
        return by_asset | self._pictures()

    def _portraits(self) -> list[Usage]:
        """Those that are to be drawn, each with the look at it."""
        return [
            call
            for character in self._without_portrait
            for call in self._picture("portrait", _drawn_sheet(character), [character], 0)
        ]

    def _pictures(self) -> dict[AssetName, list[Usage]]:
        """Cover and scenes, each with what is asked before and the look at it; some scenes are drawn again."""
        everybody = self._brief.characters
        before = [
            self._ask(self._settings.analysis_model, "scene", self._drawn_sheets),
            *self._judged(_SAID["scene"]),
        ]
        cover = self._picture("picture", self._drawn_sheets, everybody, self._cover_references())
        scene = self._picture("picture", self._drawn_sheets, everybody, self._reference)
        # what is said against a picture that is drawn again is judged as well
        drawn_again = [*scene, *self._judged(_SAID["verdict"])]
        again = math.ceil(self._expected.redrawn * (len(self._without_portrait) + len(PICTURES)))
        pictures: dict[AssetName, list[Usage]] = {"cover": [*before, *cover]}
        for place, name in enumerate(SCENES):
            pictures[name] = [*before, *scene, *drawn_again * len(range(place, again, len(SCENES)))]
        return pictures

    def _cover_references(self) -> int:
        """Input tokens of what the cover is drawn from: of each character a sheet of images, or a portrait."""
        own = seen_tokens(self._expected.reference)
        return sum(own if character.reference_images else self._reference for character in self._brief.characters)

    def _picture(self, kind: str, sheets: int, shown: Sequence[Character], references: int) -> list[Usage]:
        asked = self._prompt(kind, sheets) + references
        model = self._settings.image_model
        drawing = Usage(model, asked, self._drawn, image_tokens=references, output_image_tokens=self._drawn)
        looked = self._settings.moderation == "chat"  # the endpoint for moderation looks at pictures for nothing
        judged = self._judged(0, math.ceil(LOOKED_AT * self._reference)) if looked else []
        asked_about = sum(len(character.traits) + ALWAYS_ASKED for character in shown)
        verdicts = round(_table().answer_tokens["verdict"] * asked_about * self._expected.answers)
        seen = self._prompt("check", sum(map(_drawn_sheet, shown))) + math.ceil(LOOKED_AT * self._reference)
        return [drawing, *judged, Usage(self._settings.vision_model, seen, verdicts)]

    def _judged(self, data: int, seen: int = 0) -> list[Usage]:
        """The judgement by the rubric, unless nobody judges; the endpoint for moderation beside it costs nothing."""
        if self._settings.moderation == "off":
            return []
        call = self._ask(rubric_judge(self._settings)[1], "judge", data)
        return [Usage(call.model, call.input_tokens + seen, call.output_tokens)]

    def _ask(self, model: str, kind: str, data: int, written: int = 0) -> Usage:
        answer = round(_table().answer_tokens[kind] * self._expected.answers) + written
        return Usage(model, self._prompt(kind, data), answer)

    def _prompt(self, kind: str, data: int) -> int:
        """Input tokens of a prompt with so many characters of data."""
        return self._tokens(_table().prompt_characters[kind] * self._expected.prompts + data)

    def _tokens(self, characters: float) -> int:
        return math.ceil(characters / self._expected.characters_a_token)


def _sheet(character: Character) -> int:
    """How many characters a prompt spends on one character."""
    return len(compact_json(character_sheet(character)))


def _drawn_sheet(character: Character) -> int:
    """How many characters the drawing of a picture and the check of it spend on one character."""
    return len(compact_json(drawn_sheet(character_sheet(character))))
