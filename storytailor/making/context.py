"""What a maker gets: the story's brief, the models to ask, the object store, and a way to tell of progress.

Whatever a maker asks of a model goes through `AssetContext`, so that no call is left out of the asset's usage.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from pydantic import BaseModel

from storytailor.db.portraits import Portraits
from storytailor.errors import NotJudgedError, UnfitOutputError
from storytailor.making.carried_over import CarriedOver
from storytailor.making.prompting import INSTRUCTIONS, not_again, prompt
from storytailor.making.usage import AssetUsage, summed
from storytailor.providers.object_store import ObjectStore
from storytailor.providers.openai import OpenAI
from storytailor.providers.usage import Usage
from storytailor.safety.likeness import ASKED_OF_PICTURES
from storytailor.safety.moderation import moderate_output
from storytailor.safety.strings import strings_of
from storytailor.safety.traits import TRAITS
from storytailor.settings import Settings
from storytailor.story import Activities, StoryBrief

if TYPE_CHECKING:  # its SDK takes half a second to import; the API, which comes here to estimate, speaks nothing
    from storytailor.providers.elevenlabs import ElevenLabs, Speech

Shape = TypeVar("Shape", bound=BaseModel)


TOLD = {
    "StoryContent": "The story",
    "PaletteJourney": "The palette",
    "SceneAnalysis": "The description of a scene",
    "SoftenedScene": "The description of a scene",
    "Activities": "The activities",
    "PictureVerdict": "The look at a picture",
}
"""What a family is told of an answer that was not fit; any other is "what was written"."""


class Progress(Protocol):
    """Tells the family how far an asset is: percent, and what is going on."""

    async def __call__(
        self, percent: int, *, status: Literal["generating", "retrying"] = "generating", **metadata: object
    ) -> None:
        """Write it to the story's row. Raises LeaseLostError when somebody else makes this asset now."""


async def no_lease() -> None:
    """For who works under none: a bench, a test."""


@dataclass
class AssetContext:
    """One try at one asset of one story. `attempt` counts the tries, from 1.

    `activities` gives the story's activities if they are ready by now: books include them, but do not wait for them.
    `require_lease` is asked before each call that costs: it raises LeaseLostError when somebody else makes this now.
    `carried_over` is what the tries before have paid for and this one can make use of.
    """

    brief: StoryBrief
    settings: Settings
    openai: OpenAI
    elevenlabs: ElevenLabs
    store: ObjectStore
    progress: Progress
    portraits: Portraits
    activities: Callable[[], Awaitable[Activities | None]]
    attempt: int = 1
    require_lease: Callable[[], Awaitable[None]] = no_lease
    calls: list[Usage] = field(default_factory=list)
    carried_over: CarriedOver = field(default_factory=CarriedOver)

    @property
    def usage(self) -> AssetUsage | None:
        """What was used so far and what it cost; None when nothing was."""
        return summed(self.calls) if self.calls else None

    @property
    def usage_record(self) -> dict[str, object] | None:
        """The usage as it is kept."""
        return asdict(self.usage) if self.usage else None

    async def ask(
        self,
        model: str,
        template: str,
        data: Mapping[str, object],
        shape: type[Shape],
        *,
        picture: bytes | None = None,
        **values: object,
    ) -> tuple[Shape, Usage]:
        """The model's answer to the prompt `prompts/<template>.md.jinja`, in the given shape, fit for a child.

        `data` is the prompt's document, `values` what its template is filled with; `picture` is one to look at.
        Whatever is in the answer is judged here, at the one door through which answers come. An unfit one is asked
        for once more, with what was wrong with it; UnfitOutputError when the second is no better. One that nobody could
        judge is judged, and not asked for, by the asset's next try.
        """
        asked = prompt(template, data, **values)
        kept_as = asked if picture is None else None  # the next try has another picture
        try:
            answered = self.carried_over.unjudged.pop(asked, None) or await self._answer(model, asked, shape, picture)
            return await self._judged(answered, kept_as)
        except UnfitOutputError as unfit:
            again = f"{asked}\n\n{not_again(unfit.concerns)}"
            return await self._judged(await self._answer(model, again, shape, picture), kept_as)

    async def _answer(self, model: str, asked: str, shape: type[Shape], picture: bytes | None) -> tuple[Shape, Usage]:
        await self.require_lease()
        return await self.openai.answer(
            model,
            INSTRUCTIONS,
            asked,
            shape,
            picture=picture,
            owner=self.brief.owner,
            count=self.calls.append,
        )

    async def _judged(self, answered: tuple[Shape, Usage], kept_as: str | None) -> tuple[Shape, Usage]:
        """The same, found fit. Raises UnfitOutputError; NotJudgedError once it is kept."""
        answer, _ = answered
        if words := [text for text in strings_of(answer) if text not in self._given]:
            await self.require_lease()
            told = TOLD.get(type(answer).__name__, "What was written")
            try:
                await moderate_output(self.openai, told, words=words, count=self.calls.append)
            except NotJudgedError:
                if kept_as is not None:
                    self.carried_over.unjudged[kept_as] = answered
                raise
        return answered

    @property
    def _given(self) -> frozenset[str]:
        """What an answer only names again: who is in the story, whose names were judged, and what is asked of them."""
        return frozenset((*(character.name for character in self.brief.characters), *ASKED_OF_PICTURES, *TRAITS))

    async def draw(self, instruction: str, references: Sequence[bytes] = ()) -> bytes:
        """A picture (PNG bytes) drawn from the instruction and the reference pictures."""
        await self.require_lease()
        picture, _ = await self.openai.draw(instruction, references, owner=self.brief.owner, count=self.calls.append)
        return picture

    async def speak(self, text: str, voice_id: str, *, before: str, after: str) -> Speech:
        """The text spoken; `before` and `after` are its neighbours, which are not."""
        await self.require_lease()
        speech, _ = await self.elevenlabs.speak(
            text,
            voice_id,
            before=before,
            after=after,
            language=self.brief.language,
            count=self.calls.append,
        )
        return speech
