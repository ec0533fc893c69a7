"""Stories as they are asked for and as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StrictBool, StringConstraints

from api.current_urls import with_current_urls
from api.schemas.characters import CharacterSheet
from api.schemas.fields import LANGUAGE, LINE, PRINTED, WHOLE_NUMBER, all_different
from storytailor.catalog import ALL_ASSETS, TEXT_ONLY, AssetName, in_order
from storytailor.db import NewStory
from storytailor.db.rows import StoryRow, StoryStatusRow, StorySummaryRow
from storytailor.making.estimate import Estimate
from storytailor.making.usage import cost_of_story
from storytailor.providers.object_store import UrlOf
from storytailor.status import AssetGenerationStatus, StoryState
from storytailor.story import Character, HexColor, StoryBrief, StoryType, Word

EXAMPLE_ID = "01234567-89ab-cdef-0123-456789abcdef"

CharacterIds = Annotated[
    list[UUID],
    Field(min_length=1, max_length=5, json_schema_extra={"uniqueItems": True}),
    all_different("character"),
]
AssetTypes = Annotated[list[AssetName], Field(min_length=1, max_length=len(ALL_ASSETS))]
Theme = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=LINE), PRINTED]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=LINE), PRINTED]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"), LANGUAGE]
VoiceId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class StoryRequest(BaseModel):
    """A story to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "character_ids": ["00000000-0000-4000-8000-0000000000c1"],
                    "story_type": "adventure",
                    "themes": ["courage", "friendship"],
                    "generateAssets": True,
                }
            ]
        },
    )

    character_ids: CharacterIds = Field(description="Who the story is about: characters of yours.")
    story_type: StoryType
    themes: Annotated[list[Theme], Field(min_length=1, max_length=5)]
    generateAssets: StrictBool = Field(True, description="false makes `content` and `palette` only.")
    title: Title | None = Field(None, description="The story's title; without it the story finds its own.")
    library_id: UUID | None = Field(None, description="Where the story goes; without it your first library.")
    age: Annotated[int, Field(ge=2, le=12), WHOLE_NUMBER] = Field(6, description="The reader's age in years.")
    language: Language = Field("en", description="The story's language, as a BCP 47 tag.")
    voice_id: VoiceId | None = Field(None, description="The narrator's voice, an ElevenLabs id.")
    webhook_url: HttpUrl | None = Field(
        None, description="Told once the story has ended, by a signed POST. https, on the public internet."
    )

    def new(self) -> NewStory:
        """This request as a new story."""
        return NewStory(
            character_ids=self.character_ids,
            story_type=self.story_type,
            themes=self.themes,
            title=self.title,
            library_id=self.library_id,
            age=self.age,
            language=self.language,
            voice_id=self.voice_id,
            webhook_url=str(self.webhook_url) if self.webhook_url else None,
            generate_assets=self.generateAssets,
        )

    def brief(self, characters: Sequence[Character]) -> StoryBrief:
        """What makers would be told of the story, were it made."""
        return StoryBrief(
            story_id=UUID(int=0),
            characters=tuple(characters),
            story_type=self.story_type,
            themes=tuple(self.themes),
            title=self.title,
            age=self.age,
            language=self.language,
            voice_id=self.voice_id,
            assets=ALL_ASSETS if self.generateAssets else TEXT_ONLY,
        )


class StoryReceipt(BaseModel):
    """A story just asked for: where it stands and where its progress is told."""

    id: UUID
    status: StoryState
    asset_generation_status: AssetGenerationStatus
    realtimeChannel: str = Field(examples=[f"stories:id={EXAMPLE_ID}"])

    @classmethod
    def of_status(cls, row: StoryStatusRow, url_of: UrlOf) -> StoryReceipt:
        """The receipt of a story."""
        return cls.model_validate(_receipt(row, url_of))


class CostRange(BaseModel):
    """Expected US dollars."""

    low: float = Field(description="When everything is right the first time and the story is short.")
    high: float = Field(description="When the story is long, is written twice, and one picture in four is drawn again.")


class StoryEstimate(BaseModel):
    """What a story is expected to cost and take."""

    cost_usd: CostRange | None = Field(description="Null where a model's price is not known.")
    reason: str | None = Field(description="Why there is no cost.", examples=[None])
    seconds: int = Field(description="Expected from the request to the finished book, when nothing waits before it.")

    @classmethod
    def of(cls, expected: Estimate) -> StoryEstimate:
        """The estimate as it is shown."""
        return cls.model_validate(asdict(expected))


