"""A shared link, and the story it opens: what a reader needs of it, and nothing of its family."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field, JsonValue

from api.current_urls import with_current_urls
from storytailor.catalog import in_order
from storytailor.db.story_shares import SharedStoryRow
from storytailor.providers.object_store import UrlOf
from storytailor.status import AssetGenerationStatus, StoryState
from storytailor.story import HexColor, Word

OF_AN_ASSET = ("status", "progress", "url", "data", "completedAt")
OF_ITS_METADATA = ("alt", "fallback", "seconds")


class ShareLink(BaseModel):
    """A link to read a story without a token."""

    url: str = Field(description="Whoever has it reads the story, until it is taken back.")
    createdAt: datetime


class SharedStory(BaseModel):
    """A story as its readers see it."""

    title: str
    language: str | None
    dedication: str | None
    moral: str | None
    status: StoryState
    asset_generation_status: AssetGenerationStatus = Field(
        description="As in the owner's story, with the URLs of pictures, narration and downloads, and the activities."
    )
    texts: list[str] | None = Field(
        description="The words of each scene, with paragraphs; also where there is no voice."
    )
    hue_extracted_colors: dict[str, list[HexColor]] | None
    audio_words: list[Word] | None = Field(description="The narrated words in order, in seconds.")
    audio_blocks: dict[str, str] | None = Field(
        description='The text as safe HTML in blocks a to d; `<span data-w="i">` is word i of `audio_words`.'
    )

    @classmethod
    def of_row(cls, row: SharedStoryRow, url_of: UrlOf) -> SharedStory:
        """A story as it is shared."""
        status = row.asset_generation_status
        assets = status["assets"]
        return cls.model_validate(
            {
                "title": row.title,
                "language": row.language,
                "dedication": row.dedication,
                "moral": row.moral,
                "status": row.status,
                "asset_generation_status": {
                    "overall": status["overall"],
                    "assets": {
                        name: with_current_urls(row.id, _shown(assets[name]), url_of) for name in in_order(assets)
                    },
                },
                "texts": row.texts,
                "hue_extracted_colors": row.hue_extracted_colors,
                "audio_words": row.audio_words,
                "audio_blocks": row.audio_blocks,
            }
        )


def _shown(asset: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Of an asset what a reader needs: not how it was made, nor what went wrong."""
    shown = {name: asset[name] for name in OF_AN_ASSET if name in asset}
    if isinstance(metadata := asset.get("metadata"), dict):
        shown["metadata"] = {
            name: value for name, value in metadata.items() if name in OF_ITS_METADATA or name.endswith("Url")
        }
    return shown
