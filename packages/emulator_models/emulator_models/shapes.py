"""The shapes the models answer in, by the names that a request's schema has, and the words of a request.

They are the models' own: who asks has shapes of its own, and the answers must fit those too.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_SCENES = 4
"""How many scenes a story has where neither the prompt nor the schema says."""

AgeBand = Literal["3-5", "6-8", "9+"]
StoryType = Literal[
    "adventure",
    "bedtime",
    "birthday",
    "educational",
    "fantasy",
    "friendship",
    "mystery",
    "science_fiction",
    "social_skills",
]
STORY_TYPES: tuple[StoryType, ...] = get_args(StoryType)


class Shape(BaseModel):
    """A shape of an answer: all fields are there, and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)


class Beat(Shape):
    """A scene of the story: its text, what its picture shows (told to who draws it, to who cannot see it), its mood."""

    text: str
    seen: str
    alt: str
    cast: list[str]
    mood: str


class StoryContent(Shape):
    """A written story."""

    title: str
    beats: list[Beat]
    cover_scene: str
    cover_alt: str
    moral: str
    dedication: str

    @property
    def text(self) -> str:
        """The text of all scenes, parted by blank lines."""
        return "\n\n".join(beat.text for beat in self.beats)

    @property
    def pictures(self) -> dict[str, str]:
        """What each picture shows: `cover`, then `scene_1` and on."""
        scenes = {f"scene_{number}": beat.seen for number, beat in enumerate(self.beats, 1)}
        return {"cover": self.cover_scene} | scenes


class PaletteStep(Shape):
    """The colors of one picture, as `#rrggbb`. On the wire the field is spelled `colours`."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    name: str
    colors: Annotated[list[str], Field(alias="colours")]


class PaletteJourney(Shape):
    """The motif of a story, and a palette for the cover and each scene."""

    motif: str
    steps: list[PaletteStep]


class SceneAnalysis(Shape):
    """A scene as a camera sees it."""

    action: str
    camera: str
    depth: str
    atmosphere: str
    motif: str


class SoftenedLooks(Shape):
    """A character's looks, restated."""

    name: str
    appearance: str


class SoftenedScene(Shape):
    """A scene restated for a cautious filter."""

    scene: str
    alt: str
    characters: list[SoftenedLooks]


class Question(Shape):
    """A comprehension question; `page` is the number of the scene that has the answer."""

    question: str
    answer: str
    page: int


class VocabularyWord(Shape):
    """A word of the text, explained."""

    word: str
    meaning: str


class Idea(Shape):
    """Something to do after reading."""

    kind: Literal["drawing", "talking"]
    prompt: str


class Activities(Shape):
    """What to do with a story after reading it."""

    questions: list[Question]
    vocabulary: list[VocabularyWord]
    idea: Idea


class TraitVerdict(Shape):
    """Whether a picture shows one trait of one character."""

    character: str
    trait: str
    verdict: Literal["present", "absent", "contradicted", "not_visible"]
    reason: str


class PictureVerdict(Shape):
    """What the judge says of a picture, one verdict for each trait asked about."""

    verdicts: list[TraitVerdict]


class Concern(Shape):
    """One thing that is not for a child, and the words that show it."""

    concern: str
    quote: str


class ChildSafety(Shape):
    """What the judge says of material: what is not for a child in it, and whether it is fit."""

    concerns: list[Concern]
    fit: bool
