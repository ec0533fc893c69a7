"""How the models read a prompt: prose, one JSON document between `<data>` and `</data>`, character sheets in it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from emulator_models.answers import Data

_DATA = re.compile(r"<data>(.*?)</data>", re.DOTALL)


class SheetTrait(BaseModel):
    """A trait as a character sheet carries it."""

    model_config = ConfigDict(frozen=True)

    id: str
    must_show: str = ""
    respect: str = ""


class CharacterSheet(BaseModel):
    """What the prompt says of one character."""

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


def read_data(prompt: str) -> Data | None:
    """The prompt's data document; None where there is none or it is not a JSON object."""
    found = _DATA.search(prompt)
    if found is None:
        return None
    try:
        document = json.loads(found.group(1))
    except json.JSONDecodeError:
        return None
    return document if isinstance(document, dict) else None


def read_sheets(data: Mapping[str, Any]) -> tuple[CharacterSheet, ...]:
    """The character sheets of a data document; an entry that is not a sheet is passed over."""
    sheets = []
    entries = data.get("characters")
    for entry in entries if isinstance(entries, list) else []:
        try:
            sheets.append(CharacterSheet.model_validate(entry))
        except ValidationError:
            continue
    return tuple(sheets)
