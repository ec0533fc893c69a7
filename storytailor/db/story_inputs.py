"""What makers read of stories: what was asked for, and what has been made so far, whoever's story it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from storytailor.db.connection import Database
from storytailor.errors import NotFoundError
from storytailor.status import AssetStatus
from storytailor.story import StoryBrief


@dataclass(frozen=True)
class KeptStory:
    """What has been made of a story so far, as its row has it; `objects` are keys in the object store."""

    content: Mapping[str, JsonValue] | None
    assets: Mapping[str, Mapping[str, JsonValue]]
    objects: Mapping[str, str]
    words: Sequence[JsonValue] | None
    blocks: Mapping[str, str] | None

    def status(self, asset: str) -> AssetStatus | None:
        """Where one asset stands; None for one that the story was not to have."""
        return AssetStatus.model_validate(self.assets[asset]) if asset in self.assets else None


@dataclass(frozen=True)
class _Brief:
    brief: Mapping[str, JsonValue]
    assets: list[str]


class StoryInputs:
    """The stories of one database as makers see them: all tenants', so never given to the API."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def brief(self, story_id: UUID) -> StoryBrief:
        """What was asked for. Raises NotFoundError when the story is gone."""
        row = await self._database.fetch_one(_Brief, "story_inputs/brief", story_id=story_id)
        if row is None:
            raise NotFoundError("story", str(story_id))
        return StoryBrief.model_validate({**row.brief, "story_id": story_id, "assets": row.assets})

    async def kept(self, story_id: UUID) -> KeptStory:
        """What has been made so far. Raises NotFoundError when the story is gone."""
        row = await self._database.fetch_one(KeptStory, "story_inputs/kept", story_id=story_id)
        if row is None:
            raise NotFoundError("story", str(story_id))
        return row
