"""Stories and characters to work on."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from storytailor.story import Beat, Character, StoryContent


def character(name: str = "Maya", **known: Any) -> Character:
    return Character(id=uuid4(), name=name, **{"age": 6, "appearance": "curly dark hair"} | known)


def story(*texts: str, title: str = "The Lantern", cast: tuple[str, ...] = ()) -> StoryContent:
    """A story of these beats; of fewer than four the rest is short. The cast is of every scene."""
    beats = [*texts, *["The end."] * 4][: max(len(texts), 4)]
    return StoryContent(
        title=title,
        beats=[Beat(text=text, seen="Maya walks.", alt="Maya läuft.", cast=list(cast), mood="calm") for text in beats],
        cover_scene="Maya at the edge of the wood.",
        cover_alt="Maya am Waldrand.",
        moral="You can be afraid and walk on.",
        dedication="For everyone.",
    )
