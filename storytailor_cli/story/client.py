"""The REST API as this command uses it, event stream included."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any, Self
from uuid import UUID

import httpx
from pydantic import BaseModel, JsonValue

from storytailor.errors import StorytailorError
from storytailor.status import AssetGenerationStatus
from storytailor.story import StoryType

Document = Mapping[str, JsonValue]
READ_TIMEOUT = 60.0
"""Seconds without so much as a keep-alive after which a stream is closed and opened again."""
RECONNECT_TIMEOUT = 30.0
"""Seconds the API may be unreachable while a story is followed."""


class ApiRefusedError(StorytailorError):
    """The API answered with an error; its own words."""


@dataclass(frozen=True)
class StoryOptions:
    """What is asked for in a story; without a title or a narrator the API chooses."""

    story_type: StoryType
    themes: Sequence[str]
    age: int
    language: str
    title: str | None = None
    voice_id: str | None = None

    def body(self, characters: Sequence[Character]) -> dict[str, JsonValue]:
        """The body of POST /stories."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {**given, "character_ids": [character.id for character in characters]}


class Character(BaseModel):
    """What this command reads of a character."""

    id: str
    name: str


class Receipt(BaseModel):
    """The answer to POST /stories."""

    id: UUID
    asset_generation_status: AssetGenerationStatus


@dataclass(frozen=True)
class Story:
    """A story; `document` is the API's JSON as it came."""

    document: Document

    @property
    def status(self) -> AssetGenerationStatus:
        """The state of each asset and of the whole."""
        return AssetGenerationStatus.model_validate(self.document["asset_generation_status"])

    @property
    def title(self) -> str:
        """The title."""
        return str(self.document["title"])


class Client:
    """A user's session with the API at `base`, such as http://127.0.0.1:8000."""

    def __init__(self, base: str, token: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{base}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(30.0, read=READ_TIMEOUT),
            trust_env=False,  # this machine is reached without a proxy
        )
        self._failing_since: float | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def characters(self) -> list[Character]:
        """The user's characters (the newest hundred)."""
        items = (await self._data("GET", "/characters?limit=100"))["items"]
        return [Character.model_validate(item) for item in items]

    async def create(self, options: StoryOptions, characters: Sequence[Character]) -> Receipt:
        """Ask for a story of these characters."""
        return Receipt.model_validate(await self._data("POST", "/stories", json=options.body(characters)))

    async def story(self, story_id: UUID) -> Story:
        """A story whole."""
        return Story(await self._data("GET", f"/stories/{story_id}"))

    async def follow(self, story_id: UUID) -> AsyncIterator[AssetGenerationStatus]:
        """The story's status now and after each change until it ends; a broken stream is opened again."""
        last_event_id = ""
        while True:
            try:
                async with aclosing(self._events(story_id, last_event_id)) as events:
                    async for event_id, story in events:
                        last_event_id = event_id
                        yield story.status
                        if story.status.overall != "generating":
                            return
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                self._failing_since = self._failing_since or time.monotonic()
                if time.monotonic() - self._failing_since > RECONNECT_TIMEOUT:
                    raise ApiRefusedError(f"The API at {self._http.base_url} does not answer any more.") from error
            await asyncio.sleep(0.5)

    async def _events(self, story_id: UUID, last_event_id: str) -> AsyncGenerator[tuple[str, Story], None]:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_event_id} if last_event_id else {})
        async with self._http.stream("GET", f"/stories/{story_id}/events", headers=headers) as answer:
            if answer.is_client_error:
                await answer.aread()
                raise _refusal(answer)
            answer.raise_for_status()
            self._failing_since = None
            if answer.status_code == httpx.codes.NO_CONTENT:  # the story has ended and we have its last event
                yield last_event_id, await self.story(story_id)
                return
            async for event in parse_events(answer.aiter_lines()):
                if event.get("event") == "story":
                    yield event.get("id", last_event_id), Story(json.loads(event["data"]))

    async def _data(self, method: str, path: str, *, json: Document | None = None) -> Any:
        try:
            answer = await self._http.request(method, path, json=json)
        except httpx.TransportError as error:
            raise ApiRefusedError(f"The API at {self._http.base_url} does not answer ({error}).") from error
        if answer.is_error:
            raise _refusal(answer)
        return answer.json()["data"]


async def parse_events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, str]]:
    """Server-Sent Events as their fields; comments are skipped, lines of data joined."""
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


def _refusal(answer: httpx.Response) -> ApiRefusedError:
    try:
        problem = answer.json()
        hint = " `storytailor doctor` and the API's log say why." if answer.status_code == 503 else ""
        return ApiRefusedError(f"{problem['message']} ({problem['code']}){hint}")
    except (ValueError, KeyError, TypeError):
        return ApiRefusedError(f"The API answered {answer.status_code} to {answer.request.url}.")
