"""The processes that decode pictures, and the lines before them: who waits, waits for pictures of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from api.image_worker import LENGTH_BYTES, REFUSED, TOO_LARGE
from api.images import refused_image
from api.limits import IMAGE_TOO_LARGE, MAX_IMAGE_BYTES
from storytailor.errors import PayloadTooLargeError, ServiceUnavailableError, ValidationError

log = logging.getLogger("storytailor.api")

WORKERS = 2
SECONDS_A_PICTURE = 15.0
"""Of the clock, on a machine that has other things to do as well; then its process is killed."""
WAITING_OF_A_USER = 8
WAITING = 100
OWN_LINE_FULL = "Pictures of yours are still being looked at. Send this one again when they are done."
LINE_FULL = "More pictures than usual are being looked at. Send this one again in a little while."
TAKES_TOO_MUCH = "a picture that takes too much time or memory to open; save it anew with any image editor"


class Image(Protocol):
    """A picture that was sent, kept on disk until it is read."""

    async def read(self, size: int = -1) -> bytes:
        """Its bytes, so many at most."""


@dataclass
class _Line:
    """A user's pictures: one is decoded at a time."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class ImageWorkers:
    """A few warm processes, begun when first needed and again when one has ended."""

    def __init__(self, count: int = WORKERS, *, seconds: float = SECONDS_A_PICTURE) -> None:
        self._slots = asyncio.Semaphore(count)  # first come, first served; and of a user never more than one comes
        self._seconds = seconds
        self._idle: list[asyncio.subprocess.Process] = []
        self._lines: dict[UUID, _Line] = {}

    async def sanitize(self, user_id: UUID, image: Image) -> bytes:
        """The picture as `api.images.reencode` gives it.

        Raises PayloadTooLargeError, ValidationError, and ServiceUnavailableError while too many wait.
        """
        async with self._turn(user_id):
            body = await image.read(MAX_IMAGE_BYTES + 1)
            if len(body) > MAX_IMAGE_BYTES:
                raise PayloadTooLargeError(IMAGE_TOO_LARGE)
            return _picture(await self._answer(body))

    async def warm(self) -> None:
        """Begin a process before the first picture comes."""
        if not self._idle:
            self._idle.append(await _begin())

    async def close(self) -> None:
        """End the processes that do nothing; the others end with their pictures."""
        while self._idle:
            await _end(self._idle.pop())

    @contextlib.asynccontextmanager
    async def _turn(self, user_id: UUID) -> AsyncIterator[None]:
        line = self._lines.setdefault(user_id, _Line())
        if line.waiting >= WAITING_OF_A_USER:
            raise ServiceUnavailableError(OWN_LINE_FULL, retry_after=round(self._seconds))
        if sum(each.waiting for each in self._lines.values()) >= WAITING:
            raise ServiceUnavailableError(LINE_FULL, retry_after=round(self._seconds))
        line.waiting += 1
        try:
            async with line.turn, self._slots:
                yield
        finally:
            line.waiting -= 1
            if not line.waiting:
                del self._lines[user_id]

    async def _answer(self, body: bytes) -> bytes:
        """A process's answer. One that does not give it is of no more use, nor one that nobody listens to."""
        process = self._idle.pop() if self._idle else await _begin()
        done = False
        try:
            async with asyncio.timeout(self._seconds):
                answer = await _ask(process, body)
            done = True
            return answer
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            log.warning("A picture of %d bytes was given up: it took too much time or memory to open.", len(body))
            raise refused_image(TAKES_TOO_MUCH) from None
        finally:
            if done:
                self._idle.append(process)
            else:
                await asyncio.shield(_end(process))


async def _begin() -> asyncio.subprocess.Process:
    """A process that knows none of our secrets."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "api.image_worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "MALLOC_ARENA_MAX": "1"},
    )


async def _ask(process: asyncio.subprocess.Process, body: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(len(body).to_bytes(LENGTH_BYTES) + body)
    await process.stdin.drain()
    length = await process.stdout.readexactly(LENGTH_BYTES)
    return await process.stdout.readexactly(int.from_bytes(length))


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended by itself
        process.kill()
    await process.wait()


def _picture(answer: bytes) -> bytes:
    kind, said = answer[:1], answer[1:]
    if kind == TOO_LARGE:
        raise PayloadTooLargeError(said.decode())
    if kind == REFUSED:
        message, data = json.loads(said)
        raise ValidationError(message, data)
    return said
