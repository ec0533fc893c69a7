"""The writing model of this machine: real stories out of plots, themes and traits, without any model."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel

from emulator_models.answers import ContentOrder, Data
from emulator_models.storyteller.activities import activities
from emulator_models.storyteller.analysis import scene_analysis
from emulator_models.storyteller.chatting import chat
from emulator_models.storyteller.compose import compose
from emulator_models.storyteller.palettes import palette_journey
from emulator_models.storyteller.request import read_request
from emulator_models.storyteller.softening import softened_scene

__all__ = ["SHAPES", "UnknownShape", "answer", "chat"]

_WRITERS: dict[str, Callable[[ContentOrder], BaseModel]] = {
    "StoryContent": lambda order: compose(read_request(order)),
    "PaletteJourney": palette_journey,
    "SceneAnalysis": scene_analysis,
    "SoftenedScene": softened_scene,
    "Activities": activities,
}
SHAPES = frozenset(_WRITERS)


class UnknownShapeError(KeyError):
    """The storyteller does not know how to answer in this shape."""


def answer(order: ContentOrder) -> Data:
    """A document of the order's shape for the prompt's data, or for its prose.

    Deterministic for the same data, prose, scenes and seed.

    Raises:
        UnknownShapeError: for a shape that is not one of `SHAPES`.
    """
    if order.shape not in _WRITERS:
        raise UnknownShapeError(order.shape)
    return _WRITERS[order.shape](order).model_dump(mode="json")