class RemakeRequest(BaseModel):
    """Assets to be made anew."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"assetTypes": ["cover"], "cascade": False}]}
    )

    assetTypes: AssetTypes = Field(description="What to make anew; the book files that show it follow.")
    cascade: StrictBool = Field(False, description="true makes everything anew that is made from these.")


class StorySummary(StoryReceipt):
    """A story as a list shows it."""

    title: str
    story_type: StoryType | None
    themes: list[str]
    characters: list[CharacterSheet] = Field(description="As they were when the story was asked for.")
    age: int | None
    language: str | None
    voice_id: str | None
    library_id: UUID
    creator_user_id: UUID
    asset_generation_started_at: datetime | None
    asset_generation_completed_at: datetime | None
    revision: int = Field(description="Goes up with every change; the `id` of a Server-Sent Event.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of_summary(cls, row: StorySummaryRow, url_of: UrlOf) -> StorySummary:
        """A story of a list."""
        return cls.model_validate(_summary(row, url_of))


class Webhook(BaseModel):
    """How the message of a story's last ending fares."""

    state: Literal["waiting", "delivered", "dead"]
    attempts: int
    lastError: str | None = Field(description="Why it was not taken, the last time it was sent.")


class Story(StorySummary):
    """A story whole: everything a reader needs."""

    content: dict[str, object] | None = Field(
        description="The written story: title, beats, moral, dedication; empty until `content` is ready."
    )
    hue_extracted_colors: dict[str, list[HexColor]] | None = Field(
        description="For each picture three deep, contrasting colours.",
        examples=[{"cover": ["#1b2a49", "#7a2e3b", "#2f6b4f"]}],
    )
    audio_words: list[Word] | None = Field(description="The narrated words in order, in seconds.")
    audio_blocks: dict[str, str] | None = Field(
        description='The text as safe HTML in blocks a to d; `<span data-w="i">` is word i of `audio_words`.'
    )
    usage: dict[str, object] = Field(
        description="What making each asset used in all its tries, by model: calls, tokens, characters, US dollars. "
        "Empty unless SHOW_USAGE is set: it is the operator's."
    )
    cost_usd: float | None = Field(
        description="All of that together; null where a model's price is not known, or not shown."
    )
    remakesLeft: int = Field(
        ge=0,
        description="How often something of it can be made again before that takes a further story of yours. What "
        "failed by itself, placeholders and book files are made again for nothing.",
    )
    shared_at: datetime | None = Field(
        description="Since when there is a link by which anybody can read it (`/share`); null when there is none."
    )
    webhook: Webhook | None = Field(description="Null until the story has ended, or when none was asked for.")

    @classmethod
    def of_row(cls, row: StoryRow, url_of: UrlOf, *, show_usage: bool) -> Story:
        """A story's row, whole."""
        usage = row.usage if show_usage else {}
        return cls.model_validate(
            {
                **_summary(row, url_of),
                "content": row.content,
                "hue_extracted_colors": row.hue_extracted_colors,
                "audio_words": row.audio_words,
                "audio_blocks": row.audio_blocks,
                "usage": usage,
                "cost_usd": cost_of_story(usage) if show_usage else None,
                "remakesLeft": row.remakes_left,
                "shared_at": row.shared_at,
                "webhook": row.webhook,
            }
        )


def _receipt(row: StoryStatusRow, url_of: UrlOf) -> dict[str, object]:
    return {
        "id": row.id,
        "status": row.status,
        "asset_generation_status": _shown(row, url_of),
        "realtimeChannel": f"stories:id={row.id}",
    }


def _summary(row: StorySummaryRow, url_of: UrlOf) -> dict[str, object]:
    brief = row.brief
    return {
        **_receipt(row, url_of),
        "title": row.title,
        "story_type": brief.get("story_type"),
        "themes": brief.get("themes", []),
        "characters": [
            {**character, "reference_images": [url_of(key) for key in character["reference_images"]]}
            for character in brief.get("characters", ())
        ],
        "age": brief.get("age"),
        "language": brief.get("language"),
        "voice_id": brief.get("voice_id"),
        "library_id": row.library_id,
        "creator_user_id": row.creator_user_id,
        "asset_generation_started_at": row.asset_generation_started_at,
        "asset_generation_completed_at": row.asset_generation_completed_at,
        "revision": row.revision,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _shown(row: StoryStatusRow, url_of: UrlOf) -> dict[str, object]:
    """The status with URLs that open, its assets upstream before downstream, as JSONB does not keep them."""
    status = row.asset_generation_status
    assets = status["assets"]
    shown = {name: with_current_urls(row.id, assets[name], url_of) for name in in_order(assets)}
    return {"overall": status["overall"], "assets": shown}
