"""The REST API as this command uses it, event stream and all."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, Self
from uuid import UUID

import httpx

from storytailor.errors import StorytailorError

Json = dict[str, Any]
SILENCE = 60.0
"""Seconds without so much as a keep-alive after which a stream is given up and opened again."""
PATIENCE = 30.0
"""Seconds the API may be away."""


class ApiRefused(StorytailorError):
    """The API answered with an error; its own words."""


class Client:
    """A user's session with the API at `base`, such as http://127.0.0.1:8000."""

    def __init__(self, base: str, token: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{base}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(30.0, read=SILENCE),
            trust_env=False,  # no proxy stands between us and our own machine
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def characters(self) -> list[Json]:
        """The user's characters (the newest hundred)."""
        items: list[Json] = (await self._data("GET", "/characters?limit=100"))["items"]
        return items

    async def create(self, wish: Json) -> Json:
        """Ask for a story; its receipt."""
        receipt: Json = await self._data("POST", "/stories", json=wish)
        return receipt

    async def story(self, story_id: UUID) -> Json:
        """A story whole."""
        story: Json = await self._data("GET", f"/stories/{story_id}")
        return story

    async def follow(self, story_id: UUID) -> AsyncIterator[Json]:
        """The story now, then again after each change until it is over; a broken stream is taken up again."""
        seen, last_heard = "", time.monotonic()
        while True:
            try:
                async with aclosing(self._events(story_id, seen)) as events:
                    async for event_id, story in events:
                        seen, last_heard = event_id, time.monotonic()
                        yield story
                        if story["asset_generation_status"]["overall"] != "generating":
                            return
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                if time.monotonic() - last_heard > PATIENCE:
                    raise ApiRefused(f"The API at {self._http.base_url} does not answer any more.") from error
            await asyncio.sleep(0.5)

    async def _events(self, story_id: UUID, seen: str) -> AsyncGenerator[tuple[str, Json], None]:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": seen} if seen else {})
        async with self._http.stream("GET", f"/stories/{story_id}/events", headers=headers) as answer:
            if answer.is_client_error:
                await answer.aread()
                raise _refusal(answer)
            answer.raise_for_status()
            if answer.status_code == httpx.codes.NO_CONTENT:  # over, and we have seen it all
                yield seen, await self.story(story_id)
                return
            async for event in parse_events(answer.aiter_lines()):
                if event.get("event") == "story":
                    yield event.get("id", seen), json.loads(event["data"])

    async def _data(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = await self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise ApiRefused(f"The API at {self._http.base_url} does not answer ({error}).") from error
        if answer.is_error:
            raise _refusal(answer)
        return answer.json()["data"]


async def parse_events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, str]]:
    """Server-Sent Events as their fields; comments are passed over, lines of data joined."""
    event: dict[str, str] = {}
    async for line in lines:
        if not line:
            if "data" in event:
                yield event
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            event[name] = f"{event[name]}\n{value}" if name == "data" and "data" in event else value


def _refusal(answer: httpx.Response) -> ApiRefused:
    try:
        problem = answer.json()
        return ApiRefused(f"{problem['message']} ({problem['code']})")
    except (ValueError, KeyError, TypeError):
        return ApiRefused(f"The API answered {answer.status_code} to {answer.request.url}.")
