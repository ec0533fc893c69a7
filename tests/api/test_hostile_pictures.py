from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from api import image_workers
from api.image_worker import CPU_SECONDS, MEMORY_BYTES
from api.image_workers import ImageWorkers
from storytailor.errors import PayloadTooLargeError, ServiceUnavailableError, ValidationError
from tests.api.conftest import Person
from tests.api.hostile_pictures import broken_exif, many_scans, mutated
from tests.api.test_reference_images import add, picture

MUTATED = int(os.environ.get("MUTATED_PICTURES", "1500"))
"""The whole campaign: MUTATED_PICTURES=150000."""


class Sent:
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, size: int = -1) -> bytes:
        return self._body[:size]


def kernels_view(pid: int) -> tuple[str, str]:
    """The limits of a process, and its environment."""
    return Path(f"/proc/{pid}/limits").read_text(), Path(f"/proc/{pid}/environ").read_text()


@pytest.fixture
async def workers() -> AsyncIterator[ImageWorkers]:
    workers = ImageWorkers()
    yield workers
    await workers.close()


async def test_a_jpeg_of_700_scans_is_refused_within_a_second_and_holds_up_nobody(
    client: httpx.AsyncClient, maya: Person, stranger: Person
) -> None:
    await add(client, stranger, picture("WEBP"))  # the process is there
    bomb = many_scans()

    async def timed(person: Person, body: bytes) -> tuple[httpx.Response, float]:
        begun = time.monotonic()
        return await add(client, person, body), time.monotonic() - begun

    *bombs, (small, seconds) = await asyncio.gather(
        *(timed(maya, bomb) for _ in range(4)), timed(stranger, picture(size=(50, 50)))
    )

    assert [answer.status_code for answer, _ in bombs] == [422] * 4
    assert "drawn over and over again" in bombs[0][0].json()["message"]
    assert max(seconds for _, seconds in bombs) < 2
    assert small.status_code == 201
    assert seconds < 2


async def test_a_picture_that_takes_too_long_is_given_up_and_a_strangers_does_not_wait_for_it() -> None:
    slow, workers = picture("PNG", (6000, 6000)), ImageWorkers(seconds=0.3)
    hostile: list[asyncio.Task[bytes]] = []
    try:
        hostile = [asyncio.create_task(workers.sanitize(user, Sent(slow))) for user in [uuid4()] * 5]
        await asyncio.sleep(0.05)
        workers._seconds = 5.0
        begun = time.monotonic()
        assert await workers.sanitize(uuid4(), Sent(picture()))
        assert time.monotonic() - begun < 2
        with pytest.raises(ValidationError, match="too much time or memory"):
            await hostile[0]
    finally:
        for task in hostile:
            task.cancel()
        await asyncio.gather(*hostile, return_exceptions=True)
        await workers.close()


async def test_a_users_ninth_picture_at_once_is_told_to_come_again_and_a_strangers_first_is_taken(
    workers: ImageWorkers,
) -> None:
    maya = uuid4()
    waiting = [asyncio.create_task(workers.sanitize(maya, Sent(picture()))) for _ in range(8)]
    await asyncio.sleep(0)

    with pytest.raises(ServiceUnavailableError) as refusal:
        await workers.sanitize(maya, Sent(picture()))
    assert refusal.value.retry_after
    assert await workers.sanitize(uuid4(), Sent(picture()))
    assert all(await asyncio.gather(*waiting))


async def test_a_decoder_has_limits_and_none_of_our_secrets(
    workers: ImageWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JWT_SECRET", "known to the API only")
    await workers.sanitize(uuid4(), Sent(picture()))
    (process,) = workers._idle

    limits, environment = kernels_view(process.pid)
    bounds = {line[:25].strip(): line[25:].split()[0] for line in limits.splitlines()}
    assert bounds["Max address space"] == str(MEMORY_BYTES)
    assert int(bounds["Max cpu time"]) <= CPU_SECONDS + 2
    assert bounds["Max file size"] == "0"
    assert "known to the API only" not in environment


async def test_a_decoder_that_was_killed_is_replaced(workers: ImageWorkers) -> None:
    await workers.sanitize(uuid4(), Sent(picture()))
    workers._idle[0].kill()

    with pytest.raises(ValidationError):
        await workers.sanitize(uuid4(), Sent(picture()))
    assert await workers.sanitize(uuid4(), Sent(picture()))


async def test_malformed_exif_is_no_500(client: httpx.AsyncClient, maya: Person) -> None:
    answer = await add(client, maya, broken_exif())

    assert answer.status_code == 422


async def test_a_broken_picture_is_taken_or_refused_whatever_is_broken(workers: ImageWorkers) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (52.0, 31.0, 0.0)}
    shapes = Image.effect_noise((64, 48), 40).convert("RGB")
    whole = []
    for kind, saving in [("JPEG", {"exif": exif}), ("JPEG", {"progressive": True}), ("PNG", {"exif": exif}),
                         ("WEBP", {"exif": exif}), ("AVIF", {"exif": exif})]:  # fmt: skip
        body = BytesIO()
        shapes.save(body, kind, **saving)  # type: ignore[arg-type]
        whole.append(body.getvalue())
    taken = refused = 0

    async def some(user_seeds: range) -> None:
        nonlocal taken, refused
        user_id = uuid4()
        for seed in user_seeds:
            try:
                await workers.sanitize(user_id, Sent(mutated(whole[seed % len(whole)], seed)))
                taken += 1
            except (ValidationError, PayloadTooLargeError):
                refused += 1

    await asyncio.gather(
        *(some(range(start, MUTATED, image_workers.WORKERS)) for start in range(image_workers.WORKERS))
    )

    assert min(taken, refused) > MUTATED // 20
