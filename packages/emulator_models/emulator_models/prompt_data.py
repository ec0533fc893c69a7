"""How the emulators read a prompt: prose, and one JSON document between `<data>` and `</data>`."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict

_DATA = re.compile(r"<data>(.*?)</data>", re.DOTALL)


class SheetTrait(BaseModel):
    """A trait as a character sheet carries it."""

    model_config = ConfigDict(frozen=True)

    id: str
    must_show: str = ""
    respect: str = ""


class Sheet(BaseModel):
    """A character sheet: what the prompt says of one character."""

    model_config = ConfigDict(frozen=True)

    name: str
    age: int | None = None
    species: str = "human"
    appearance: str = ""
    traits: tuple[SheetTrait, ...] = ()

    @property
    def trait_ids(self) -> frozenset[str]:
        """The ids of the recorded traits."""
        return frozenset(trait.id for trait in self.traits)


def read_data(prompt: str) -> dict[str, Any] | None:
    """The prompt's data document; None where there is none or it is not a JSON object."""
    found = _DATA.search(prompt)
    if found is None:
        return None
    try:
        document = json.loads(found.group(1))
    except json.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None
