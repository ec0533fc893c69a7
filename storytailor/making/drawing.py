"""Drawing a picture until it shows what it must: draw, judge, and draw again with feedback.

Both the story's illustrations and the characters' portraits are drawn this way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from storytailor.catalog import Retries
from storytailor.decoded_pictures import decoded
from storytailor.errors import (
    PictureBlockedError,
    PromptBlockedError,
    TooManyReferencesError,
    TransientError,
    UnfitOutputError,
)
from storytailor.making.contact_sheet import on_fewer_sheets
from storytailor.making.context import AssetContext, Progress
from storytailor.making.judging import verdicts_on
from storytailor.making.staging import Staging, softened
from storytailor.providers.openai import image_family
from storytailor.safety.trait_rule import feedback, unlike
from storytailor.story import Character, TraitVerdict
from storytailor.turns import in_turn

log = logging.getLogger(__name__)

ATTEMPTS = 3
FOR_LIKENESS = 2
"""How many of them may go to looks and clothes alone: the nearest is then a better page than a placeholder."""
WEATHER = Retries(2, "linear", 1.0)
"""How often a provider that fails is asked again for one attempt's picture; that uses up no attempt."""
DECENT = "Everybody is fully clothed, calm and safe, as in any picture book for small children."
"""Feedback on a picture that a filter blocked, mostly by a false alarm."""
ANALYSED, DRAWN = 33, 66
"""Percent of an illustration's progress, as in the seed."""


@dataclass(frozen=True)
class Drawing:
    """A picture that may be shown, how it was staged, what was found in it, and what of it is not as told."""

    image: bytes  # PNG
    staging: Staging
    verdicts: list[TraitVerdict]
    unlike: list[str]


class PictureInProgress:
    """One picture while it is drawn: `attempt` counts the pictures that were drawn for it, or blocked, up to now."""

    def __init__(
        self,
        ctx: AssetContext,
        staging: Staging,
        characters: Sequence[Character],
        references: Sequence[bytes] = (),
        progress: Progress | None = None,
    ) -> None:
        self.attempt = 0
        self._ctx = ctx
        self._staging = staging
        self._characters = characters
        self._references = references
        self._progress = progress
        self._feedback: list[str] = []

    async def draw_until_right(self) -> Drawing:
        """The first picture that is fit to be shown and shows its characters as they are, with every recorded trait.

        For looks and clothes alone it is drawn once more, and the nearest taken. Raises TransientError, with the last
        reason, after three attempts, when the prompt is refused softened as well, or when neither drawer nor judge is
        to be had. What is permanent (a bad key) is raised at once.
        """
        failure: TransientError | None = None
        shown: list[Drawing] = []
        while self.attempt < (FOR_LIKENESS if shown else ATTEMPTS):
            try:
                image = await self._draw()
                verdicts = await verdicts_on(self._ctx, self._staging, image)
            except (PictureBlockedError, UnfitOutputError) as blocked:
                failure = blocked
                await self._draw_again([*(point for point in self._feedback if point != DECENT), DECENT], blocked)
                continue
            except TransientError:
                if shown:
                    break
                raise
            missed, differs = feedback(self._characters, verdicts), unlike(self._characters, verdicts)
            if not missed:
                shown.append(Drawing(image, self._staging, verdicts, differs))
                if not differs or self.attempt >= FOR_LIKENESS:
                    break
            failure = UnfitOutputError(  # how a child looks is its family's to read, and nobody's log's
                f"It did not show what is recorded: {' '.join(missed + differs)}",
                remedy=f"It did not show what is recorded, in {len(missed + differs)} points.",
            )
            await self._draw_again(missed + differs, failure)
        if shown:
            return min(shown, key=lambda drawing: len(drawing.unlike))
        assert failure is not None
        raise failure

    async def _draw(self) -> bytes:
        """Draw one picture; the prompt is softened once and references are put together where that is asked for."""
        troubles = 0
        if len(self._references) > (most := self._ctx.openai.most_references):
            self._references = await in_turn(on_fewer_sheets, self._references, most)
        while True:
            try:
                image = await self._ctx.draw(self._prompt(), self._references)
                await in_turn(require_image, image)
            except TooManyReferencesError as refused:
                await self._refer_to_fewer(refused)
            except PromptBlockedError as refused:
                await self._soften(refused)
            except PictureBlockedError:
                self.attempt += 1
                raise
            except TransientError as trouble:
                troubles += 1
                await self._tell(trouble)
                if troubles > WEATHER.times:
                    raise
                await asyncio.sleep(WEATHER.wait_before(troubles))
            else:
                self.attempt += 1
                if self._progress:
                    await self._progress(DRAWN, attempt=self.attempt)
                return image

    def _prompt(self) -> str:
        most = image_family(self._ctx.settings.image_model).most_prompt_characters
        return self._staging.prompt(self._feedback, most, referring=bool(self._references))

    async def _refer_to_fewer(self, refused: TooManyReferencesError) -> None:
        if not self._references:
            raise refused
        log.warning("%s: %s", self._staging.asset, refused.for_operator)
        fewer = min(refused.most, len(self._references) - 1)
        self._references = await in_turn(on_fewer_sheets, self._references, fewer)

    async def _soften(self, refused: PromptBlockedError) -> None:
        if self._staging.softened:
            raise refused
        await self._tell(refused, softened=True)
        self._staging = await softened(self._ctx, self._staging)
        self._feedback = [DECENT]

    async def _draw_again(self, wrong: list[str], failure: TransientError) -> None:
        self._feedback = wrong
        await self._tell(failure, feedback=wrong)

    async def _tell(self, failure: TransientError, **metadata: object) -> None:
        name, attempt = self._staging.asset, max(self.attempt, 1)
        log.warning("%s: attempt %d of %d: %s", name, attempt, ATTEMPTS, failure.for_operator)
        if self._progress:
            await self._progress(ANALYSED, status="retrying", attempt=attempt, lastError=str(failure), **metadata)


def require_image(image: bytes) -> None:
    """Raise TransientError for bytes that are no picture. Takes processor time: call it in a thread."""
    try:
        decoded(image)
    except (OSError, SyntaxError) as error:
        raise TransientError("The picture arrived broken.") from error
