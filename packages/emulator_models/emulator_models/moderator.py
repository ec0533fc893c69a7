"""Moderation without a model: word lists and colors of pictures, in the categories of OpenAI's omni-moderation."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from emulator_models.child_safety import picture_scores

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
_FLAGGED_SCORE, _CLEAN_SCORE, _FLAGGED_FROM = 0.97, 0.00001, 0.7
_LISTS = Path(__file__).parent / "storyteller" / "data" / "moderation.toml"


@dataclass(frozen=True)
class Moderation:
    """The verdict on a text; `categories` and `scores` hold every category."""

    flagged: bool
    categories: dict[str, bool]
    scores: dict[str, float]


def moderate(text: str, pictures: Sequence[bytes] = ()) -> Moderation:
    """Flags what no children's story should ask for. Dragons may fight and children may cry.

    Pictures add their scores in the categories the real thing has for them.
    """
    plain = text.lower().replace("’", "'")
    hits = {name: len(pattern.findall(plain)) for name, pattern in _patterns().items()}
    for narrow, broad in _BROADER.items():
        hits[broad] = max(hits.get(broad, 0), hits.get(narrow, 0))
    categories = {name: hits.get(name, 0) > 0 for name in CATEGORIES}
    scores = {
        name: round(1 - (1 - _FLAGGED_SCORE) / hits[name], 6) if categories[name] else _CLEAN_SCORE
        for name in CATEGORIES
    }
    for picture in pictures:
        for name, score in picture_scores(picture).items():
            scores[name] = max(scores[name], score)
            categories[name] |= score >= _FLAGGED_FROM
    return Moderation(any(categories.values()), categories, scores)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """One pattern a category; an entry is a regular expression between word boundaries."""
    lists = tomllib.loads(_LISTS.read_text(encoding="utf-8"))
    return {
        name: re.compile(rf"(?<!\w)(?:{'|'.join(entries)})(?!\w)", re.IGNORECASE) for name, entries in lists.items()
    }
