"""The client: one method a thing that models are asked for.

The SDK's own retries are off: a failure becomes a MakingError in `refusals`, once, and whoever makes the asset
decides. Only a busy provider is waited for here, in the model's `Gate`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import cache
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx
import openai
from openai.types import ImagesResponse
from openai.types.chat import ChatCompletion, ChatCompletionMessageParam
from pydantic import BaseModel

from storytailor.endpoints import Endpoint, Role, endpoint
from storytailor.errors import TransientError
from storytailor.providers.circuit import CircuitReport
from storytailor.providers.gate import Gate
from storytailor.providers.openai.answers import (
    Moderation,
    answer_of,
    as_png,
    data_url,
    encoded_picture,
    images_of,
    media_type,
    moderation_of,
)
from storytailor.providers.openai.fitting import require_fitting
from storytailor.providers.openai.models import MOST_REFERENCES, image_family, text_family
from storytailor.providers.openai.refusals import refused_inside, translated
from storytailor.providers.openai.usage import chat_usage, picture_usage
from storytailor.providers.spans import calling
from storytailor.providers.usage import Count, Usage, uncounted
from storytailor.settings import Settings

CONNECT_TIMEOUT_SECONDS = 10.0
LARGEST_PICTURE_BYTES = 32 * 1024 * 1024
DOWNLOAD_AGAIN_SECONDS = (0.5, 2.0, 5.0)
"""After so long a picture's own URL is asked for again where it could not be read."""
OPENAI_ROLES: tuple[Role, ...] = ("text", "vision", "image", "moderation")

Shape = TypeVar("Shape", bound=BaseModel)


class OpenAI:
    """Pooled clients, one a role, with at most `openai_concurrency` calls under way.

    Raises SettingsError for a size, quality or effort that its model does not take.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._endpoints = {role: endpoint(settings, role) for role in OPENAI_ROLES}
        require_fitting(settings, self._endpoints["image"])
        self._clients = {role: _client(place, settings) for role, place in self._endpoints.items()}
        self._slots = asyncio.Semaphore(settings.openai_concurrency)
        self._gates: dict[tuple[str | None, str, str], Gate] = {}
        self._lines: dict[Gate, tuple[str, str]] = {}
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(60.0, connect=CONNECT_TIMEOUT_SECONDS))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        async with AsyncExitStack() as stack:
            for client in self._clients.values():
                stack.push_async_callback(client.close)
            stack.push_async_callback(self._http.aclose)

    @property
    def circuits(self) -> list[CircuitReport]:
        """How the calls to each model stand that was asked for something."""
        return [CircuitReport(*line, *gate.state) for gate, line in self._lines.items()]

    @property
    def most_references(self) -> int:
        """How many reference pictures one picture may be drawn from."""
        return min(MOST_REFERENCES, self.settings.input_images_per_minute or MOST_REFERENCES)

    async def answer(
        self,
        model: str,
        instructions: str,
        prompt: str,
        shape: type[Shape],
        *,
        picture: bytes | None = None,
        role: Role | None = None,
        owner: UUID | None = None,
        count: Count = uncounted,
    ) -> tuple[Shape, Usage]:
        """The model's answer in the given shape, with a picture to look at or not.

        `owner` is whose story it is: a hash of it lets the provider tell one family's misuse from another's.
        """
        role = role or ("text" if picture is None else "vision")
        place, client = self._endpoints[role], self._clients[role]
        messages = _messages(instructions, prompt, shape, picture, self.settings.answer_format)
        options = self._chat_options(place, model, owner)

        async def call() -> tuple[Shape, Usage]:
            async with self._slots, calling(place, "chat", model, "json") as told:
                completion = await _completed(
                    place, client, model, messages, shape, self.settings.answer_format, options
                )
                told(usage := chat_usage(model, completion))
            count(usage)
            return answer_of(completion, shape, place), usage

        return await self._gate(place, model).call(lambda: translated(place, call), {"requests": 1})

    async def draw(
        self,
        prompt: str,
        references: Sequence[bytes] = (),
        *,
        owner: UUID | None = None,
        count: Count = uncounted,
    ) -> tuple[bytes, Usage]:
        """A picture (PNG bytes): from reference pictures where there are any, else from the prompt alone.

        At most `most_references` of them are taken by the provider.
        """
        place, client, model = self._endpoints["image"], self._clients["image"], self.settings.image_model
        files = [_file(number, picture) for number, picture in enumerate(references)]
        options = self._image_options(place, model, owner, editing=bool(files))

        async def call() -> tuple[bytes, Usage]:
            async with self._slots, calling(place, "generate_content", model, "image") as told:
                images = client.images.with_raw_response
                if files:
                    raw = await images.edit(image=files, prompt=prompt, model=model, **options)
                else:
                    raw = await images.generate(prompt=prompt, model=model, **options)
                made = await asyncio.to_thread(images_of, raw.content)
                told(usage := picture_usage(model, made))
                count(usage)
                picture = await self._picture(made)
            return await asyncio.to_thread(as_png, picture), usage

        amounts = {"images": 1, "input-images": len(files), "requests": 1}
        return await self._gate(place, model).call(lambda: translated(place, call), amounts)

    async def moderate(
        self, words: Sequence[str], *, picture: bytes | None = None, patiently: bool = False
    ) -> Moderation:
        """What moderation says of these words or this picture.

        Waits for a busy provider only if asked to: a caller may be somebody's request.
        """
        place, client, model = (
            self._endpoints["moderation"],
            self._clients["moderation"],
            self.settings.moderation_model,
        )
        parts: list[Any] = [{"type": "text", "text": text} for text in words]
        if picture is not None:
            parts.append({"type": "image_url", "image_url": {"url": data_url(picture)}})

        async def call() -> Moderation:
            async with self._slots, calling(place, "moderation", model):
                answer = await client.moderations.create(
                    model=model, input=parts, timeout=self.settings.moderation_timeout
                )
            return moderation_of(answer)

        if not patiently:
            return await translated(place, call)
        return await self._gate(place, model).call(lambda: translated(place, call), {"requests": 1})

    def _gate(self, place: Endpoint, model: str) -> Gate:
        key = (place.base_url, place.key, model)
        if key not in self._gates:
            limits: dict[str, int | None] = {"requests": None}
            if place.role == "image":
                limits |= {
                    "images": self.settings.images_per_minute,
                    "input-images": self.settings.input_images_per_minute,
                }
            gate = self._gates[key] = Gate(limits)
            self._lines[gate] = place.provider, model
        return self._gates[key]

    def _chat_options(self, place: Endpoint, model: str, owner: UUID | None) -> dict[str, Any]:
        effort, family = self.settings.reasoning_effort, text_family(model)
        options: dict[str, Any] = {}
        if effort is not None and (family is None or effort in family.efforts):
            options["reasoning_effort"] = effort
        if owner is not None and place.speaks_all:
            options["safety_identifier"] = safety_identifier(owner)
        return options

    def _image_options(self, place: Endpoint, model: str, owner: UUID | None, *, editing: bool) -> dict[str, Any]:
        options: dict[str, Any] = {"size": self.settings.image_size}
        family = image_family(model)
        if family.qualities or place.speaks_all:
            options["quality"] = self.settings.image_quality
        if editing and family.input_fidelity:
            options["input_fidelity"] = "high"
        if owner is not None and place.speaks_all:
            options["safety_identifier"] = safety_identifier(owner)
        if self.settings.image_moderation != "auto":  # the SDK knows it for generations only
            options["extra_body"] = {"moderation": self.settings.image_moderation}
        return options

    async def _picture(self, made: ImagesResponse) -> bytes:
        picture, url = encoded_picture(made)
        if picture is not None:
            return picture
        assert url is not None
        answer = await self._downloaded(url)
        if len(answer.content) > LARGEST_PICTURE_BYTES:
            raise TransientError("The picture arrived broken.", remedy="The picture is larger than 32 MiB.")
        return answer.content

    async def _downloaded(self, url: str) -> httpx.Response:
        """What a picture's own URL gives, asked for several times: it is paid for."""
        for seconds in (*DOWNLOAD_AGAIN_SECONDS, None):
            try:
                return (await self._http.get(url, follow_redirects=True)).raise_for_status()
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if seconds is None or isinstance(error, httpx.InvalidURL):
                    cause = f"The picture's own URL could not be read ({type(error).__name__})."
                    raise TransientError("The picture arrived broken.", remedy=cause) from error
                await asyncio.sleep(seconds)
        raise AssertionError("The last time it was returned or raised.")


