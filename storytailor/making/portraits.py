"""What pictures are drawn from: a character's own reference images, or a portrait made once and kept.

What is kept in the object store may be lost there: a portrait is then made again. Stories begun at once wait for the
one that draws, and do not pay for the same portrait twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Container, Sequence
from contextlib import suppress
from uuid import UUID

from storytailor.errors import ObjectMissingError, PermanentError, ServiceUnavailableError, TransientError
from storytailor.making.contact_sheet import contact_sheet
from storytailor.making.context import AssetContext
from storytailor.making.drawing import PictureInProgress
from storytailor.making.prompting import character_sheet, drawn_sheet
from storytailor.making.staging import Staging
from storytailor.providers.object_store import portrait_prefix
from storytailor.story import Character
from storytailor.tasks import start, stop
from storytailor.turns import in_turn

log = logging.getLogger(__name__)

PLAIN_PALETTE = {"name": "Studio daylight", "colours": ["#f3ead9", "#d8c3a5", "#8e8d8a", "#5b7065"]}

SITTING_SECONDS = 90.0
"""So long others wait for those who draw a portrait, one after the other, and cannot: then they draw themselves."""
HELD_SECONDS, HOLD_AGAIN_SECONDS = 10.0, 3.0
"""Whoever draws says so again and again; one that died is waited for as long as for a lease that is not renewed."""
LOOK_SECONDS = 0.5


async def ensure_portraits(ctx: AssetContext) -> None:
    """Draw every character who has no reference image and no portrait yet, side by side.

    A portrait that cannot be made holds no story up, nor does a character that was deleted, who is drawn no more: the
    cover is then drawn from the words alone.
    """
    without = [character for character in ctx.brief.characters if not character.reference_images]
    await asyncio.gather(*(_ensure_portrait(ctx, character) for character in without))


def without_portrait(characters: Sequence[Character], kept: Container[tuple[UUID, str]]) -> list[Character]:
    """Who would have to be drawn: no reference image, and of their looks none of the portraits that are kept."""
    return [
        character
        for character in characters
        if not character.reference_images and (character.id, sheet_hash(character)) not in kept
    ]


async def reference_pictures(ctx: AssetContext, cast: Sequence[Character]) -> list[bytes]:
    """The pictures to draw a cast from, one a character: their reference images on a sheet, or their portrait.

    Who has neither is left out.
    """
    found = await asyncio.gather(*(_likeness(ctx, character) for character in cast))
    return [picture for picture in found if picture is not None]


def sheet_hash(character: Character) -> str:
    """A hash of all that a picture shows of a character: a change of looks asks for another portrait."""
    return hashlib.sha256(json.dumps(character_sheet(character), sort_keys=True).encode()).hexdigest()[:32]


async def _likeness(ctx: AssetContext, character: Character) -> bytes | None:
    stored = await asyncio.gather(*(_stored(ctx, key) for key in character.reference_images))
    images = [image for image in stored if image is not None]
    if images:
        return await in_turn(contact_sheet, images)
    return await _portrait(ctx, character)


async def _portrait(ctx: AssetContext, character: Character) -> bytes | None:
    """The portrait that is kept, made again when its object is lost; None for a character who has none."""
    looks = sheet_hash(character)
    key = await ctx.portraits.find(character.id, looks)
    if key is None:
        return None
    image = await _stored(ctx, key)
    if image is None:
        await ctx.portraits.forget(character.id, looks, key)
        if await _is_ours_to_draw(ctx, character.id, looks):
            return await _make_portrait(ctx, character)
        kept = await ctx.portraits.find(character.id, looks)
        image = await _stored(ctx, kept) if kept else None
    return image


async def _ensure_portrait(ctx: AssetContext, character: Character) -> None:
    looks = sheet_hash(character)
    if not await ctx.portraits.find(character.id, looks) and await _is_ours_to_draw(ctx, character.id, looks):
        await _make_portrait(ctx, character)


async def _is_ours_to_draw(ctx: AssetContext, character_id: UUID, looks: str) -> bool:
    """False once the portrait is kept, which another story may be drawing just now; True if none is, or for long.

    False for a character that is gone.
    """
    ends = time.monotonic() + SITTING_SECONDS
    while (ours := await ctx.portraits.sit(character_id, looks, HELD_SECONDS)) is False and time.monotonic() < ends:
        await asyncio.sleep(LOOK_SECONDS)
        if await ctx.portraits.find(character_id, looks):
            return False
    if ours is None:
        return False
    if not await ctx.portraits.find(character_id, looks):
        return True
    await ctx.portraits.rise(character_id, looks)  # it was kept between two looks
    return False


async def _make_portrait(ctx: AssetContext, character: Character) -> bytes | None:
    """Draw a portrait and keep it; None when that does not come about. Whoever waits for it goes on then."""
    image: bytes | None
    looks = sheet_hash(character)
    holding = start(_hold(ctx, character.id, looks), "holding a portrait")
    try:
        image = (await PictureInProgress(ctx, _sitting(ctx, character), [character]).draw_until_right()).image
        key = f"{portrait_prefix(character.id)}{hashlib.sha256(image).hexdigest()[:12]}.png"
        if orphans := await ctx.portraits.write_down(character.id, key):
            await ctx.store.put(key, image)
            kept = await ctx.portraits.keep(character.id, looks, key, orphans)
            if kept != key:
                await ctx.store.delete([key])
    except (TransientError, PermanentError) as failure:
        log.warning("No portrait of a character could be made: %s", failure.for_operator)
        image = None
    finally:
        await stop([holding])
    await ctx.portraits.rise(character.id, looks)
    return image


async def _hold(ctx: AssetContext, character_id: UUID, looks: str) -> None:
    while True:
        await asyncio.sleep(HOLD_AGAIN_SECONDS)
        with suppress(ServiceUnavailableError):  # it is tried again
            await ctx.portraits.hold(character_id, looks, HELD_SECONDS)


def _sitting(ctx: AssetContext, character: Character) -> Staging:
    return Staging(
        {
            "asset": "portrait",
            "title": "",
            "story_type": ctx.brief.story_type,
            "scene": "The character stands and looks at us.",
            "analysis": None,
            "mood": "calm",
            "motif": "",
            "palette": PLAIN_PALETTE,
            "characters": [drawn_sheet(character_sheet(character))],
        }
    )


async def _stored(ctx: AssetContext, key: str) -> bytes | None:
    """The picture under the key; None when the store has lost it."""
    try:
        return await ctx.store.get(key)
    except ObjectMissingError as missing:
        log.warning("A reference picture is drawn without: %s", missing.for_operator)
        return None
