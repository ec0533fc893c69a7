"""What pictures are drawn from: a character's own reference images, or a portrait made once and kept."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Sequence

from storytailor.errors import PermanentError, TransientError
from storytailor.making.context import AssetContext
from storytailor.making.drawing import draw_until_right
from storytailor.making.prompting import character_sheet, prompt
from storytailor.providers.openai import MOST_REFERENCES
from storytailor.story import Character

log = logging.getLogger(__name__)

PLAIN_PALETTE = {"name": "Studio daylight", "colours": ["#f3ead9", "#d8c3a5", "#8e8d8a", "#5b7065"]}


async def ensure_portraits(ctx: AssetContext) -> None:
    """Draw every character who has no reference image and no portrait yet, side by side.

    A portrait that cannot be made holds no story up: the cover is then drawn from the words alone.
    """
    without = [character for character in ctx.brief.characters if not character.reference_images]
    await asyncio.gather(*(_ensure_portrait(ctx, character) for character in without))


async def reference_pictures(ctx: AssetContext) -> list[bytes]:
    """The pictures the cover is drawn from: every character's reference images, or their portrait."""
    keys: list[str] = []
    for character in ctx.brief.characters:
        if character.reference_images:
            keys += character.reference_images
        elif portrait := await ctx.portraits.find(character.id, sheet_hash(character)):
            keys.append(portrait)
    return list(await asyncio.gather(*(ctx.store.get(key) for key in keys[:MOST_REFERENCES])))


def sheet_hash(character: Character) -> str:
    """A hash of all that a picture shows of a character: a change of looks asks for another portrait."""
    return hashlib.sha256(json.dumps(character_sheet(character), sort_keys=True).encode()).hexdigest()[:32]


async def _ensure_portrait(ctx: AssetContext, character: Character) -> None:
    looks = sheet_hash(character)
    if await ctx.portraits.find(character.id, looks):
        return
    try:
        image = await _draw_portrait(ctx, character)
        key = f"characters/{character.id}/portrait-{hashlib.sha256(image).hexdigest()[:12]}.png"
        await ctx.store.put(key, image)
        kept = await ctx.portraits.keep(character.id, looks, key)
        if kept != key:
            await ctx.store.delete([key])
    except (TransientError, PermanentError) as failure:
        log.warning("No portrait of a character could be made: %s", failure.for_operator)


async def _draw_portrait(ctx: AssetContext, character: Character) -> bytes:
    async def instruct(feedback: Sequence[str]) -> str:
        data = {
            "asset": "portrait",
            "title": "",
            "story_type": ctx.brief.story_type,
            "scene": "The character stands and looks at us.",
            "analysis": None,
            "mood": "calm",
            "motif": "",
            "palette": PLAIN_PALETTE,
            "characters": [character_sheet(character)],
            "feedback": list(feedback),
        }
        return prompt("picture", data, asset="portrait", feedback=feedback)

    return (await draw_until_right(ctx, "portrait", [character], instruct)).image
