"""What pictures are drawn from: a character's own reference images, or a portrait made once and kept."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging

from storytailor.errors import Permanent, Transient
from storytailor.making.context import Desk
from storytailor.making.picture_check import look, must_decode
from storytailor.making.prompting import prompt, sheet
from storytailor.safety.moderation import must_be_fit
from storytailor.safety.trait_rule import feedback
from storytailor.story import Character

log = logging.getLogger(__name__)

ATTEMPTS = 3
MOST_REFERENCES = 16
"""What `images.edit` takes."""
PLAIN = {"name": "Studio daylight", "colours": ["#f3ead9", "#d8c3a5", "#8e8d8a", "#5b7065"]}


async def sit_for_portraits(desk: Desk) -> None:
    """Have every character without a picture of their own drawn, side by side, unless that was done before.

    A portrait that does not come about holds no story up: the cover is then drawn from the words alone.
    """
    sitters = [character for character in desk.brief.characters if not character.reference_images]
    await asyncio.gather(*(_sit(desk, character) for character in sitters))


async def references(desk: Desk) -> list[bytes]:
    """The pictures the cover is drawn from: every character's own, or their portrait."""
    keys: list[str] = []
    for character in desk.brief.characters:
        if character.reference_images:
            keys += character.reference_images
        elif portrait := await desk.portraits.find(character.id, looks(character)):
            keys.append(portrait)
    return list(await asyncio.gather(*(desk.store.get(key) for key in keys[:MOST_REFERENCES])))


def looks(character: Character) -> str:
    """A hash of all that a picture shows of a character."""
    return hashlib.sha256(json.dumps(sheet(character), sort_keys=True).encode()).hexdigest()[:32]


async def _sit(desk: Desk, character: Character) -> None:
    if await desk.portraits.find(character.id, looks(character)):
        return
    try:
        image = await _portrait(desk, character)
        key = f"characters/{character.id}/portrait-{hashlib.sha256(image).hexdigest()[:12]}.png"
        await desk.store.put(key, image)
        kept = await desk.portraits.keep(character.id, looks(character), key)
        if kept != key:
            await desk.store.delete([key])
    except (Transient, Permanent) as failure:
        log.warning("No portrait of a character came about: %s", failure)


async def _portrait(desk: Desk, character: Character) -> bytes:
    """A portrait that shows every recorded trait. Raises Transient when three attempts do not."""
    wrong: list[str] = []
    failure: Transient | None = None
    for _ in range(ATTEMPTS):
        try:
            image, used = await desk.openai.draw(_portrait_prompt(desk, character, wrong))
            desk.used.append(used)
            await asyncio.to_thread(must_decode, image)
            verdicts, _fit = await asyncio.gather(
                look(desk, "portrait", image, [character]),
                must_be_fit(desk.openai, "The portrait", picture=image),
            )
        except Transient as transient:
            failure = transient
            continue
        wrong = feedback([character], verdicts)
        if not wrong:
            return image
    raise failure or Transient("it did not show what is recorded: " + " ".join(wrong))


def _portrait_prompt(desk: Desk, character: Character, wrong: list[str]) -> str:
    data = {
        "asset": "portrait",
        "title": "",
        "story_type": desk.brief.story_type,
        "scene": "The character stands and looks at us.",
        "analysis": None,
        "mood": "calm",
        "motif": "",
        "palette": PLAIN,
        "characters": [sheet(character)],
        "feedback": wrong,
    }
    return prompt("picture", data, asset="portrait", feedback=wrong)
