"""The families of a campaign: they ask for stories, change their minds, and ask again when nobody answers."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from bench.chaos.plan import Wish
from bench.tenants import Tenant

LOOK_SECONDS = 1.5
AGAIN_SECONDS = 0.5
ANSWER_SECONDS = 120.0
"""For which a request is sent again; then the campaign ends, since the API has not come back."""
STUCK_SECONDS = 240.0
"""For which a story is watched; one that has not ended by then is left, and told of afterwards."""
GONE = 404
NOT_NOW = (429, 500, 503)
"""Answers after which a family asks again; a 500 is counted."""
REJECTED = 422


@dataclass
class Asked:
    """A story that was asked for, and what its family did and saw. Times are epoch seconds."""

    wish: Wish
    id: str
    family: str
    remade_at: list[float] = field(default_factory=list)
    cancelled: bool = False
    deleted: bool = False
    seen: str = "generating"
    """How it stood when its family looked last."""


@dataclass
class Family:
    """One user with a client of its own; `answers` counts what it was answered by status code, 0 for nothing at all."""

    tenant: Tenant
    api: httpx.AsyncClient
    hook: str
    asked: list[Asked] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    async def live(self, wishes: Iterable[Wish], *, at_once: int) -> None:
        """See all these wishes through, so many side by side, in their order."""
        waiting = iter(wishes)

        async def one_after_the_other() -> None:
            for wish in waiting:
                await self._see_through(wish)

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(one_after_the_other())

    async def _see_through(self, wish: Wish) -> None:
        story = await self._ask(wish)
        match wish.afterwards:
            case "cancel":
                await asyncio.sleep(wish.after_seconds)
                await self._send("POST", f"/stories/{story.id}/cancel")
                story.cancelled = True
                await self._until_ended(story)
            case "delete":
                await asyncio.sleep(wish.after_seconds)
                await self._delete(story)
            case "delete when done":
                await self._until_ended(story)
                await self._delete(story)
            case "remake":
                if await self._until_ended(story) in ("ready", "partial"):
                    await self._remake(story)
                    await self._until_ended(story)
            case _:
                await self._until_ended(story)

    async def _ask(self, wish: Wish) -> Asked:
        body = {**wish.story, "character_ids": [str(self.tenant.character)]}
        if wish.webhook:
            body["webhook_url"] = self.hook
        key = uuid4().hex
        while (answer := await self._send("POST", "/stories", json=body, key=key)).status_code == REJECTED:
            pass  # the provider's judge refused, as one of its faults: it is asked again
        story = Asked(wish, answer.raise_for_status().json()["data"]["id"], str(self.tenant.id))
        self.asked.append(story)
        return story

    async def _remake(self, story: Asked) -> None:
        """Ask for one asset again; a 409 is an answer to what was taken already, and got lost on its way back."""
        story.remade_at.append(time.time())
        wanted = {"assetTypes": [story.wish.remade], "cascade": False}
        answer = await self._send("POST", f"/stories/{story.id}/assets/regenerate", json=wanted)
        if answer.status_code != 409:
            answer.raise_for_status()

    async def _delete(self, story: Asked) -> None:
        await self._send("DELETE", f"/stories/{story.id}")
        story.deleted = True

    async def _until_ended(self, story: Asked) -> str:
        """How it ended; "generating" when it has not."""
        ends = time.monotonic() + STUCK_SECONDS
        while time.monotonic() < ends:
            answer = await self._send("GET", f"/stories/{story.id}")
            if answer.status_code == GONE:
                break
            story.seen = answer.raise_for_status().json()["data"]["asset_generation_status"]["overall"]
            if story.seen != "generating":
                break
            await asyncio.sleep(LOOK_SECONDS)
        return story.seen

    async def _send(self, method: str, path: str, *, json: object = None, key: str | None = None) -> httpx.Response:
        """The first answer that is one; until then the same request again."""
        headers = {"Idempotency-Key": key} if key else {}
        ends = time.monotonic() + ANSWER_SECONDS
        while True:
            try:
                answer = await self.api.request(method, path, json=json, headers=headers)
            except httpx.TransportError:
                self.answers[0] += 1
            else:
                self.answers[answer.status_code] += 1
                if answer.status_code not in NOT_NOW:
                    return answer
            if time.monotonic() > ends:
                raise SystemExit(f"{method} {path} was not answered for {ANSWER_SECONDS:.0f} s")
            await asyncio.sleep(AGAIN_SECONDS)
