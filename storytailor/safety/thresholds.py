"""What of a provider's moderation is too much for a child, from `thresholds.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from storytailor.providers.openai import Moderation


def too_much_for_a_child(judged: Moderation) -> list[str]:
    """The categories the provider flags, and those whose score reaches what is set for children."""
    limits = _limits()
    scored = {name for name, score in judged.scores.items() if score >= limits.get(name, limits["other"])}
    return sorted(judged.flagged | scored)


@cache
def _limits() -> Mapping[str, float]:
    text = (Path(__file__).parent / "thresholds.toml").read_text(encoding="utf-8")
    limits: dict[str, float] = tomllib.loads(text)
    return limits
