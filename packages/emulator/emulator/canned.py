"""Prepared answers: of the same shapes and sizes as made ones, but costing nothing, for benchmarks.

Each is made once, at its first request: a text for each prompt, a picture for each size and format,
speech for each voice and format. A canned narration has the length of the text asked for and one time
for each of its characters, at an even pace; what is heard is another text, over and over.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import replace
from itertools import cycle, islice
from math import ceil
from typing import Generic, TypeVar

from emulator_models.answers import (
    Alignment,
    Answers,
    AudioFormat,
    ContentOrder,
    Data,
    Narration,
    NarrationOrder,
    PictureOrder,
)
from emulator_models.illustrator import same_verdict

T = TypeVar("T")
_KEPT = 256
_PASSAGE = (
    "Once upon a time, in a valley full of bells, there lived a lamplighter who was afraid of the dark. "
    'Every evening she climbed the hill with her long brass pole. "One more," she said, and one more star '
    "of warm light woke up behind her.\n\n"
    "And when the last lamp was lit, she turned round, and saw that the dark had been beautiful all along."
)


class CannedAnswers:
    """`Answers` kept from the first time they were asked for."""

    def __init__(self, made: Answers) -> None:
        self._made = made
        self._contents, self._pictures = _Kept[Data](), _Kept[bytes]()
        self._speeches = _Kept[Narration]()

    async def content(self, order: ContentOrder) -> Data:
        """The answer made for the first request with this prompt."""
        key = (order.shape, order.prompt, order.scenes)
        return await self._contents.get(key, lambda: self._made.content(order))

    async def verdict(self, picture: bytes, data: Data) -> Data:
        """All traits asked about are there: the picture is not looked at."""
        return same_verdict(data, "present", "It is plain to see.")

    async def chat(self, prompt: str) -> str:
        """As made."""
        return await self._made.chat(prompt)

    async def picture(self, order: PictureOrder) -> bytes:
        """The first picture of that size and format, whatever it showed."""
        plain = replace(order, references=(), omit=frozenset())
        return await self._pictures.get((order.size, order.form, order.compression), lambda: self._made.picture(plain))

    async def narration(self, order: NarrationOrder) -> Narration:
        """One passage's sound, as long as this text takes."""
        whole = await self._speeches.get(
            (order.voice_id, order.form, order.speed),
            lambda: self._made.narration(replace(order, text=_PASSAGE)),
        )
        pace = whole.seconds / len(_PASSAGE)
        edges = [round(number * pace, 3) for number in range(len(order.text) + 1)]
        times = Alignment(list(order.text), edges[:-1], edges[1:])
        audio = _cut(whole.audio, edges[-1], order.form)
        return Narration(audio, edges[-1], times, times)


class _Kept(Generic[T]):
    """Answers by key, each made once, however many ask for it at the same time."""

    def __init__(self) -> None:
        self._making: OrderedDict[Hashable, asyncio.Future[T]] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """The answer kept under the key; what `make` raises is raised, and not kept."""
        if key not in self._making:
            self._making[key] = asyncio.ensure_future(make())
            while len(self._making) > _KEPT:
                self._making.popitem(last=False)
        making = self._making[key]
        try:
            return await asyncio.shield(making)
        except Exception:
            self._making.pop(key, None)
            raise


def _cut(audio: bytes, seconds: float, form: AudioFormat) -> bytes:
    """That many seconds of the sound, played again and again; an MP3 is cut between frames."""
    if form.kilobits is None:
        length = 2 * round(seconds * form.rate)
        return (audio * (length // max(len(audio), 1) + 1))[:length]
    samples = 1152 if form.rate >= 32_000 else 576
    shortest = samples // 8 * form.kilobits * 1000 // form.rate
    frames, at = [], 0
    while at < len(audio):
        length = shortest + (audio[at + 2] >> 1 & 1)  # the padding bit
        frames.append(audio[at : at + length])
        at += length
    return b"".join(islice(cycle(frames), ceil(seconds * form.rate / samples)))
