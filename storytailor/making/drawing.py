"""Drawing a picture until it shows what it must: draw, judge, and draw again with feedback.

Both the story's illustrations and the characters' portraits are drawn this way.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from storytailor.errors import PictureBlockedError, TransientError
from storytailor.making.context import AssetContext, Progress
from storytailor.making.prompting import character_sheet
from storytailor.safety.moderation import moderate_output
from storytailor.safety.trait_rule import feedback
from storytailor.story import Character, PictureVerdict, TraitVerdict

log = logging.getLogger(__name__)

ATTEMPTS = 3
DECENT = "Everybody is fully clothed, calm and safe, as in any picture book for small children."
"""Feedback on a picture that the provider's filter blocked: mostly it was a false alarm."""
ANALYSED, DRAWN = 33, 66
"""Percent of an illustration's progress, as in the seed."""

Instruct = Callable[[Sequence[str]], Awaitable[str]]
"""Gives the drawing prompt; its argument is the feedback on the attempt before, empty at first."""


@dataclass(frozen=True)
class Drawing:
    """A picture that passed, the attempt that gave it, and what was found in it."""

    image: bytes  # PNG
    attempt: int
    verdicts: list[TraitVerdict]


async def draw_until_right(
    ctx: AssetContext,
    name: str,
    characters: Sequence[Character],
    instruct: Instruct,
    *,
    references: Sequence[bytes] = (),
    progress: Progress | None = None,
) -> Drawing:
    """The first picture that is fit to be shown and shows every recorded trait of the characters.

    `name` is the asset, or "portrait". Raises TransientError after three attempts, with the last one's reason; what is
    permanent (a refused prompt, a bad key) is raised at once.
    """
    wrong: list[str] = []
    failure: TransientError | None = None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            image = await ctx.draw(await instruct(wrong), references)
            await asyncio.to_thread(require_image, image)
            if progress:
                await progress(DRAWN, attempt=attempt)
            verdicts, _ = await asyncio.gather(
                check_traits(ctx, name, image, characters),
                moderate_output(ctx.openai, f"The {_kind(name)}", picture=image),
            )
        except TransientError as transient:
            failure = transient
            if isinstance(transient, PictureBlockedError):
                wrong = [*wrong, DECENT] if DECENT not in wrong else wrong
            log.warning("%s: attempt %d of %d failed: %s", name, attempt, ATTEMPTS, transient.for_operator)
            if progress:
                await progress(ANALYSED, status="retrying", attempt=attempt, lastError=str(transient))
            continue
        wrong = feedback(characters, verdicts)
        if not wrong:
            return Drawing(image, attempt, verdicts)
        failure = TransientError(f"it did not show what is recorded: {' '.join(wrong)}")
        log.info("%s: attempt %d of %d does not pass: %s", name, attempt, ATTEMPTS, wrong)
        if progress:
            await progress(ANALYSED, status="retrying", attempt=attempt, feedback=wrong)
    assert failure is not None
    raise failure


async def check_traits(
    ctx: AssetContext, name: str, image: bytes, characters: Sequence[Character]
) -> list[TraitVerdict]:
    """The vision model's verdicts; nothing is asked about characters without recorded traits."""
    recorded = [character_sheet(character) for character in characters if character.traits]
    if not recorded:
        return []
    data = {"asset": name, "characters": recorded}
    verdict, _ = await ctx.ask(ctx.settings.vision_model, "check", data, PictureVerdict, picture=image)
    return verdict.verdicts


def require_image(image: bytes) -> None:
    """Raise TransientError for bytes that are no picture. Takes processor time: call it in a thread."""
    try:
        with Image.open(io.BytesIO(image)) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise TransientError("The picture arrived broken.") from error


def _kind(name: str) -> str:
    return "portrait" if name == "portrait" else "picture"
