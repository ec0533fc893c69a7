"""The 39 traits a character may be recorded with, from `traits.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Trait(BaseModel):
    """A trait: what a picture must show of it, and how it is drawn with respect."""

    model_config = ConfigDict(frozen=True)

    n: int
    category: str
    id: str
    must_show: str
    respect: str


def _load() -> dict[str, Trait]:
    rows = json.loads((Path(__file__).parent / "traits.json").read_text(encoding="utf-8"))
    return {row["id"]: Trait.model_validate(row) for row in rows}


TRAITS: Mapping[str, Trait] = _load()
AGENCY = "agency_position"
"""The one trait asked of every character in every picture, recorded or not."""
