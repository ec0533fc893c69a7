"""What a maker has at hand while it makes one asset of one story."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from storytailor.db.portraits import Portraits
from storytailor.making.costs import summed
from storytailor.providers.elevenlabs import ElevenLabs
from storytailor.providers.object_store import ObjectStore
from storytailor.providers.openai import OpenAI, Usage
from storytailor.settings import Settings
from storytailor.story import Activities, StoryBrief


class Progress(Protocol):
    """Tells the family how far it is: percent, and what is going on."""

    async def __call__(
        self, percent: int, *, status: Literal["generating", "retrying"] = "generating", **metadata: Any
    ) -> None:
        """Write it down; raises LeaseLost when somebody else makes this asset now."""


@dataclass
class Desk:
    """One asset's work: the request, the providers, a way to tell of progress, and what was used.

    `activities` gives the story's activities when they are ready by now: a book binds them in, but waits for none.
    """

    brief: StoryBrief
    settings: Settings
    openai: OpenAI
    elevenlabs: ElevenLabs
    store: ObjectStore
    progress: Progress
    portraits: Portraits
    activities: Callable[[], Awaitable[Activities | None]]
    used: list[Usage] = field(default_factory=list)
    attempts: int = 1

    def usage(self) -> dict[str, Any] | None:
        """What was used so far and what it cost; None when nothing was."""
        return summed(self.used) if self.used else None
