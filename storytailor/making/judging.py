"""Looking at a picture that was drawn: is it fit to be shown, and does it show whom it was to show, as they are?"""

from __future__ import annotations

import asyncio

from storytailor.errors import PromptBlockedError, UnfitOutputError
from storytailor.making.context import AssetContext
from storytailor.making.prompting import drawn_sheet
from storytailor.making.staging import Staging
from storytailor.safety.asking import until_answered
from storytailor.safety.moderation import moderate_output
from storytailor.story import PictureVerdict, TraitVerdict


async def verdicts_on(ctx: AssetContext, staging: Staging, image: bytes) -> list[TraitVerdict]:
    """What the vision model finds in the picture that was staged so, moderated meanwhile.

    Raises UnfitOutputError for one that is not fit to be shown, or that a judge declines to look at; TransientError
    when a judge was not to be had, though asked again and again: the picture was paid for.
    """
    await ctx.require_lease()
    kind = "portrait" if staging.asset == "portrait" else "picture"
    judges = (
        asyncio.create_task(until_answered(lambda: _check(ctx, staging, image))),
        asyncio.create_task(moderate_output(ctx.openai, f"The {kind}", picture=image, count=ctx.calls.append)),
    )
    try:
        verdicts, _ = await asyncio.gather(*judges)
    except PromptBlockedError as declined:
        raise UnfitOutputError(str(declined), remedy=declined.remedy, detail=declined.detail) from declined
    finally:
        for judge in judges:
            judge.cancel()
    return verdicts


async def _check(ctx: AssetContext, staging: Staging, image: bytes) -> list[TraitVerdict]:
    """The vision model's verdicts on each character of the picture's cast."""
    sheets = [drawn_sheet(sheet) for sheet in staging.data["characters"]]
    data = {"asset": staging.asset, "scene": staging.scene, "characters": sheets}
    verdict, _ = await ctx.ask(ctx.settings.vision_model, "check", data, PictureVerdict, picture=image)
    return verdict.verdicts
