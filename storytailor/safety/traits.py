"""The 39 traits a character may be recorded with, from `traits.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Trait(BaseModel):
    """A trait: what a picture must show of it, how it is drawn with respect, how a story speaks of it."""

    model_config = ConfigDict(frozen=True)

    n: int
    category: str
    id: str
    must_show: str
    respect: str
    in_words: str


def _load() -> dict[str, Trait]:
    rows = tomllib.loads((Path(__file__).parent / "traits.toml").read_text(encoding="utf-8"))["trait"]
    return {row["id"]: Trait.model_validate(row) for row in rows}


TRAITS: Mapping[str, Trait] = _load()
AGENCY = "agency_position"
"""The one trait asked of every character in every picture, recorded or not."""
