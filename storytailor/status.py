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
    metadata: dict[str, Any] | None = Field(
        default=None,  # open: each maker tells what it likes
        description="What is going on, and what came of it. Of a picture: `fallback`, whether it is a placeholder, "
        "and then `fallbackReason`.",
    )

    @property
    def placeholder_reason(self) -> str | None:
        """Why this picture is a placeholder, in words for its family; None when it is a drawn one, or no picture."""
        metadata = self.metadata or {}
        if self.status != "ready" or not metadata.get("fallback"):
            return None
        return str(metadata.get("fallbackReason") or "no reason was recorded")


class AssetGenerationStatus(BaseModel):
    """Where a story stands: each requested asset, and the whole."""

    overall: Overall = Field(
        description="`ready`: all of it. `partial`: a book to read, but something optional failed, or the cover or "
        "more than one scene is a placeholder. `failed`: no book to read. Else `generating`."
    )
    assets: dict[str, AssetStatus]


def first_status(assets: Iterable[str]) -> dict[str, object]:
    """The status of a story just asked for: content under way, the rest to come."""
    return {
        "overall": "generating",
        "assets": {
            name: {"status": "generating" if name == "content" else "pending", "progress": 0} for name in assets
        },
    }
