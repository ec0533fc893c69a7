"""Stories' records with URLs that open their files, as REST gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from pydantic import JsonValue

from api.current_urls import with_current_urls
from storytailor.db.connection import Database
from storytailor.db.realtime import RecordRow, StoryRecords
from storytailor.providers.object_store import ObjectUrls, UrlOf


class SignedStoryRecords(StoryRecords):
    """Records whose assets have URLs that end."""

    def __init__(self, database: Database, urls: ObjectUrls) -> None:
        super().__init__(database)
        self._urls = urls

    async def record(self, user_id: UUID, story_id: UUID) -> RecordRow | None:
        """The story's record; None when it is not the user's. Raises ServiceUnavailableError."""
        row = await super().record(user_id, story_id)
        if row is None:
            return None
        return replace(row, record=_signed(story_id, row.record, await self._urls.current()))


def _signed(story_id: UUID, record: dict[str, JsonValue], url_of: UrlOf) -> dict[str, JsonValue]:
    status = record["asset_generation_status"]
    if not isinstance(status, Mapping) or not isinstance(assets := status["assets"], Mapping):
        return record
    shown = {
        name: with_current_urls(story_id, asset, url_of) if isinstance(asset, Mapping) else asset
        for name, asset in assets.items()
    }
    return {**record, "asset_generation_status": {**status, "assets": shown}}
