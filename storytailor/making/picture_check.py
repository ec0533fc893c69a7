"""Looking at a picture that was drawn: it opens, and it shows what is recorded of its characters."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, UnidentifiedImageError

from storytailor.errors import Transient
from storytailor.making.context import Desk
from storytailor.making.prompting import INSTRUCTIONS, prompt, sheet
from storytailor.story import Character, PictureVerdict, TraitVerdict


async def look(desk: Desk, asset: str, image: bytes, characters: Sequence[Character]) -> list[TraitVerdict]:
    """The vision model's verdicts; nothing is asked about characters without recorded traits."""
    recorded = [sheet(character) for character in characters if character.traits]
    if not recorded:
        return []
    verdict, used = await desk.openai.answer(
        desk.settings.vision_model,
        INSTRUCTIONS,
        prompt("check", {"asset": asset, "characters": recorded}),
        PictureVerdict,
        picture=image,
    )
    desk.used.append(used)
    return verdict.verdicts


def must_decode(image: bytes) -> None:
    """Raise Transient for bytes that are no picture. Takes processor time: call it in a thread."""
    try:
        with Image.open(io.BytesIO(image)) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise Transient("The picture arrived broken.") from error
