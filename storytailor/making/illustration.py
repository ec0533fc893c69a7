"""The cover and the scenes: staged, drawn, looked at, and drawn again until they show who they should."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from storytailor.catalog import PictureName
from storytailor.errors import Transient
from storytailor.making.context import Desk
from storytailor.making.hue_colors import deep_contrasting_colours
from storytailor.making.picture_check import look, must_decode
from storytailor.making.placeholder import placeholder_picture
from storytailor.making.prompting import INSTRUCTIONS, prompt, sheet
from storytailor.safety.moderation import must_be_fit
from storytailor.safety.trait_rule import feedback
from storytailor.story import PaletteJourney, SceneAnalysis, StoryContent, TraitVerdict

log = logging.getLogger(__name__)

ATTEMPTS = 3


@dataclass(frozen=True)
class Illustration:
    """A picture ready to be stored."""

    image: bytes  # PNG
    colors: list[str]  # three, "#rrggbb", deep and contrasting
    alt: str
    attempts: int
    fallback: bool = False
    verdicts: list[TraitVerdict] = field(default_factory=list)


@dataclass(frozen=True)
class Sketch:
    """What is to be drawn: everything the prompt is made from."""

    asset: PictureName
    content: StoryContent
    palette: PaletteJourney
    analysis: SceneAnalysis
    references: Sequence[bytes]


async def illustrate(
    desk: Desk,
    asset: PictureName,
    content: StoryContent,
    palette: PaletteJourney,
    references: Sequence[bytes],
) -> Illustration:
    """The picture of `cover` or `scene_n`; after three attempts that fail a placeholder in its palette.

    A permanent failure (a refused prompt, a bad key) is raised at once.
    """
    wrong: list[str] = []
    sketch: Sketch | None = None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            if sketch is None:
                sketch = Sketch(
                    asset, content, palette, await _analyse(desk, asset, content, palette), references
                )
            image, verdicts = await _draw_and_look(desk, sketch, wrong, attempt)
        except Transient as failure:
            log.warning("%s: attempt %d of %d failed: %s", asset, attempt, ATTEMPTS, failure)
            await desk.progress(33, status="retrying", attempt=attempt, lastError=str(failure))
            continue
        wrong = feedback(desk.brief.characters, verdicts)
        if not wrong:
            return await _illustration(image, content.scene(asset), attempt, verdicts)
        log.info("%s: attempt %d of %d does not pass: %s", asset, attempt, ATTEMPTS, wrong)
        await desk.progress(33, status="retrying", attempt=attempt, feedback=wrong)
    image = await asyncio.to_thread(placeholder_picture, palette.step(asset), asset, desk.settings.image_size)
    return await _illustration(image, content.scene(asset), ATTEMPTS, [], fallback=True)


async def _analyse(
    desk: Desk, asset: PictureName, content: StoryContent, palette: PaletteJourney
) -> SceneAnalysis:
    step = palette.step(asset)
    data = {
        "asset": asset,
        "title": content.title,
        "scene": content.scene(asset),
        "mood": content.mood(asset),
        "motif": palette.motif,
        "palette": step.model_dump(),
        "characters": [sheet(character) for character in desk.brief.characters],
    }
    analysis, used = await desk.openai.answer(
        desk.settings.analysis_model, INSTRUCTIONS, prompt("scene", data), SceneAnalysis
    )
    desk.used.append(used)
    length = len(analysis.description)
    facts = {"isCover": asset == "cover", "outputLength": length, "tokensUsed": used.output_tokens}
    log.info("Scene analysis complete %s", json.dumps(facts))
    if asset == "cover":
        log.info("Cover scene analysis complete %s", json.dumps({"analysisLength": length}))
    await desk.progress(33, paletteStep=step.name, motif=palette.motif, analysisComplete=True)
    return analysis


async def _draw_and_look(
    desk: Desk, sketch: Sketch, wrong: Sequence[str], attempt: int
) -> tuple[bytes, list[TraitVerdict]]:
    asset = sketch.asset
    log.info("Generating %s with GLOBAL_STYLE, references, and validation", asset)
    image, used = await desk.openai.draw(_picture_prompt(desk, sketch, wrong), sketch.references)
    desk.used.append(used)
    await asyncio.to_thread(must_decode, image)
    await desk.progress(66, attempt=attempt)
    verdicts, _ = await asyncio.gather(
        look(desk, asset, image, desk.brief.characters),
        must_be_fit(desk.openai, "The picture", picture=image),
    )
    return image, verdicts


def _picture_prompt(desk: Desk, sketch: Sketch, wrong: Sequence[str]) -> str:
    data: dict[str, Any] = {
        "asset": sketch.asset,
        "title": sketch.content.title,
        "story_type": desk.brief.story_type,
        "scene": sketch.content.scene(sketch.asset),
        "analysis": sketch.analysis.model_dump(),
        "mood": sketch.content.mood(sketch.asset),
        "motif": sketch.palette.motif,
        "palette": sketch.palette.step(sketch.asset).model_dump(),
        "characters": [sheet(character) for character in desk.brief.characters],
        "feedback": list(wrong),
    }
    return prompt("picture", data, asset=sketch.asset, feedback=wrong)


async def _illustration(
    image: bytes, alt: str, attempts: int, verdicts: list[TraitVerdict], *, fallback: bool = False
) -> Illustration:
    colors = await asyncio.to_thread(deep_contrasting_colours, image)
    return Illustration(image, colors, alt, attempts, fallback, verdicts)
