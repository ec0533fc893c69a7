"""The writing model of this machine: real stories out of plots, themes and traits, without any model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator_models.storyteller.activities import activities
from emulator_models.storyteller.analysis import scene_analysis
from emulator_models.storyteller.ask import read_ask
from emulator_models.storyteller.chatting import chat
from emulator_models.storyteller.compose import compose
from emulator_models.storyteller.palettes import palette_journey

__all__ = ["SHAPES", "UnknownShape", "answer", "chat"]

Maker = Callable[[dict[str, Any] | None, str, int], dict[str, Any]]

_MAKERS: dict[str, Maker] = {
    "StoryContent": lambda data, prompt, seed: compose(read_ask(data, prompt, seed)),
    "PaletteJourney": palette_journey,
    "SceneAnalysis": scene_analysis,
    "Activities": activities,
}
SHAPES = frozenset(_MAKERS)


class UnknownShape(KeyError):
    """The storyteller does not know how to answer in this shape."""


def answer(shape: str, data: dict[str, Any] | None, prompt: str, *, seed: int) -> dict[str, Any]:
    """A document of that shape (a class of `storytailor.story`) for the prompt's data, or for its prose.

    Deterministic for the same data, prose and seed.

    Raises:
        UnknownShape: for a shape that is not one of `SHAPES`.
    """
    if shape not in _MAKERS:
        raise UnknownShape(shape)
    return _MAKERS[shape](data, prompt, seed)
