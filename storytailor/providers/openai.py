"""OpenAI, or the emulator that speaks its wire format: writing, drawing, looking, moderating.

The SDK's own retries are off: a failure becomes TransientError or PermanentError here, once, and whoever makes
the asset decides. Only a provider that names a waiting time is waited for here (`waiting`).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import openai
from openai.types import ImagesResponse
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from storytailor.errors import (
    PermanentError,
    PictureBlockedError,
    PromptBlockedError,
    ProviderBusyError,
    TooManyReferencesError,
    TransientError,
)
from storytailor.providers.refusals import provider_words
from storytailor.providers.usage import Usage
from storytailor.providers.waiting import BUSY_STATUSES, wait_asked_for, wait_while_busy
from storytailor.settings import Settings

NO_CREDIT = {
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_hard_limit_reached",
    "billing_not_active",
}
"""Codes and types that say that no waiting brings access back: somebody has to pay, or raise a limit."""
REFERENCES_A_MINUTE = re.compile(r"input-images per min: Limit (?P<most>\d+),.*? Requested (?P<requested>\d+)")

Shape = TypeVar("Shape", bound=BaseModel)
T = TypeVar("T")


@dataclass(frozen=True)
class ModelFamily:
    """What the image models whose id starts with `prefix` take."""

    prefix: str
    input_fidelity: bool


IMAGE_FAMILIES = (
    ModelFamily("gpt-image-2", input_fidelity=False),
    ModelFamily("gpt-image-1.5", input_fidelity=True),
)


def family_of(model: str) -> ModelFamily:
    """The family of an image model; one we do not know gets the plainest request."""
    known = (family for family in IMAGE_FAMILIES if model.startswith(family.prefix))
    return next(known, ModelFamily(model, input_fidelity=False))


class OpenAI:
    """A pooled client with at most `openai_concurrency` calls under way."""

    def __init__(self, settings: Settings) -> None:
        base_url, key = settings.openai
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.openai_concurrency)
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=key, max_retries=0, timeout=settings.provider_timeout
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def answer(
        self, model: str, instructions: str, prompt: str, shape: type[Shape], *, picture: bytes | None = None
    ) -> tuple[Shape, Usage]:
        """The model's answer in the given shape (strict structured output), with a picture to look at or not."""
        content: Any = prompt
        if picture is not None:
            content = [
                {"type": "text", "text": prompt},
                {"type": "image_url", "image_url": {"url": _data_url(picture)}},
            ]
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": instructions},
            {"role": "user", "content": content},
        ]

        async def call() -> tuple[Shape, Usage]:
            async with self._slots:
                completion = await self._client.chat.completions.parse(
                    model=model, messages=messages, response_format=shape
                )
            message = completion.choices[0].message
            if message.refusal:
                raise PromptBlockedError("The model declined to do this.", detail=f"refusal: {message.refusal[:500]}")
            if message.parsed is None:
                raise TransientError("The model's answer was empty.")
            used = completion.usage
            return message.parsed, Usage(
                model, used.prompt_tokens if used else 0, used.completion_tokens if used else 0
            )

        return await wait_while_busy(lambda: _translated(call))

    async def draw(self, prompt: str, references: Sequence[bytes] = ()) -> tuple[bytes, Usage]:
        """A picture (PNG bytes): from reference pictures where there are any, else from the prompt alone."""
        model, size = self._settings.image_model, self._settings.image_size
        quality: Any = self._settings.image_quality  # a family's own word for it; the provider checks it
        files = [
            (f"reference_{number}.png", picture, _media_type(picture)) for number, picture in enumerate(references)
        ]

        async def call() -> tuple[bytes, Usage]:
            async with self._slots:
                if files:
                    made = await self._client.images.edit(
                        image=files,
                        prompt=prompt,
                        model=model,
                        size=size,
                        quality=quality,
                        input_fidelity="high" if family_of(model).input_fidelity else openai.omit,
                    )
                else:
                    made = await self._client.images.generate(prompt=prompt, model=model, size=size, quality=quality)
            return _picture_bytes(made), _picture_usage(model, made)

        return await wait_while_busy(lambda: _translated(call))

    async def moderate(self, words: Sequence[str], *, picture: bytes | None = None) -> list[str]:
        """The categories for which moderation flags these words or this picture; none when they are fine.

        Waits for nobody: a caller may be somebody's request.
        """
        parts: list[Any] = [{"type": "text", "text": text} for text in words]
        if picture is not None:
            parts.append({"type": "image_url", "image_url": {"url": _data_url(picture)}})

        async def call() -> list[str]:
            async with self._slots:
                answer = await self._client.moderations.create(
                    model=self._settings.moderation_model,
                    input=parts,
                    timeout=self._settings.moderation_timeout,
                )
            flagged = (result.categories.to_dict() for result in answer.results if result.flagged)
            return sorted({name for categories in flagged for name, hit in categories.items() if hit})

        return await _translated(call)


