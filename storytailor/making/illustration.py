"""The cover and the scenes: staged, then drawn until they show who they should."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from storytailor.catalog import PictureName
from storytailor.errors import TransientError
from storytailor.making.context import AssetContext
from storytailor.making.drawing import ANALYSED, ATTEMPTS, draw_until_right
from storytailor.making.hue_colors import deep_contrasting_colors
from storytailor.making.placeholder import placeholder_picture
from storytailor.making.prompting import character_sheet, prompt
from storytailor.story import PaletteJourney, SceneAnalysis, StoryContent, TraitVerdict

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Illustration:
    """A picture ready to be stored."""

    image: bytes  # PNG
    colors: list[str]  # three, "#rrggbb", deep and contrasting
    alt: str
    attempts: int
    fallback: bool = False
    verdicts: list[TraitVerdict] = field(default_factory=list)


async def illustrate(
    ctx: AssetContext,
    asset: PictureName,
    content: StoryContent,
    palette: PaletteJourney,
    references: Sequence[bytes],
) -> Illustration:
    """The picture of `cover` or `scene_n`; after three attempts that fail, a placeholder in its palette.

    A permanent failure (a refused prompt, a bad key) is raised at once.
    """
    analysis: SceneAnalysis | None = None

    async def instruct(feedback: Sequence[str]) -> str:
        nonlocal analysis
        if analysis is None:
            analysis = await _analyse(ctx, asset, content, palette)
        log.info("Generating %s with GLOBAL_STYLE, references, and validation", asset)
        return _picture_prompt(ctx, asset, content, palette, analysis, feedback)

    alt = content.scene(asset)
    try:
        drawing = await draw_until_right(
            ctx, asset, ctx.brief.characters, instruct, references=references, progress=ctx.progress
        )
    except TransientError:
        size = ctx.settings.image_size
        image = await asyncio.to_thread(placeholder_picture, palette.step(asset), asset, size)
        return Illustration(image, await _colors(image), alt, ATTEMPTS, fallback=True)
    return Illustration(drawing.image, await _colors(drawing.image), alt, drawing.attempt, verdicts=drawing.verdicts)


async def _analyse(
    ctx: AssetContext, asset: PictureName, content: StoryContent, palette: PaletteJourney
) -> SceneAnalysis:
    data = _scene_data(ctx, asset, content, palette)
    analysis, used = await ctx.ask(ctx.settings.analysis_model, "scene", data, SceneAnalysis)
    length = len(analysis.description)
    facts = {"isCover": asset == "cover", "outputLength": length, "tokensUsed": used.output_tokens}
    log.info("Scene analysis complete %s", json.dumps(facts))
    if asset == "cover":
        log.info("Cover scene analysis complete %s", json.dumps({"analysisLength": length}))
    await ctx.progress(ANALYSED, paletteStep=palette.step(asset).name, motif=palette.motif, analysisComplete=True)
    return analysis


def _picture_prompt(
    ctx: AssetContext,
    asset: PictureName,
    content: StoryContent,
    palette: PaletteJourney,
    analysis: SceneAnalysis,
    feedback: Sequence[str],
) -> str:
    data = _scene_data(ctx, asset, content, palette) | {
        "story_type": ctx.brief.story_type,
        "analysis": analysis.model_dump(),
        "feedback": list(feedback),
    }
    return prompt("picture", data, asset=asset, feedback=feedback)


def _scene_data(
    ctx: AssetContext, asset: PictureName, content: StoryContent, palette: PaletteJourney
) -> dict[str, object]:
    return {
        "asset": asset,
        "title": content.title,
        "scene": content.scene(asset),
        "mood": content.mood(asset),
        "motif": palette.motif,
        "palette": palette.step(asset).model_dump(),
        "characters": [character_sheet(character) for character in ctx.brief.characters],
    }


async def _colors(image: bytes) -> list[str]:
    return await asyncio.to_thread(deep_contrasting_colors, image)
