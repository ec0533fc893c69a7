"""What a story is: the shapes that flow from one maker to the next, and to and from the models.

Models answer in these shapes by OpenAI's strict structured output, which wants every field
present: hence no defaults in `StoryContent`, `PaletteJourney`, `SceneAnalysis`, `SoftenedScene`,
`Activities` and `PictureVerdict`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from storytailor.catalog import PICTURES, SCENES, AssetName, PictureName
from storytailor.text.cleaning import Line, PrintedLine, Prose, clean_line
from storytailor.text.comparing import folded

HexColor = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
AgeBand = Literal["3-5", "6-8", "9+"]
STORY_BEATS = len(SCENES)
PALETTE_STEPS = len(PICTURES)  # the cover's, then one a scene


class StoryType(StrEnum):
    """The kinds of story that can be asked for."""

    ADVENTURE = "adventure"
    BEDTIME = "bedtime"
    BIRTHDAY = "birthday"
    EDUCATIONAL = "educational"
    FANTASY = "fantasy"
    FRIENDSHIP = "friendship"
    MYSTERY = "mystery"
    SCIENCE_FICTION = "science_fiction"
    SOCIAL_SKILLS = "social_skills"


class Shape(BaseModel):
    """A value: frozen, and strict about what it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        hide_input_in_errors=True,  # a family's words, or a model's, are not for logs
    )


class Character(Shape):
    """A character as the library records it."""

    id: UUID
    name: str
    age: int | None = None
    species: str = "human"
    appearance: str = ""
    traits: tuple[str, ...] = ()
    reference_images: tuple[str, ...] = ()


class StoryBrief(Shape):
    """What was asked for: the request of one story, with its characters and the assets it is to have."""

    story_id: UUID
    owner: UUID | None = None
    characters: tuple[Character, ...]
    story_type: StoryType
    themes: tuple[str, ...]
    title: str | None = None
    age: int = 6
    language: str = "en"
    voice_id: str | None = None
    assets: tuple[AssetName, ...] = ()

    @property
    def age_band(self) -> AgeBand:
        """The reader's band: up to 5, 6 to 8, 9 and up."""
        return "3-5" if self.age <= 5 else "6-8" if self.age <= 8 else "9+"


class Beat(Shape):
    """A part of the story: what is read aloud, and what its picture shows."""

    text: Prose = Field(description="The words on the page, with dialogue; paragraphs parted by a blank line.")
    seen: Line = Field(description="For an illustrator, in English: who is where in the picture, doing what.")
    alt: PrintedLine = Field(
        description="For a reader who cannot see the picture, in the story's language: what it shows, in one sentence."
    )
    cast: list[Line] = Field(description="The names of the characters the picture shows, as they were given.")
    mood: Line = Field(description="The feeling of this beat in one to three words.")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        """What stories of before have not, and servers without strict schemas leave out: the cast is everybody then."""
        filled = _filled(given, alt="seen")
        return {"cast": [], **filled} if isinstance(filled, Mapping) else filled


class StoryContent(Shape):
    """The written story."""

    title: PrintedLine
    beats: Annotated[list[Beat], Field(min_length=STORY_BEATS, max_length=STORY_BEATS)]
    cover_scene: Line = Field(
        description="For an illustrator, in English: all characters, the place, the promise of the story."
    )
    cover_alt: PrintedLine = Field(
        description="For a reader who cannot see the cover, in the story's language: what it shows, in one sentence."
    )
    moral: PrintedLine = Field(description="What a child takes away, in one sentence.")
    dedication: PrintedLine = Field(description="A dedication line, as on a book's first page.")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        return _filled(given, cover_alt="cover_scene")

    @property
    def text(self) -> str:
        """All that is narrated: the beats' texts, parted by blank lines."""
        return "\n\n".join(beat.text.strip() for beat in self.beats)

    def scene(self, asset: PictureName) -> str:
        """What the picture `cover` or `scene_n` shows, for who draws it."""
        return self.cover_scene if asset == "cover" else self.beats[scene_number(asset) - 1].seen

    def alt(self, asset: PictureName) -> str:
        """What that picture shows, for a reader who cannot see it."""
        return self.cover_alt if asset == "cover" else self.beats[scene_number(asset) - 1].alt

    def cast(self, asset: PictureName, company: Sequence[Character]) -> tuple[Character, ...]:
        """Who of the company is in that picture: all on the cover, and where nobody of them is named."""
        if asset == "cover":
            return tuple(company)
        named = {folded(clean_line(name), "en") for name in self.beats[scene_number(asset) - 1].cast}
        shown = tuple(one for one in company if folded(clean_line(one.name), "en") in named)
        return shown or tuple(company)

    def mood(self, asset: PictureName) -> str:
        """The feeling of that picture; the cover has the opening's."""
        return self.beats[max(scene_number(asset) - 1, 0)].mood


