"""What one try at an asset has paid for and could not make use of: the next try takes it up and does not pay again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from storytailor.making.alignment import Span
from storytailor.providers.usage import Usage


@dataclass
class CarriedOver:
    """Kept for one asset in one run, in memory: no more than its words, or its sound up to where a voice failed."""

    unjudged: dict[str, tuple[Any, Usage]] = field(default_factory=dict)
    """By what was asked: the answer of which nobody could say whether it is fit."""
    spoken: dict[tuple[str, str], tuple[bytes, list[Span]]] = field(default_factory=dict)
    """By voice and text: a part of the narration as MP3, and when each of its characters is heard."""
