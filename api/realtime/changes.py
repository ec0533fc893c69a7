"""What changed in stories since one user was last told, worked out from their rows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import JsonValue

from api.realtime.shared_records import SharedRecords
from storytailor.db.realtime import ColumnRow, RevisionRow

Kind = Literal["INSERT", "UPDATE", "DELETE"]

MAX_TRACKED = 1000
"""Stories a tracker without ids begins with; an older one is taken up when it changes."""
MAX_FOREIGN = 2000


@dataclass(frozen=True)
class Change:
    """What happened to a story; `record` is the whole row after it, empty when it is gone."""

    kind: Kind
    story_id: UUID
    revision: int = 0
    record: Mapping[str, JsonValue] = field(default_factory=dict)

    def data(self, columns: Sequence[ColumnRow]) -> dict[str, object]:
        """The `data` of a postgres_changes event."""
        committed = self.record.get("updated_at") or datetime.now(UTC).isoformat(timespec="milliseconds")
        data: dict[str, object] = {
            "schema": "public",
            "table": "stories",
            "commit_timestamp": committed,
            "type": self.kind,
            "columns": [{"name": column.name, "type": column.type} for column in columns],
            "record": self.record,
            "errors": None,
        }
        if self.kind != "INSERT":
            data["old_record"] = {"id": str(self.story_id)}
        return data


class ChangeTracker:
    """Which revisions one user was sent of some stories, or of all of theirs, and what has changed since.

    A notification that a story changed does not say what happened to it. That follows from reading the row as this
    user, and from what was there before; of a row the user could never see, nothing is sent at all.
    """

    def __init__(self, records: SharedRecords, user_id: UUID, ids: Collection[UUID] | None) -> None:
        self.user_id = user_id
        self.columns: list[ColumnRow] = []
        self._records = records
        self._ids = ids
        self._known: dict[UUID, int] = {}
        self._oldest: datetime | None = None  # rows created before it may exist without being known
        self._foreign: OrderedDict[UUID, None] = OrderedDict()

    async def open(self) -> None:
        """Take what is there now as sent. Raises ServiceUnavailableError."""
        self.columns = await self._records.columns(self.user_id)
        rows = await self._revisions()
        self._known = {row.id: row.revision for row in rows}
        if len(rows) == MAX_TRACKED:
            self._oldest = rows[-1].created_at

    async def changed(self) -> list[UUID]:
        """The stories that changed since the user was last told. Raises ServiceUnavailableError."""
        rows = await self._revisions()
        now = {row.id: row.revision for row in rows}
        changed = [story_id for story_id, revision in now.items() if self._known.get(story_id) != revision]
        if len(rows) < MAX_TRACKED:  # with more, absence says nothing
            changed += [story_id for story_id in self._known if story_id not in now]
        return changed

    async def change(self, story_id: UUID) -> Change | None:
        """What happened to this story since the user was last told, if anything. Raises ServiceUnavailableError."""
        if story_id in self._foreign:
            return None
        row = await self._records.record(self.user_id, story_id)
        known = self._known.get(story_id)
        if row is None:
            if known is not None:
                return Change("DELETE", story_id)
            self._remember_foreign(story_id)
            return None
        if row.revision == known:
            return None
        new = known is None and (self._oldest is None or row.created_at >= self._oldest)
        return Change("INSERT" if new else "UPDATE", story_id, row.revision, row.record)

    def sent(self, change: Change) -> None:
        """The user was sent this change."""
        if change.kind == "DELETE":
            self._known.pop(change.story_id, None)
        else:
            self._known[change.story_id] = change.revision

    async def _revisions(self) -> list[RevisionRow]:
        return await self._records.revisions(self.user_id, self._ids, limit=MAX_TRACKED)

    def _remember_foreign(self, story_id: UUID) -> None:
        """Remember another user's story: it never changes its owner, so its further changes need not be read."""
        self._foreign[story_id] = None
        if len(self._foreign) > MAX_FOREIGN:
            self._foreign.popitem(last=False)
