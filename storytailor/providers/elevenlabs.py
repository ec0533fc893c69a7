"""ElevenLabs, or the emulator that speaks its wire format: a voice, and when each character is spoken."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx
from elevenlabs import AsyncElevenLabs
from elevenlabs.core import ApiError
from pydantic import ValidationError

from storytailor.errors import PermanentError, ProviderBusyError, TransientError
from storytailor.providers.refusals import provider_words
from storytailor.providers.usage import Usage
from storytailor.providers.waiting import BUSY_STATUSES, wait_asked_for, wait_while_busy
from storytailor.settings import Settings

T = TypeVar("T")

NO_CREDIT = {"quota_exceeded"}
WRONG_KEY = {"invalid_api_key", "needs_authorization"}
UNKNOWN_VOICE = {"voice_not_found", "invalid_uid"}
OUTPUT_FORMAT = "mp3_44100_128"
STITCHING_CHARACTERS = 300
"""How much of its neighbours a chunk is told of, so that the voice carries on."""


@dataclass(frozen=True)
class VoiceModel:
    """What the voice models whose id starts with `prefix` take."""

    prefix: str
    most_characters: int
    stitches: bool = True


VOICE_MODELS = (
    VoiceModel("eleven_flash_v2_5", 40_000),
    VoiceModel("eleven_turbo_v2_5", 40_000),
    VoiceModel("eleven_v3", 5_000, stitches=False),
    VoiceModel("eleven_multilingual_v2", 10_000),
)


def voice_model(model: str) -> VoiceModel:
    """The limits of a voice model; one we do not know gets the tightest."""
    known = (family for family in VOICE_MODELS if model.startswith(family.prefix))
    return next(known, VoiceModel(model, 5_000, stitches=False))


@dataclass(frozen=True)
class Speech:
    """Spoken text: MP3 bytes, and for each character its start and end in seconds."""

    mp3: bytes
    characters: list[str]
    starts: list[float]
    ends: list[float]


class ElevenLabs:
    """A pooled client with at most `elevenlabs_concurrency` calls under way."""

    def __init__(self, settings: Settings) -> None:
        base_url, key = settings.elevenlabs
        self._model = settings.voice_model
        self._slots = asyncio.Semaphore(settings.elevenlabs_concurrency)
        self._http = httpx.AsyncClient()
        self._client = AsyncElevenLabs(
            base_url=base_url,
            api_key=key,
            httpx_client=self._http,
            timeout=settings.provider_timeout,  # the SDK's own goes before the HTTP client's
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    @property
    def most_characters(self) -> int:
        """The longest text one call may carry."""
        return voice_model(self._model).most_characters

    async def speak(self, text: str, voice_id: str, *, before: str = "", after: str = "") -> tuple[Speech, Usage]:
        """Speak `text`; `before` and `after` are its neighbours, not spoken."""
        neighbours: dict[str, Any] = {}  # what is not given must not be sent either
        if voice_model(self._model).stitches:
            if before:
                neighbours["previous_text"] = before[-STITCHING_CHARACTERS:]
            if after:
                neighbours["next_text"] = after[:STITCHING_CHARACTERS]

        async def call() -> tuple[Speech, Usage]:
            async with self._slots:
                answer = await self._client.text_to_speech.convert_with_timestamps(
                    voice_id,
                    text=text,
                    model_id=self._model,
                    output_format=OUTPUT_FORMAT,
                    request_options={"max_retries": 0},
                    **neighbours,
                )
            times = answer.alignment
            if times is None:
                raise TransientError("ElevenLabs answered without timings.")
            speech = Speech(
                base64.b64decode(answer.audio_base_64, validate=True),
                times.characters,
                times.character_start_times_seconds,
                times.character_end_times_seconds,
            )
            return speech, Usage(self._model, characters=len(text))

        return await wait_while_busy(lambda: _translated(call))


async def _translated(call: Callable[[], Awaitable[T]]) -> T:
    """Run one call; what the SDK raises becomes TransientError or PermanentError, in words without secrets."""
    try:
        return await call()
    except ApiError as error:
        # the SDK keeps the answer's body in the error, and with it minutes of audio: not for a log
        raise _refusal(error) from None
    except httpx.TimeoutException as error:
        raise TransientError("ElevenLabs did not answer in time.") from error
    except httpx.HTTPError as error:
        raise TransientError("ElevenLabs could not be reached, or dropped the connection.") from error
    except (ValidationError, binascii.Error, ValueError, AttributeError, TypeError) as error:
        raise TransientError(f"ElevenLabs' answer could not be read ({type(error).__name__}).") from error


def _refusal(error: ApiError) -> TransientError | PermanentError:
    """What an answer that is no 2xx means: by ElevenLabs' own status first, then by HTTP's."""
    code, headers = error.status_code, error.headers or {}
    body = error.body.get("detail") if isinstance(error.body, dict) else None
    said = body if isinstance(body, dict) else {"message": body}
    status, message = said.get("status") or said.get("code"), said.get("message")
    detail = provider_words(code, status, message, request_id=headers.get("request-id"))
    if code is not None and code < 300:
        return TransientError("ElevenLabs' answer could not be read.")
    if status in NO_CREDIT:
        return PermanentError("ElevenLabs says the account's characters are used up.", detail=detail)
    if code in BUSY_STATUSES:
        wait = wait_asked_for(headers, str(message or ""))
        return ProviderBusyError("ElevenLabs is busy.", wait, detail=detail)
    if code is None or code >= 500 or code in (408, 409):
        return TransientError(f"ElevenLabs answered with an error of its own ({code}).", detail=detail)
    if code == 401 and (status in WRONG_KEY or not said.get("message")):
        return PermanentError("ElevenLabs refused the key: check ELEVENLABS_API_KEY.", detail=detail)
    if code == 402:
        return PermanentError("ElevenLabs wants a paid plan for this voice or model.", detail=detail)
    if status in UNKNOWN_VOICE:
        unknown = "ElevenLabs does not know the voice: set VOICE_ID to one of this account's."
        return PermanentError(unknown, detail=detail)
    if code in (401, 403):
        return PermanentError("ElevenLabs does not let this account do this.", detail=detail)
    return PermanentError(f"ElevenLabs refused the request ({status or code}).", detail=detail)
