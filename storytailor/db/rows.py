"""Rows that more than one module reads, and the shapes of their JSON columns. Others stand where they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from pydantic import JsonValue

from storytailor.catalog import AssetName
from storytailor.status import Overall, StoryState


class StatusJson(TypedDict):
    """`stories.asset_generation_status`."""

    overall: Overall
    assets: dict[AssetName, dict[str, JsonValue]]


class CharacterJson(TypedDict):
    """A character in `stories.brief`, as it was when the story was asked for."""

    id: str
    name: str
    age: int | None
    species: str
    appearance: str
    traits: list[str]
    reference_images: list[str]


class BriefJson(TypedDict, total=False):
    """`stories.brief`: what was asked for. Empty for a story that did not come by the API."""

    characters: list[CharacterJson]
    story_type: str
    themes: list[str]
    title: str | None
    age: int
    language: str
    voice_id: str | None


UsageJson = Mapping[AssetName, Mapping[str, JsonValue]]
"""`stories.usage`: what each asset used in all its tries, by model, and its cost in US dollars, None if unknown."""


@dataclass(frozen=True)
class StoryStatusRow:
    """Where a story stands."""

    id: UUID
    status: StoryState
    asset_generation_status: StatusJson


@dataclass(frozen=True)
class StorySummaryRow(StoryStatusRow):
    """A story as a list shows it."""

    library_id: UUID
    creator_user_id: UUID
    title: str
    asset_generation_started_at: datetime | None
    asset_generation_completed_at: datetime | None
    brief: BriefJson
    revision: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class StoryRow(StorySummaryRow):
    """A story whole. `usage` is by asset, `hue_extracted_colors` by picture; `remakes_left` are paid for already."""

    content: dict[str, JsonValue] | None
    hue_extracted_colors: dict[AssetName, list[str]] | None
    audio_words: list[dict[str, JsonValue]] | None
    audio_blocks: dict[str, str] | None
    usage: UsageJson
    remakes_left: int
    shared_at: datetime | None
    webhook: dict[str, JsonValue] | None


class ConsentJson(TypedDict):
    """The word that a reference image may be used; `given_at` as ISO 8601."""

    image_key: str
    given_by: str
    given_at: str
    wording: str


@dataclass(frozen=True)
class CharacterRow:
    """A character of a library; `reference_images` are keys of stored objects, `consents` those to them."""

    id: UUID
    library_id: UUID
    name: str
    age: int | None
    species: str
    appearance: str
    traits: list[str]
    reference_images: list[str]
    created_at: datetime
    updated_at: datetime
    consents: list[ConsentJson]
