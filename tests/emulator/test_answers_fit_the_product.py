"""The answers of the models behind the emulator fit the product's own shapes."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from pydantic import BaseModel

from emulator_models import testing as prompts
from emulator_models.answers import ContentOrder
from emulator_models.illustrator import draw, judge, same_verdict
from emulator_models.prompt_data import read_data
from emulator_models.storyteller import answer
from storytailor.story import (
    Activities,
    PaletteJourney,
    PictureVerdict,
    SceneAnalysis,
    SoftenedScene,
    StoryContent,
    StoryType,
)


def answered(shape: type[BaseModel], prompt: str, scenes: int | None = None) -> dict[str, Any]:
    return answer(ContentOrder(shape.__name__, read_data(prompt), prompt, 1, scenes))


@pytest.mark.parametrize(
    ("shape", "prompt"),
    [
        *((StoryContent, prompts.story_prompt(story_type=kind.value)) for kind in StoryType),
        *((StoryContent, prompts.story_prompt(language=language)) for language in ("de", "es", "fr")),
        (PaletteJourney, prompts.palette_prompt()),
        (SceneAnalysis, prompts.analysis_prompt()),
        (SoftenedScene, prompts.analysis_prompt()),
        (Activities, prompts.activities_prompt()),
    ],
)
def test_an_answer_is_of_the_products_shape(shape: type[BaseModel], prompt: str) -> None:
    shape.model_validate(answered(shape, prompt))


@pytest.mark.parametrize("shape", [StoryContent, PaletteJourney, SceneAnalysis, SoftenedScene, Activities])
def test_an_answer_to_prose_is_of_the_products_shape(shape: type[BaseModel]) -> None:
    shape.model_validate(answered(shape, "A bedtime story about Bo the bear, please."))


def test_a_verdict_is_of_the_products_shape() -> None:
    data = read_data(prompts.verdict_prompt())
    assert data is not None
    blank = io.BytesIO()
    Image.new("RGB", (64, 64), "#ffb703").save(blank, "png")
    drawn = draw(prompts.picture_prompt(), size=(256, 256))
    for verdict in (
        judge(drawn, data),
        judge(blank.getvalue(), data),
        same_verdict(data, "present", "It is plain to see."),
    ):
        assert PictureVerdict.model_validate(verdict).verdicts