def _filled(given: Any, **sources: str) -> Any:
    """The fields with text from another field where they have none."""
    if not isinstance(given, Mapping):
        return given
    missing = {field: source for field, source in sources.items() if not str(given.get(field) or "").strip()}
    return {**given, **{field: given[source] for field, source in missing.items() if source in given}}


def scene_number(asset: PictureName) -> int:
    """0 for the cover, n for `scene_n`: the picture's step in the palette journey."""
    return 0 if asset == "cover" else int(asset.removeprefix("scene_"))


class PaletteStep(Shape):
    """One step of the palette journey. In JSON, `colors` is spelled as the stories that are kept have it."""

    name: Line = Field(description='A short name for the light and feeling, such as "Bright sunrise warmth".')
    colors: Annotated[list[HexColor], Field(alias="colours", min_length=3, max_length=5)]


class PaletteJourney(Shape):
    """How colour carries the story: a motif and five named steps, cover first, then a step a scene."""

    motif: Line = Field(description='The thread of the story in two to four words, such as "Overcoming Fear".')
    steps: Annotated[list[PaletteStep], Field(min_length=PALETTE_STEPS, max_length=PALETTE_STEPS)]

    def step(self, asset: PictureName) -> PaletteStep:
        """The step of the picture `cover` or `scene_n`."""
        return self.steps[scene_number(asset)]


class SceneAnalysis(Shape):
    """A scene as a camera would see it."""

    action: Line = Field(description="The one moment of action; each character active, in a distinct pose.")
    camera: Line = Field(description="Angle, distance and framing.")
    depth: Line = Field(description="Foreground, middle ground and background.")
    atmosphere: Line = Field(description="Light, weather and feeling.")
    motif: Line = Field(description="A small object or shape through which the motif appears.")

    @property
    def description(self) -> str:
        """The whole as one paragraph."""
        return " ".join((self.action, self.camera, self.depth, self.atmosphere, self.motif))


class SoftenedLooks(Shape):
    """A character's looks in words that cannot be misread."""

    name: str = Field(description="As it was given.")
    appearance: Line


class SoftenedScene(Shape):
    """A scene that a filter refused, restated."""

    scene: Line = Field(description="For an illustrator, in English: who is where in the picture, doing what.")
    alt: PrintedLine = Field(
        description="For a reader who cannot see the picture, in the story's language: what it shows, in one sentence."
    )
    characters: list[SoftenedLooks]

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, given: Any) -> Any:
        return _filled(given, alt="scene")


class Question(Shape):
    """A comprehension question."""

    question: PrintedLine
    answer: PrintedLine
    page: int = Field(description=f"The scene, 1 to {STORY_BEATS}, in which the answer stands.")


class VocabularyWord(Shape):
    """A word of the story worth learning."""

    word: PrintedLine = Field(description="As it stands in the text.")
    meaning: Line


class Idea(Shape):
    """Something to do after reading."""

    kind: Literal["drawing", "talking"]
    prompt: Line


class Activities(Shape):
    """What to do with the book after reading it."""

    questions: Annotated[list[Question], Field(min_length=3, max_length=5)]
    vocabulary: Annotated[list[VocabularyWord], Field(min_length=2, max_length=2)]
    idea: Idea


class TraitVerdict(Shape):
    """Whether a picture shows one thing of one character: a recorded trait, or one of `safety/likeness.py`."""

    character: str
    trait: str
    verdict: Literal["present", "absent", "contradicted", "not_visible"]
    reason: Line


class PictureVerdict(Shape):
    """What the vision model says of a picture, one entry for each thing asked about."""

    verdicts: list[TraitVerdict]


class Word(Shape):
    """A narrated word and when it is spoken, in seconds from the start of the audio."""

    txt: str
    start: float
    end: float


class Narration(Shape):
    """The spoken story, timed. The audio itself is stored apart."""

    words: list[Word]
    blocks: dict[str, str]  # "a", "b" …, one a beat
    seconds: float