def safety_identifier(owner: UUID) -> str:
    """A name for the family that tells the provider nothing of it, always the same."""
    return hashlib.sha256(f"storytailor {owner}".encode()).hexdigest()[:32]


def _client(place: Endpoint, settings: Settings) -> openai.AsyncOpenAI:
    seconds = settings.image_timeout if place.role == "image" else settings.provider_timeout
    timeout = openai.Timeout(seconds, connect=CONNECT_TIMEOUT_SECONDS)
    return openai.AsyncOpenAI(base_url=place.base_url, api_key=place.key, max_retries=0, timeout=timeout)


def _messages(
    instructions: str, prompt: str, shape: type[BaseModel], picture: bytes | None, answer_format: str
) -> list[ChatCompletionMessageParam]:
    if answer_format != "json_schema":  # the server does not hold the model to the shape, so the model is told of it
        schema = json.dumps(shape.model_json_schema(), ensure_ascii=False)
        instructions += f"\n\nAnswer with one JSON object and nothing else. It follows this JSON schema: {schema}"
    content: Any = prompt
    if picture is not None:
        content = [
            {"type": "text", "text": prompt},
            {"type": "image_url", "image_url": {"url": data_url(picture)}},
        ]
    return [{"role": "system", "content": instructions}, {"role": "user", "content": content}]


def _file(number: int, picture: bytes) -> tuple[str, bytes, str]:
    """A reference picture as a form's file, its name and type as its bytes say: servers go by either."""
    kind = media_type(picture)
    return f"reference_{number}.{kind.removeprefix('image/').replace('jpeg', 'jpg')}", picture, kind


async def _completed(
    place: Endpoint,
    client: openai.AsyncOpenAI,
    model: str,
    messages: list[ChatCompletionMessageParam],
    shape: type[BaseModel],
    answer_format: str,
    options: Mapping[str, Any],
) -> ChatCompletion:
    """The completion as it came: what is in it is read by `answer_of`, more forgivingly than the SDK does."""
    wanted: Any = openai.omit
    if answer_format == "json_schema":
        wanted = _strict(shape)
    elif answer_format == "json_object":
        wanted = {"type": "json_object"}
    raw = await client.chat.completions.with_raw_response.create(
        model=model, messages=messages, response_format=wanted, **options
    )
    body = json.loads(raw.text)
    if (error := body.get("error")) is not None:  # some gateways say so inside a 200
        raise refused_inside(place, error)
    return ChatCompletion.model_validate(body)


@cache
def _strict(shape: type[BaseModel]) -> dict[str, Any]:
    """The response format that holds a model to this shape; the SDK's own `parse` makes it anew for each call."""
    tool = openai.pydantic_function_tool(shape)["function"]
    return {"type": "json_schema", "json_schema": {"name": tool["name"], "strict": True, "schema": tool["parameters"]}}