async def _translated(call: Callable[[], Awaitable[T]]) -> T:
    """Run one call; what the SDK raises becomes TransientError or PermanentError, in words without secrets."""
    try:
        return await call()
    except openai.ContentFilterFinishReasonError as error:
        raise PromptBlockedError("OpenAI's content filter stopped the answer.") from error
    except openai.LengthFinishReasonError as error:
        raise TransientError("The model's answer was cut off at its length limit.") from error
    except openai.APITimeoutError as error:
        raise TransientError("OpenAI did not answer in time.") from error
    except openai.APIConnectionError as error:
        raise TransientError("OpenAI could not be reached, or dropped the connection.") from error
    except openai.APIStatusError as error:
        raise _refusal(error) from error
    except (openai.APIError, ValueError, AttributeError, TypeError, IndexError) as error:
        # a 200 whose body is not what the wire format promises surfaces in any of these
        raise TransientError(f"OpenAI's answer could not be read ({type(error).__name__}).") from error


def _refusal(error: openai.APIStatusError) -> TransientError | PermanentError:
    """What an answer that is no 2xx means: by its code and type first, then by its status."""
    status, body = error.status_code, error.body
    # a proxy's HTML says nothing of use
    message = str(body.get("message") or "") if isinstance(body, dict) else ""
    detail = provider_words(status, error.code, message, param=error.param, request_id=error.request_id)
    if status == 402 or NO_CREDIT.intersection((error.code, error.type)):
        said = "OpenAI says the account has no credit left: look at its billing page."
        return PermanentError(said, detail=detail)
    limit = REFERENCES_A_MINUTE.search(message)
    if status == 429 and limit and int(limit["requested"]) > int(limit["most"]):  # no waiting makes it fit
        said = "This picture has more reference pictures than may be sent in a minute."
        return TooManyReferencesError(said, int(limit["most"]), detail=detail)
    if status in BUSY_STATUSES:
        wait = wait_asked_for(error.response.headers, message)
        return ProviderBusyError("OpenAI is busy.", wait, detail=detail)
    if status >= 500 or status in (408, 409):
        return TransientError(f"OpenAI answered with an error of its own ({status}).", detail=detail)
    if status == 401 and (error.code == "invalid_api_key" or not message or "api key" in message.lower()):
        return PermanentError("OpenAI refused the key: check OPENAI_API_KEY.", detail=detail)
    if "must be verified" in message:
        said = "OpenAI wants the organization verified before it may use this model."
        return PermanentError(said, detail=detail)
    if status in (401, 403):
        return PermanentError("OpenAI does not let this account do this.", detail=detail)
    if status == 404:
        said = f"OpenAI does not know this model or address ({error.code or status}): check the *_MODEL settings."
        return PermanentError(said, detail=detail)
    blocked = body.get("moderation_details") if isinstance(body, dict) else None
    if isinstance(blocked, dict) and blocked.get("moderation_stage") == "output":
        return PictureBlockedError("OpenAI's safety system blocked the picture it had drawn.", detail=detail)
    if error.code in ("moderation_blocked", "content_policy_violation"):
        return PromptBlockedError("OpenAI's safety system refused to draw this.", detail=detail)
    return PermanentError(f"OpenAI refused the request ({error.code or status}).", detail=detail)


def _picture_bytes(made: ImagesResponse) -> bytes:
    encoded = made.data[0].b64_json if made.data else None
    if not encoded:
        raise TransientError("OpenAI answered without a picture.")
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise TransientError("OpenAI's picture arrived broken.") from error


def _picture_usage(model: str, made: ImagesResponse) -> Usage:
    used = made.usage
    return Usage(model, used.input_tokens if used else 0, used.output_tokens if used else 0)


def _media_type(picture: bytes) -> str:
    if picture.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/webp" if picture[8:12] == b"WEBP" else "image/png"


def _data_url(picture: bytes) -> str:
    return f"data:{_media_type(picture)};base64,{base64.b64encode(picture).decode()}"
