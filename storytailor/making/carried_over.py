"""What one try at an asset has paid for and could not make use of: the next try takes it up and does not pay again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from storytailor.providers.usage import Usage


@dataclass
class CarriedOver:
    """Kept for one asset in one run, in memory: text alone, taken out by whoever takes it up."""

    unjudged: dict[str, tuple[Any, Usage]] = field(default_factory=dict)
    """By what was asked: the answer of which nobody could say whether it is fit."""
