"""The cover and the scenes: staged, then drawn until they show who they should."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from storytailor.catalog import PictureName
from storytailor.errors import TransientError
from storytailor.making.context import AssetContext
from storytailor.making.drawing import ANALYSED, PictureInProgress
from storytailor.making.hue_colors import deep_contrasting_colors
from storytailor.making.placeholder import placeholder_picture, placeholder_reason
from storytailor.making.prompting import character_sheet, drawn_sheet
from storytailor.making.staging import Shown, Staging
from storytailor.safety.asking import until_answered
from storytailor.story import PaletteJourney, SceneAnalysis, StoryContent, TraitVerdict
from storytailor.turns import in_turn

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fallback:
    """Why a picture is a placeholder, in words for the family and in those for the operator."""

    reason: str
    detail: str


@dataclass(frozen=True)
class Illustration:
    """A picture ready to be stored; a placeholder says why it is one."""

    image: bytes  # PNG
    colors: list[str]  # three, "#rrggbb", deep and contrasting
    alt: str
    attempts: int
    why_placeholder: Fallback | None = None
    verdicts: list[TraitVerdict] = field(default_factory=list)
    unlike: list[str] = field(
        default_factory=list
    )  # what of looks and clothes is not as told, though it was drawn again

    @property
    def fallback(self) -> bool:
        """Whether it is a placeholder."""
        return self.why_placeholder is not None


async def illustrate(
    ctx: AssetContext,
    asset: PictureName,
    content: StoryContent,
    palette: PaletteJourney,
    references: Sequence[bytes],
    *,
    references_show: Shown = "characters",
) -> Illustration:
    """The picture of `cover` or `scene_n`; a placeholder in its palette when it cannot be drawn.

    A permanent failure (a bad key) is raised at once.
    """
    staging = await _stage(ctx, asset, content, palette, references_show)
    log.info("Generating %s with GLOBAL_STYLE, references, and validation", asset)
    shown = content.cast(asset, ctx.brief.characters)
    picture = PictureInProgress(ctx, staging, shown, references, ctx.progress)
    try:
        drawing = await picture.draw_until_right()
    except TransientError as failure:
        log.warning("%s is a placeholder: %s", asset, failure.for_operator)
        image = await in_turn(placeholder_picture, palette.step(asset), asset, ctx.settings.image_size)
        why = Fallback(placeholder_reason(failure), failure.for_operator)
        return Illustration(image, await _colors(image), content.alt(asset), picture.attempt, why)
    return Illustration(
        drawing.image,
        await _colors(drawing.image),
        drawing.staging.alt,
        picture.attempt,
        verdicts=drawing.verdicts,
        unlike=drawing.unlike,
    )


async def _stage(
    ctx: AssetContext, asset: PictureName, content: StoryContent, palette: PaletteJourney, references_show: Shown
) -> Staging:
    shown = content.cast(asset, ctx.brief.characters)
    data: dict[str, object] = {
        "asset": asset,
        "title": content.title,
        "scene": content.scene(asset),
        "mood": content.mood(asset),
        "motif": palette.motif,
        "palette": palette.step(asset).model_dump(),
        "characters": [drawn_sheet(character_sheet(character)) for character in shown],
        "not_shown": [character.name for character in ctx.brief.characters if character not in shown],
    }
    analysis = await _analyse(ctx, asset, palette, data)
    drawn = {"story_type": ctx.brief.story_type, "analysis": analysis and analysis.model_dump()}
    return Staging(data | drawn, references_show, content.alt(asset))


async def _analyse(
    ctx: AssetContext, asset: PictureName, palette: PaletteJourney, data: dict[str, object]
) -> SceneAnalysis | None:
    """The scene as a camera would see it; None where no model will say: it is drawn from its own words then."""
    try:
        analysis, used = await until_answered(
            lambda: ctx.ask(ctx.settings.analysis_model, "scene", data, SceneAnalysis)
        )
    except TransientError as failure:
        log.warning("%s is drawn without an analysis: %s", asset, failure.for_operator)
        return None
    length = len(analysis.description)
    facts = {"isCover": asset == "cover", "outputLength": length, "tokensUsed": used.output_tokens}
    log.info("Scene analysis complete %s", json.dumps(facts))
    if asset == "cover":
        log.info("Cover scene analysis complete %s", json.dumps({"analysisLength": length}))
    await ctx.progress(ANALYSED, paletteStep=palette.step(asset).name, motif=palette.motif, analysisComplete=True)
    return analysis


async def _colors(image: bytes) -> list[str]:
    return await in_turn(deep_contrasting_colors, image)
