"""`asset_generation_status`: the seed's JSON, as types. How it changes is the database's business."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

AssetState = Literal["pending", "generating", "retrying", "ready", "failed"]
Overall = Literal["generating", "ready", "partial", "failed"]
StoryState = Literal["generating", "ready", "failed"]
JobState = Literal["queued", "generating", "ready", "failed"]
Priority = Literal["normal", "high", "urgent"]


class AssetStatus(BaseModel):
    """Where one asset stands. `ready` never without `url` or `data`."""

    model_config = ConfigDict(extra="allow")

    status: AssetState
    progress: int = Field(ge=0, le=100)
    url: str | None = None
    data: Any = None
    completedAt: str | None = None  # the seed's name
    error: str | None = None
    metadata: dict[str, Any] | None = None  # open: each maker tells what it likes


class AssetGenerationStatus(BaseModel):
    """Where a story stands: each requested asset, and the whole."""

    overall: Overall
    assets: dict[str, AssetStatus]


def first_status(assets: Iterable[str]) -> dict[str, object]:
    """The status of a story just asked for: content under way, the rest to come."""
    return {
        "overall": "generating",
        "assets": {
            name: {"status": "generating" if name == "content" else "pending", "progress": 0} for name in assets
        },
    }
