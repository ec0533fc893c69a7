"""The models of this machine behind the seam: they work off the event loop, and never too many at once.

Pictures are drawn and judged in a process, as resvg holds Python's lock while it draws: in one, as the
illustrator remembers there what it drew, and so knows a picture again that comes back re-encoded. The
narrator has a thread, as the voice's model and the MP3 coder give the lock up.
"""

from __future__ import annotations

import asyncio
import io
import multiprocessing
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import ParamSpec, TypeVar

from PIL import Image

from emulator_models import illustrator, storyteller
from emulator_models.answers import ContentOrder, Data, Narration, NarrationOrder, PictureOrder
from emulator_models.narrator import narrate

P = ParamSpec("P")
T = TypeVar("T")


class LocalModels:
    """`Answers` made afresh for each request. Close it when done; its process ends with ours anyway."""

    def __init__(self) -> None:
        self._narrator = ThreadPoolExecutor(1, thread_name_prefix="narrator")
        self._illustrator = _picture_process()

    async def content(self, order: ContentOrder) -> Data:
        """See `Answers`."""
        return await asyncio.to_thread(storyteller.answer, order)

    async def verdict(self, picture: bytes, data: Data) -> Data:
        """See `Answers`."""
        return await self._in_process(illustrator.judge, picture, data)

    async def chat(self, prompt: str) -> str:
        """See `Answers`."""
        return storyteller.chat(prompt)

    async def picture(self, order: PictureOrder) -> bytes:
        """See `Answers`."""
        return await self._in_process(_draw, order)

    async def narration(self, order: NarrationOrder) -> Narration:
        """See `Answers`."""
        said = order.text, order.voice_id, order.form
        work = partial(narrate, *said, speed=order.speed, seed=order.seed, language=order.language)
        return await asyncio.get_running_loop().run_in_executor(self._narrator, work)

    def close(self) -> None:
        """Ends the process; work under way is finished, work waiting is not begun."""
        self._narrator.shutdown(wait=False, cancel_futures=True)
        self._illustrator.shutdown(wait=False, cancel_futures=True)

    async def _in_process(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        pool = self._illustrator
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, partial(work, *args, **kwargs))
        except BrokenProcessPool:  # one process was killed, and the pool gives all of them up
            if self._illustrator is pool:
                self._illustrator = _picture_process()
            return await asyncio.get_running_loop().run_in_executor(self._illustrator, partial(work, *args, **kwargs))


def _picture_process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """Has this process end when its parent has: a parent ended by a signal says no goodbye to its pool."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="parent watch").start()


def _draw(order: PictureOrder) -> bytes:
    png = illustrator.draw(
        order.prompt,
        size=order.size,
        references=order.references,
        omit=order.omit,
        take=secrets.randbelow(1 << 31),  # like a real model, it never draws the same picture twice
    )
    if order.form == "png":
        return png
    encoded = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").save(encoded, order.form, quality=max(order.compression, 1))
    return encoded.getvalue()
