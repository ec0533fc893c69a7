"""Scene analysis: the scene as a camera sees it, its place, props and actions kept as they are named."""

from __future__ import annotations

import re

from emulator_models.answers import ContentOrder, Data
from emulator_models.shapes import SceneAnalysis
from emulator_models.storyteller.library import words
from emulator_models.storyteller.typography import listed, one_line


def scene_analysis(order: ContentOrder) -> SceneAnalysis:
    """The analysis of the scene in the prompt's data, or of the prompt itself."""
    document = order.data or {}
    table = words("places")
    scene = one_line(str(document.get("scene") or re.sub(r"\s+", " ", order.prompt)[:400] or "A quiet meadow."))
    asset = str(document.get("asset") or "scene_1")
    motif = one_line(str(document.get("motif") or "Finding the Way"))
    return SceneAnalysis(
        action=f"{scene.rstrip('. ')}. {_each_active(document)}".strip(),
        camera=table["camera"].get(asset, table["camera"]["scene_1"]),
        depth=_depth(scene, table),
        atmosphere=_atmosphere(scene, document, table),
        motif=_motif(scene, motif, table),
    )


def _each_active(document: Data) -> str:
    entries = document.get("characters")
    names = [one_line(str(entry["name"])) for entry in entries or [] if isinstance(entry, dict) and entry.get("name")]
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} is caught in the middle of the movement, face and hands clearly seen."
    return f"{listed(names)} each have a pose of their own, at eye level with one another and all taking part."


def _depth(scene: str, table: Data) -> str:
    lowered = scene.lower()
    named = [(word, place) for place, words_ in table["abroad"].items() for word in words_]
    named += [(place, place) for place in table["depth"]]
    places = [(found.start(), place) for word, place in named if (found := re.search(rf"\b{word}", lowered))]
    # Of all the places named the first counts: pictures' sentences begin with where.
    front, middle, back = table["depth"][min(places)[1] if places else "meadow"]
    return f"Foreground: {front}. Middle ground: {middle}. Background: {back}."


def _atmosphere(scene: str, document: Data, table: Data) -> str:
    lowered = scene.lower()
    light = next((kind for kind, keys in table["mood"].items() if any(key in lowered for key in keys)), "other")
    mood = one_line(str(document.get("mood") or "warm"))
    palette = document.get("palette")
    name = one_line(str(palette.get("name", ""))) if isinstance(palette, dict) else ""
    tinted = f", in the colours of “{name}”" if name else ""
    return f"{table['light'][light]}{tinted}; the feeling is {mood}."


def _motif(scene: str, motif: str, table: Data) -> str:
    items = table["motif"]["items"]
    item = next((one for one in items if re.search(rf"\b{one.split()[1]}", scene.lower())), None)
    if item is None:  # nothing that the scene does not name: the light itself
        return f"The brightest light in the picture stands for “{motif}”."
    return f"{item[0].upper()}{item[1:]} near the light stands for “{motif}”."
