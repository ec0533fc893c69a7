"""The client: speaking, and choosing a voice where none is set."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, Self
from urllib.parse import quote

import httpx
from elevenlabs import AsyncElevenLabs
from elevenlabs import types as sdk
from elevenlabs.core import ApiError

from storytailor.endpoints import endpoint
from storytailor.errors import PermanentError, TransientError
from storytailor.providers import words
from storytailor.providers.circuit import CircuitReport
from storytailor.providers.elevenlabs.models import VoiceModel, model_speaking
from storytailor.providers.elevenlabs.refusals import translated
from storytailor.providers.elevenlabs.speech import Speech, speech_of
from storytailor.providers.elevenlabs.voices import Voice, fitting
from storytailor.providers.gate import Gate
from storytailor.providers.spans import calling
from storytailor.providers.usage import Count, Usage, uncounted
from storytailor.settings import Settings

log = logging.getLogger(__name__)

OUTPUT_FORMAT = "mp3_44100_128"
CONNECT_TIMEOUT_SECONDS = 10.0
STITCHING_CHARACTERS = 300
"""How much of its neighbours a chunk is told of, so that the voice carries on."""


class ElevenLabs:
    """A pooled client with at most `elevenlabs_concurrency` calls under way."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._endpoint = endpoint(settings, "voice")
        self._model = settings.voice_model
        self._slots = asyncio.Semaphore(settings.elevenlabs_concurrency)
        self._gate, self._listing = Gate(), Gate()  # a key may speak and not list
        self._choosing = asyncio.Lock()
        self._voices: list[Voice] | None = None
        self._http = httpx.AsyncClient()
        self._timeout = httpx.Timeout(settings.provider_timeout, connect=CONNECT_TIMEOUT_SECONDS)
        self._client = AsyncElevenLabs(
            base_url=self._endpoint.base_url,
            api_key=self._endpoint.key,
            httpx_client=self._http,
            timeout=self._timeout,  # type: ignore[arg-type]  # goes to httpx as it is, which takes both
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    @property
    def circuits(self) -> list[CircuitReport]:
        """How the calls for speech stand."""
        return [CircuitReport(self._endpoint.provider, self._model, *self._gate.state)]

    def model_for(self, language: str) -> VoiceModel:
        """The model that speaks a language: that of VOICE_MODEL, unless it is not spoken by it."""
        return model_speaking(self._model, language)

    async def voice_for(self, language: str) -> str:
        """The voice of VOICE_ID; without one, the account's first that fits, found out once and again when it is gone.

        Raises PermanentError for an account without a voice.
        """
        if self._settings.voice_id is not None:
            return self._settings.voice_id
        async with self._choosing:
            if self._voices is None:
                self._voices = await self._listing.call(self.voices)
                if chosen := fitting(self._voices, language):
                    log.info("VOICE_ID is not set: %s (%s) of this account narrates", chosen.id, chosen.name)
        voice = fitting(self._voices, language)
        if voice is None:
            cause = f"{self._endpoint.provider} has no voice in this account: add one to My Voices, or set VOICE_ID."
            raise PermanentError(words.is_stopped(self._endpoint), remedy=cause)
        return voice.id

    def forget_voice(self, voice_id: str) -> None:
        """This voice is gone: the account is asked anew which it has, unless that list is without it already."""
        if self._voices is not None and any(voice.id == voice_id for voice in self._voices):
            log.warning("The voice %s is no longer in this account: another narrates", voice_id)
            self._voices = None

    async def voices(self) -> list[Voice]:
        """The voices of this account, in its order. Costs nothing."""

        async def call() -> list[Voice]:
            answer = await self._client.voices.get_all(request_options={"max_retries": 0})
            return [_voice(found) for found in answer.voices]

        return await translated(self._endpoint, call)

    async def voice(self, voice_id: str) -> Voice:
        """The voice of this id. Costs nothing."""

        async def call() -> Voice:
            return _voice(await self._client.voices.get(voice_id, request_options={"max_retries": 0}))

        return await translated(self._endpoint, call, voice_id=voice_id)

    async def models(self) -> list[str]:
        """The ids of the voice models that there are. Costs nothing."""

        async def call() -> list[str]:
            return [model.model_id for model in await self._client.models.list(request_options={"max_retries": 0})]

        return await translated(self._endpoint, call)

    async def characters_left(self) -> tuple[int, int]:
        """How many characters this month has left, and of how many. Costs nothing."""

        async def call() -> tuple[int, int]:
            plan = await self._client.user.subscription.get(request_options={"max_retries": 0})
            return plan.character_limit - plan.character_count, plan.character_limit

        return await translated(self._endpoint, call)

    async def speak(
        self,
        text: str,
        voice_id: str,
        *,
        before: str = "",
        after: str = "",
        language: str | None = None,
        count: Count = uncounted,
    ) -> tuple[Speech, Usage]:
        """Speak `text`; `before` and `after` are its neighbours, not spoken."""
        family = self.model_for(language or "en")
        options: dict[str, Any] = {}  # what is not given must not be sent either
        if family.stitches and before:
            options["previous_text"] = before[-STITCHING_CHARACTERS:]
        if family.stitches and after:
            options["next_text"] = after[:STITCHING_CHARACTERS]
        if family.takes_language and language:
            options["language_code"] = language.partition("-")[0]

        async def call() -> tuple[Speech, Usage]:
            async with self._slots, calling(self._endpoint, "generate_content", family.id, "speech") as told:
                answer = await self._speech(voice_id, {"text": text, "model_id": family.id, **options})
                told(usage := Usage(family.id, characters=len(text)))
            count(usage)
            speech = await asyncio.to_thread(speech_of, answer)
            if speech is None:
                raise TransientError(words.has_failed(self._endpoint), remedy="The narration came without timings.")
            return speech, usage

        return await self._gate.call(lambda: translated(self._endpoint, call, voice_id=voice_id))

    async def _speech(self, voice_id: str, body: dict[str, Any]) -> bytes:
        """What text-to-speech with timestamps answers. Raises the SDK's ApiError for what is no speech.

        Asked past the SDK, which makes models of thousands of times on the event loop: 0.06 s of it a story, against
        2 ms in a thread (`speech_of`).
        """
        answer = await self._http.post(
            f"{self._endpoint.base_url}/v1/text-to-speech/{quote(voice_id, safe='')}/with-timestamps",
            params={"output_format": OUTPUT_FORMAT},
            headers={"xi-api-key": self._endpoint.key},
            json=body,
            timeout=self._timeout,
        )
        if not answer.is_success:
            raise ApiError(
                status_code=answer.status_code, headers=dict(answer.headers), body=_json_or_text(answer.text)
            )
        return answer.content


def _json_or_text(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _voice(found: sdk.Voice) -> Voice:
    labels = found.labels or {}
    return Voice(
        found.voice_id,
        found.name or "",
        str(found.category or ""),
        frozenset(language.language for language in found.verified_languages or () if language.language)
        | ({labelled} if (labelled := labels.get("language")) else frozenset()),
        frozenset(str(label).lower() for label in labels.values()),
    )
