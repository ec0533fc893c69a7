"""Changes of stories, as one user sees them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from storytailor.db.connection import Row
from storytailor.db.realtime import StoryRows

Kind = Literal["INSERT", "UPDATE", "DELETE"]

MOST_KNOWN = 1000
"""Stories a view without ids begins with; an older one that changes is taken up then."""
MOST_STRANGE = 2000


@dataclass(frozen=True)
class Change:
    """What happened to a story; `record` is the whole row after it, empty when it is gone."""

    kind: Kind
    story_id: UUID
    revision: int = 0
    record: Mapping[str, Any] = field(default_factory=dict)

    def data(self, columns: list[Row]) -> dict[str, Any]:
        """The `data` of a postgres_changes event."""
        committed = self.record.get("updated_at") or datetime.now(UTC).isoformat(timespec="milliseconds")
        old = {} if self.kind == "INSERT" else {"old_record": {"id": str(self.story_id)}}
        return {
            "schema": "public",
            "table": "stories",
            "commit_timestamp": committed,
            "type": self.kind,
            "columns": columns,
            "record": self.record,
            "errors": None,
        } | old


class View:
    """What one user has seen of some stories, or of all of theirs, and what has changed since.

    A note that a story changed does not say whose it is or what happened to it. Both follow from reading the row
    as this user, and from what was there before; of a row never seen, not even its end is told.
    """

    def __init__(self, rows: StoryRows, user_id: UUID, ids: Collection[UUID] | None) -> None:
        self.user_id = user_id
        self.columns: list[Row] = []
        self._rows = rows
        self._ids = ids
        self._known: dict[UUID, int] = {}
        self._oldest: datetime | None = None  # rows created before it may exist without being known
        self._strange: OrderedDict[UUID, None] = OrderedDict()

    async def open(self) -> None:
        """Take what is there now as seen. Raises ServiceUnavailable."""
        self.columns = await self._rows.columns(self.user_id)
        rows = await self._revisions()
        self._known = {row["id"]: row["revision"] for row in rows}
        if len(rows) == MOST_KNOWN:
            self._oldest = rows[-1]["created_at"]

    async def changed(self) -> list[UUID]:
        """The stories that are not as they were last seen. Raises ServiceUnavailable."""
        rows = await self._revisions()
        now = {row["id"]: row["revision"] for row in rows}
        changed = [story_id for story_id, revision in now.items() if self._known.get(story_id) != revision]
        if len(rows) < MOST_KNOWN:  # with more, absence says nothing
            changed += [story_id for story_id in self._known if story_id not in now]
        return changed

    async def change(self, story_id: UUID) -> Change | None:
        """What happened to this story since it was last seen, if anything. Raises ServiceUnavailable."""
        if story_id in self._strange:
            return None
        row = await self._rows.record(self.user_id, story_id)
        known = self._known.get(story_id)
        if row is None:
            if known is not None:
                return Change("DELETE", story_id)
            self._is_strange(story_id)
            return None
        if row["revision"] == known:
            return None
        new = known is None and (self._oldest is None or row["created_at"] >= self._oldest)
        return Change("INSERT" if new else "UPDATE", story_id, row["revision"], row["record"])

    def saw(self, change: Change) -> None:
        """The user has been told of this change."""
        if change.kind == "DELETE":
            self._known.pop(change.story_id, None)
        else:
            self._known[change.story_id] = change.revision

    async def _revisions(self) -> list[Row]:
        return await self._rows.revisions(self.user_id, self._ids, most=MOST_KNOWN)

    def _is_strange(self, story_id: UUID) -> None:
        """Somebody else's, and a story never changes hands: its further changes need not be read."""
        self._strange[story_id] = None
        if len(self._strange) > MOST_STRANGE:
            self._strange.popitem(last=False)
