"""Stories' records read once for all channels of a user, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from api.events import StoryFeed
from storytailor.db.realtime import ColumnRow, RecordRow, RevisionRow, StoryRecords


class SharedRecords:
    """StoryRecords; what was read as a user serves all channels of that user until a story of theirs changes.

    Row security judges every read; nothing is shared between users.
    """

    def __init__(self, records: StoryRecords, feed: StoryFeed) -> None:
        self._records = records
        self._feed = feed
        self._columns: list[ColumnRow] = []

    async def columns(self, user_id: UUID) -> list[ColumnRow]:
        """The table's columns in order, which are everybody's, and read once."""
        if not self._columns:
            self._columns = await self._records.columns(user_id)
        return self._columns

    async def revisions(self, user_id: UUID, ids: Iterable[UUID] | None, *, limit: int) -> list[RevisionRow]:
        """Revisions of the user's newest stories, of these ids if any are given."""
        wanted = None if ids is None else frozenset(ids)
        return await self._feed.reads.once(
            user_id, ("revisions", wanted, limit), lambda: self._records.revisions(user_id, wanted, limit=limit)
        )

    async def record(self, user_id: UUID, story_id: UUID) -> RecordRow | None:
        """The story's record; None when it is not the user's."""
        return await self._feed.reads.once(
            user_id, ("record", story_id), lambda: self._records.record(user_id, story_id)
        )
