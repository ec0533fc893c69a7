"""Cursor pages: a cursor is the place of the last item shown, so that new items shift nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.envelope import Page
from storytailor.errors import ValidationError


class ListedRow(Protocol):
    """A row of a list that is ordered by (created_at, id)."""

    @property
    def id(self) -> UUID:
        """The row's id."""

    @property
    def created_at(self) -> datetime:
        """When the row was created."""


Row = TypeVar("Row", bound=ListedRow)
Item = TypeVar("Item")
Place = tuple[str, UUID]
"""Where a list goes on: after the row of this (created_at, id)."""


class PageQuery(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(20, ge=1, le=100, description="Items at the most.")
    cursor: str | None = Field(None, max_length=200, description="The `nextCursor` of the page before.")

    @property
    def before(self) -> Place | None:
        """The place the page starts after, or None for the first page. Raises ValidationError."""
        if self.cursor is None:
            return None
        try:
            created_at, _, row_id = base64.urlsafe_b64decode(self.cursor).decode("ascii").partition(" ")
            return datetime.fromisoformat(created_at).astimezone(UTC).isoformat(), UUID(row_id)
        except (binascii.Error, ValueError, OverflowError):
            fault = {"where": "query.cursor", "what": "not a nextCursor of ours"}
            raise ValidationError("The cursor is not one of ours. Start without one.", [fault]) from None


def page(rows: Sequence[Row], limit: int, show: Callable[[Row], Item]) -> Page[Item]:
    """The first `limit` of these rows, newest first; a row beyond them tells that the list goes on."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(items=[show(row) for row in shown], nextCursor=_cursor(shown[-1]) if more else None)


def _cursor(row: ListedRow) -> str:
    place = f"{row.created_at.isoformat()} {row.id}"
    return base64.urlsafe_b64encode(place.encode("ascii")).decode("ascii")
