"""Moderation without a model: word lists in the categories of OpenAI's omni-moderation."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
_BROADER = {name: name.partition("/")[0] for name in CATEGORIES if "/" in name}
_FLAGGED_SCORE, _CLEAN_SCORE = 0.97, 0.00001
_LISTS = Path(__file__).parent / "storyteller" / "data" / "moderation.toml"


@dataclass(frozen=True)
class Moderation:
    """The verdict on a text; `categories` and `scores` hold every category."""

    flagged: bool
    categories: dict[str, bool]
    scores: dict[str, float]


def moderate(text: str) -> Moderation:
    """Flags what no children's story should ask for. Dragons may fight and children may cry."""
    plain = text.lower().replace("’", "'")
    hits = {name: len(pattern.findall(plain)) for name, pattern in _patterns().items()}
    for narrow, broad in _BROADER.items():
        hits[broad] = max(hits.get(broad, 0), hits.get(narrow, 0))
    categories = {name: hits.get(name, 0) > 0 for name in CATEGORIES}
    scores = {
        name: round(1 - (1 - _FLAGGED_SCORE) / hits[name], 6) if categories[name] else _CLEAN_SCORE
        for name in CATEGORIES
    }
    return Moderation(any(categories.values()), categories, scores)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """One pattern a category; an entry is a regular expression between word boundaries."""
    lists = tomllib.loads(_LISTS.read_text(encoding="utf-8"))
    return {
        name: re.compile(rf"(?<!\w)(?:{'|'.join(entries)})(?!\w)", re.IGNORECASE) for name, entries in lists.items()
    }
