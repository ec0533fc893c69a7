"""The seam between a provider's wire format and what makes its answers: five methods, their orders and results.

Whoever plays a provider asks through `Answers`; whoever makes answers implements it. Neither the formats on
the wire nor how an answer is made belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

Data = dict[str, Any]
"""A JSON object: the data of a prompt, or a structured answer."""


class UnwrittenLanguageError(ValueError):
    """The answer was asked for in a language that whoever answers cannot write; the text says which it can."""


@dataclass(frozen=True)
class ContentOrder:
    """A structured answer asked for: `shape` is a name of `emulator_models.shapes`.

    `data` is the prompt's data document, None where it has none. `scenes` is the number of scenes that the
    answer's schema asks for, None where it leaves that open.
    """

    shape: str
    data: Data | None
    prompt: str
    seed: int
    scenes: int | None = None


@dataclass(frozen=True)
class PictureOrder:
    """A picture asked for; `size` in pixels, `omit` the traits to leave out."""

    prompt: str
    size: tuple[int, int]
    form: Literal["png", "jpeg", "webp"] = "png"
    references: tuple[bytes, ...] = ()
    omit: frozenset[str] = frozenset()
    compression: int = 100


@dataclass(frozen=True)
class AudioFormat:
    """A codec with its sample rate; `kilobits` is None for bare samples."""

    rate: int
    kilobits: int | None


@dataclass(frozen=True)
class NarrationOrder:
    """A text to read aloud; `speed` 1 is the narrator's own pace, an empty `language` the one the text is in."""

    text: str
    voice_id: str
    form: AudioFormat
    speed: float = 1.0
    seed: int = 0
    language: str = ""


@dataclass(frozen=True)
class Alignment:
    """When each character is heard, in seconds from the start of the audio."""

    characters: list[str]
    starts: list[float]
    ends: list[float]


@dataclass(frozen=True)
class Narration:
    """A text read aloud: the encoded audio, and the times of the text as written and as read."""

    audio: bytes
    seconds: float
    alignment: Alignment
    normalized: Alignment


class Answers(Protocol):
    """What a provider's routes answer with."""

    async def content(self, order: ContentOrder) -> Data:
        """The structured answer to a chat, other than a verdict. Raises UnwrittenLanguageError."""

    async def verdict(self, picture: bytes, data: Data) -> Data:
        """A `PictureVerdict`. Raises ValueError for what is no picture."""

    async def chat(self, prompt: str) -> str:
        """The answer to a plain chat."""

    async def picture(self, order: PictureOrder) -> bytes:
        """The picture's file. Raises ValueError for a reference that is no picture."""

    async def narration(self, order: NarrationOrder) -> Narration:
        """The text read aloud."""
