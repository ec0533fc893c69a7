"""The short form of `bench/abuse.py`: one tenant at full abuse is told to stop, and another one is answered throughout.

What is asserted is not time: `python -m bench.abuse` measures that.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import psycopg

from bench.abuse import CONSENT, bomb, picture
from tests.api.conftest import Person, create_person
from tests.api.test_process import api_process
from tests.webhooks.receiver import SECRET as WEBHOOK_SECRET
from tests.webhooks.receiver import Receiver, receiving

STORIES = "/api/v1/stories"
GETS, UPLOADS, MORE_MEMORY_KB = 25, 2, 400_000
"""What the other tenant asks for meanwhile, and what the API may take up more than before."""


class Abuse:
    """What the abuser does all at once, and what came of it, by kind and status."""

    def __init__(self, client: httpx.AsyncClient, abuser: Person, hanging: str) -> None:
        self.came: Counter[tuple[str, int]] = Counter()
        self._client = client
        self._abuser = abuser
        self._hanging = hanging
        self._bombs = [bomb(100), picture(2000)]

    def refused(self, kind: str) -> int:
        return self.came[kind, 429]

    async def _upload(self) -> httpx.Response:
        path = f"/api/v1/characters/{self._abuser.character_id}/reference-images"
        self._bombs.reverse()
        return await self._client.post(path, data=CONSENT, files={"image": ("x", self._bombs[0])})

    async def _ask(self) -> httpx.Response:
        made = await self._client.post(STORIES, json=self._abuser.story_request(webhook_url=self._hanging))
        if made.status_code == 201:
            await self._client.post(f"{STORIES}/{made.json()['data']['id']}/cancel")
        return made

    async def _look(self) -> httpx.Response:
        return await self._client.get(STORIES, params={"limit": 100})

    async def _again(self, kind: str, do: Callable[[], Awaitable[httpx.Response]]) -> None:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                self.came[kind, (await do()).status_code] += 1
            await asyncio.sleep(0.01)

    @contextlib.asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """From when each kind is refused, as long as the block lasts."""
        kinds = {"upload": self._upload, "ask": self._ask, "look": self._look}
        tasks = [asyncio.create_task(self._again(kind, do)) for kind, do in kinds.items() for _ in range(5)]
        try:
            async with asyncio.timeout(60):
                while not all(map(self.refused, kinds)):  # noqa: ASYNC110  a state, not an event
                    await asyncio.sleep(0.05)
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def resident_kb(pid: int) -> int:
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])


async def served(client: httpx.AsyncClient, other: Person, receiver: Receiver) -> list[httpx.Response]:
    """All that the other tenant asks for, the story's webhook being waited for."""
    path = f"/api/v1/characters/{other.character_id}/reference-images"
    answers = [await client.get(STORIES) for _ in range(GETS)]
    pictures = [picture(side) for side in range(64, 64 + UPLOADS)]
    answers += [await client.post(path, data=CONSENT, files={"image": ("x", each)}) for each in pictures]
    made = await client.post(STORIES, json=other.story_request(webhook_url=receiver.url))
    answers += [made, await client.post(f"{STORIES}/{made.json()['data']['id']}/cancel")]
    async with asyncio.timeout(60):
        while not receiver.received:  # noqa: ASYNC110  a state, not an event
            await asyncio.sleep(0.05)
    return answers


async def test_while_one_tenant_abuses_all_there_is_another_one_is_answered_each_time_and_told_of_a_story_that_ended(
    database_url: str, maya: Person, tmp_path: Path
) -> None:
    abuser = create_person(database_url, tier="individual")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE users SET credits = 1000")
        connection.execute("UPDATE characters SET reference_images = '{}'")
    settings = {
        **{"DATABASE_URL": database_url, "MODERATION": "off", "ASK_AT_START": "false", "OPENAI_API_KEY": "none"},
        **{"WEBHOOK_SECRET": WEBHOOK_SECRET, "WEBHOOK_ALLOW_LOCAL": "true", "ASSETS_DIR": str(tmp_path / "assets")},
        **{"USER_RATE_PER_MINUTE": "120", "UPLOAD_RATE_PER_MINUTE": "4", "CREATE_RATE_PER_MINUTE": "8"},
    }
    async with receiving() as receiver, receiving() as deaf:
        deaf.hangs = True
        with api_process(tmp_path, **settings) as (api, url):
            before = resident_kb(api.process.pid)
            many = httpx.Limits(max_connections=None)
            async with (
                httpx.AsyncClient(base_url=url, headers=abuser.headers, timeout=60, limits=many) as hostile,
                httpx.AsyncClient(base_url=url, headers=maya.headers, timeout=60) as client,
            ):
                abuse = Abuse(hostile, abuser, deaf.url)
                async with abuse.going_on():
                    answers = await served(client, maya, receiver)
            grown = resident_kb(api.process.pid) - before
    assert [answer.status_code for answer in answers] == [200] * GETS + [201] * (UPLOADS + 1) + [200]
    assert receiver.received[0].verified()["data"]["id"] == answers[-2].json()["data"]["id"]
    assert {status for _, status in abuse.came} <= {200, 201, 422, 429}, abuse.came
    assert grown < MORE_MEMORY_KB
