"""How the queue's rows look, beside `queue_model`: what each is to say, and what none may ever say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from storytailor.catalog import AssetName
from tests.db.queue_model import QueueModel

PLANTED = UUID(int=0)
"""Whose are the orphaned objects that the machine has written down itself."""
ROWS = """
SELECT array(SELECT id FROM object_removals WHERE owner_user_id = %s ORDER BY id) AS orphans,
       story_id, asset_type AS asset, job.status, lease_token AS token,
       lease_token IS NOT NULL AND begun_at IS NOT NULL AS begun,
       lease_token IS NOT NULL AND received_at IS NOT NULL AS received,
       CASE WHEN lease_expires_at < clock_timestamp() THEN 'past'
            WHEN lease_expires_at < clock_timestamp() + interval '15 minutes' THEN 'waiting'
            WHEN lease_expires_at IS NOT NULL THEN 'working' END AS until,
       claims, retry_count AS retries,
       CASE WHEN started_at + paused < clock_timestamp() - interval '15 minutes' THEN 'long ago'
            WHEN started_at IS NOT NULL THEN 'now' END AS started,
       paused > interval '0' AS paused,
       blocked_by, stories.status AS story_status, asset_generation_status->>'overall' AS overall,
       asset_generation_status->'assets'->asset_type AS shown
FROM asset_generation_jobs AS job JOIN stories ON stories.id = story_id
"""


@dataclass(frozen=True)
class Row:
    """One job, and what its family sees of it."""

    orphans: list[int]
    story_id: UUID
    asset: AssetName
    status: str
    token: UUID | None
    begun: bool
    received: bool
    until: str | None
    claims: int
    retries: int
    started: str | None
    paused: bool
    blocked_by: AssetName | None
    story_status: str
    overall: str
    shown: dict[str, Any]

    def require_sense(self) -> None:
        """Raise AssertionError where it contradicts itself, whatever was done."""
        under_way = self.status in ("queued", "generating")
        assert self.token is None or under_way, "what has ended is still leased"
        assert (self.token is None) == (self.until is None), "a lease without an end, or an end without a lease"
        assert self.token is not None or self.status != "generating", "made by nobody"
        assert 0 <= self.claims <= 3, f"{self.claims} claims"
        assert self.blocked_by is None or self.status == "failed", "waits for another and has not failed"
        shown_under_way = self.shown["status"] in ("pending", "generating", "retrying")
        assert under_way == shown_under_way, "the job and what is shown contradict each other"
        if self.shown["status"] == "ready":
            assert self.status == "ready", "shown as ready and not made"
            assert "url" in self.shown or "data" in self.shown, "ready, and nothing there"
        assert self.story_status == ("ready" if self.overall == "partial" else self.overall)

    def require(self, model: QueueModel) -> None:
        """Raise AssertionError where it says another thing than the model."""
        story = model.stories[self.story_id]
        job = story.jobs[self.asset]
        assert (self.status, self.token, self.begun, self.until) == (job.status, job.token, job.begun, job.until), self
        assert self.received == job.received or self.token is None, self
        assert (self.claims, self.retries) == (job.claims, job.retries), self
        assert self.started == job.started or not job.is_unfinished, self
        assert self.paused == job.paused, self
        assert self.blocked_by in job.blocked_by if job.blocked_by else self.blocked_by is None, self
        assert self.shown["status"] == story.shown[self.asset], self
        placeholder = bool(self.shown.get("metadata", {}).get("fallback"))
        assert placeholder == (self.asset in story.placeholders), self
        assert self.overall == story.overall, self
        if job.status == "failed":
            assert self.shown["error"].startswith("Not made, because") == bool(job.blocked_by), self
        assert self.orphans == sorted(model.orphans)


def require_same(connection: psycopg.Connection[Any], model: QueueModel) -> None:
    """Raise AssertionError where rows and model differ."""
    with connection.cursor(row_factory=class_row(Row)) as cursor:
        rows = cursor.execute(ROWS.encode(), (PLANTED,)).fetchall()
    assert {(row.story_id, row.asset) for row in rows} == set(model.jobs)
    for row in rows:
        row.require_sense()
        row.require(model)
