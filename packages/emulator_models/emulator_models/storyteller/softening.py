"""A scene restated for a cautious filter: what our moderator flags is left out, sentence by sentence."""

from __future__ import annotations

import re

from emulator_models.answers import ContentOrder
from emulator_models.moderator import moderate
from emulator_models.prompt_data import read_sheets
from emulator_models.shapes import SoftenedLooks, SoftenedScene
from emulator_models.storyteller.typography import listed, one_line

_CALM = "Everybody is fully dressed, calm and safe."


def softened_scene(order: ContentOrder) -> SoftenedScene:
    """The scene of the prompt's data, or the prompt itself, and the looks of its characters."""
    document = order.data or {}
    sheets = read_sheets(document)
    names = listed([one_line(sheet.name) for sheet in sheets]) or "Everybody"
    scene = one_line(str(document.get("scene") or order.prompt[:400]))
    kept = _fit_for_all(re.split(r"(?<=[.!?])\s+", scene)) or [f"{names} in a meadow in the morning sun."]
    looks = [
        SoftenedLooks(name=sheet.name, appearance=", ".join(_fit_for_all(re.split(r"[,;.]\s*", sheet.appearance))))
        for sheet in sheets
    ]
    # what is left of the scene is English: the names alone are true in every language
    alt = ", ".join(one_line(sheet.name) for sheet in sheets) or kept[0]
    return SoftenedScene(scene=" ".join([*kept, _CALM]), alt=alt, characters=looks)


def _fit_for_all(parts: list[str]) -> list[str]:
    return [part for part in parts if part and not moderate(part).flagged]
