"""What makers read of stories: what was asked for, and what has been made so far, whoever's story it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import JsonValue, ValidationError

from storytailor.catalog import ALL_ASSETS, AssetName
from storytailor.db.connection import Database
from storytailor.errors import NotFoundError, UnreadableRowError
from storytailor.status import AssetStatus, JobState, Overall
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
        """Where one asset stands; None for one that the story was not to have. Raises UnreadableRowError."""
        try:
            return AssetStatus.model_validate(self.assets[asset]) if asset in self.assets else None
        except ValidationError as fault:
            raise UnreadableRowError(f"Where {asset} stands", fault) from fault


@dataclass(frozen=True)
class StorySummary:
    """What tells one story from another without its words."""

    story_id: UUID
    kind: str | None
    created_at: datetime
    state: Overall


@dataclass(frozen=True)
class JobRow:
    """Where one job stands, by the database's clock.

    `seconds` is how long it took, or since when it is made or has waited. `usage` is what its calls have used so far;
    `request_id` and `traceparent` are of the request that asked for it.
    """

    asset: AssetName
    status: JobState
    claims: int
    retries: int
    blocked_by: AssetName | None
    reason: str | None
    leased: bool
    begun: bool
    lease_left: float | None
    seconds: float
    usage: Mapping[str, JsonValue] | None
    request_id: str | None
    traceparent: str | None


@dataclass(frozen=True)
class _Brief:
    brief: Mapping[str, JsonValue]
    owner: UUID
    assets: list[str]


class StoryInputs:
    """The stories of one database as makers see them: all tenants', so never given to the API."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def brief(self, story_id: UUID) -> StoryBrief:
        """What was asked for. Raises NotFoundError when the story is gone, UnreadableRowError."""
        row = await self._database.fetch_one(_Brief, "story_inputs/brief", story_id=story_id)
        if row is None:
            raise NotFoundError("story", str(story_id))
        given = {"story_id": story_id, "owner": row.owner, "assets": row.assets}
        try:
            return StoryBrief.model_validate({**row.brief, **given})
        except (TypeError, ValidationError) as fault:
            raise UnreadableRowError("The story's brief", fault) from fault

    async def summaries(self, story_ids: Iterable[UUID]) -> dict[UUID, StorySummary]:
        """These stories, as far as they exist, without a word of theirs."""
        rows = await self._database.fetch_all(StorySummary, "story_inputs/summaries", ids=list(story_ids))
        return {row.story_id: row for row in rows}

    async def deleted(self, story_ids: Iterable[UUID]) -> set[UUID]:
        """Of these stories, those that do not exist any more."""
        return set(await self._database.fetch_values(UUID, "story_inputs/deleted", ids=list(story_ids)))

    async def jobs(self, story_id: UUID) -> list[JobRow]:
        """The story's jobs, upstream before downstream."""
        rows = await self._database.fetch_all(JobRow, "story_inputs/jobs", story_id=story_id)
        return sorted(rows, key=lambda job: ALL_ASSETS.index(job.asset))

    async def kept(self, story_id: UUID) -> KeptStory:
        """What has been made so far. Raises NotFoundError when the story is gone."""
        row = await self._database.fetch_one(KeptStory, "story_inputs/kept", story_id=story_id)
        if row is None:
            raise NotFoundError("story", str(story_id))
        return row
