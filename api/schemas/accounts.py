"""Accounts and libraries as they are shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from storytailor.db import Allowance
from storytailor.db.accounts import LibraryRow, Tier


class Library(BaseModel):
    """A place for stories and characters."""

    id: UUID
    name: str = Field(examples=["My Library"])
    created_at: datetime

    @classmethod
    def of_row(cls, row: LibraryRow) -> Library:
        """A library's row."""
        return cls(id=row.id, name=row.name, created_at=row.created_at)


class Me(BaseModel):
    """The caller, and what may still be asked for."""

    id: UUID
    tier: Tier
    storiesUsed: int = Field(description="Stories paid for and not given back.", ge=0)
    storyLimit: int = Field(description="Stories that could be made in all: the tier's, and bought ones.", ge=0)
    credits: int = Field(description="Bought stories not yet used.", ge=0)

    @classmethod
    def of(cls, user_id: UUID, allowance: Allowance) -> Me:
        """The user's allowance."""
        return cls(
            id=user_id,
            tier=allowance.tier,
            storiesUsed=allowance.stories_used,
            storyLimit=allowance.story_limit,
            credits=allowance.credits,
        )
