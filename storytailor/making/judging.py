"""Looking at a picture that was drawn: is it fit to be shown, and does it show what is recorded of its characters?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from storytailor.errors import PromptBlockedError, UnfitOutputError
from storytailor.making.context import AssetContext
from storytailor.making.prompting import character_sheet
from storytailor.safety.asking import until_answered
from storytailor.safety.moderation import moderate_output
from storytailor.story import Character, PictureVerdict, TraitVerdict


async def verdicts_on(
    ctx: AssetContext, asset: str, image: bytes, characters: Sequence[Character]
) -> list[TraitVerdict]:
    """What the vision model finds in the picture, moderated meanwhile. `asset` may be "portrait".

    Raises UnfitOutputError for one that is not fit to be shown, or that a judge declines to look at; TransientError
    when a judge was not to be had, though asked again and again: the picture was paid for.
    """
    kind = "portrait" if asset == "portrait" else "picture"
    judges = (
        asyncio.create_task(until_answered(lambda: _check_traits(ctx, asset, image, characters))),
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


async def _check_traits(
    ctx: AssetContext, asset: str, image: bytes, characters: Sequence[Character]
) -> list[TraitVerdict]:
    """The vision model's verdicts; nothing is asked about characters without recorded traits."""
    recorded = [character_sheet(character) for character in characters if character.traits]
    if not recorded:
        return []
    data = {"asset": asset, "characters": recorded}
    verdict, _ = await ctx.ask(ctx.settings.vision_model, "check", data, PictureVerdict, picture=image)
    return verdict.verdicts
