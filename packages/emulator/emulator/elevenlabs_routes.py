"""ElevenLabs on this machine, under `/elevenlabs/v1`: speech with and without timings."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from emulator import elevenlabs_account
from emulator.elevenlabs_account import check_voice
from emulator.elevenlabs_models import MOST_CHARACTERS
from emulator.service import Emulator, Service
from emulator.traffic import call_of, json_response, respond
from emulator.wire_errors import WireError, against_policy, elevenlabs_error
from emulator_models.answers import Alignment, AudioFormat, Narration, NarrationOrder

BAD_KEYS = ("sk-invalid", "sk_invalid", "invalid")
_KILOBITS = {22_050: (32,), 24_000: (48,), 44_100: (32, 64, 96, 128, 192)}
_PCM_RATES = (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def require_key(request: Request) -> None:
    """Any key is good but one that starts with `invalid` or `sk-invalid`; raises 401."""
    key = request.headers.get("xi-api-key", "")
    if not key:
        message = "Neither authorization header nor xi-api-key received, please provide one."
        raise elevenlabs_error(401, "needs_authorization", message)
    if key.startswith(BAD_KEYS):
        raise elevenlabs_error(401, "invalid_api_key", "Invalid API key")


router = APIRouter(prefix="/elevenlabs/v1", dependencies=[Depends(require_key)])
router.include_router(elevenlabs_account.router)


class VoiceSettings(BaseModel):
    """How the voice speaks; of its settings only the speed is heard here."""

    speed: float | None = Field(default=None, ge=0.7, le=1.2)


class SpeechRequest(BaseModel):
    """The parameters that matter here; others are let through."""

    text: str
    model_id: str = "eleven_multilingual_v2"
    voice_settings: VoiceSettings | None = None
    previous_text: str | None = None
    next_text: str | None = None
    seed: int | None = Field(default=None, ge=0, le=4_294_967_295)
    language_code: str | None = None


@router.post("/text-to-speech/{voice_id}/with-timestamps")
async def speak_with_timestamps(request: Request, voice_id: str, service: Emulator) -> Response:
    """Speech, with the time of every character."""

    def rendered(narrated: Narration, form: str) -> Response:
        return json_response(
            {
                "audio_base64": base64.b64encode(narrated.audio).decode(),
                "alignment": _alignment(narrated.alignment),
                "normalized_alignment": _alignment(narrated.normalized),
            }
        )

    return await _spoken(request, voice_id, service, rendered)


@router.post("/text-to-speech/{voice_id}")
async def speak(request: Request, voice_id: str, service: Emulator) -> Response:
    """Speech alone."""

    def rendered(narrated: Narration, form: str) -> Response:
        media_type = "audio/mpeg" if form.startswith("mp3") else "audio/pcm"
        return Response(narrated.audio, media_type=media_type)

    return await _spoken(request, voice_id, service, rendered)


async def _spoken(
    request: Request, voice_id: str, service: Service, rendered: Callable[[Narration, str], Response]
) -> Response:
    body = await _body(request)
    call_of(request).model = body.model_id
    call_of(request).asks(body.text)
    name = request.query_params.get("output_format", "mp3_44100_128")
    form = _format(name)
    _check(body)
    check_voice(service, voice_id)
    speed = (body.voice_settings.speed if body.voice_settings else None) or 1.0
    order = NarrationOrder(body.text, voice_id, form, speed, body.seed or 0, body.language_code or "")

    async def make() -> Response:
        answer = rendered(await service.answers.narration(order), name)
        answer.headers["request-id"] = uuid4().hex
        answer.headers["character-cost"] = str(len(body.text))
        return answer

    return await respond(request, service.control, make, refusal=_refusal)


async def _body(request: Request) -> SpeechRequest:
    """The body; raises 422 in FastAPI's shape, which is ElevenLabs's too."""
    try:
        return SpeechRequest.model_validate(json.loads(await request.body()))
    except ValidationError as error:
        detail = [
            {**one, "loc": ["body", *one["loc"]]} for one in error.errors(include_url=False, include_context=False)
        ]
    except ValueError as error:
        detail = [{"type": "json_invalid", "loc": ["body"], "msg": f"JSON decode error: {error}"}]
    raise WireError(422, {"detail": detail})


def _format(name: str) -> AudioFormat:
    """The output format of that name; raises 400 for one that is not made here."""
    found = re.fullmatch(r"(mp3|pcm)_(\d+)(?:_(\d+))?", name)
    rate, kilobits = (int(found[2]), int(found[3] or 0)) if found else (0, 0)
    if found and found[1] == "mp3" and kilobits in _KILOBITS.get(rate, ()):
        return AudioFormat(rate, kilobits)
    if found and found[1] == "pcm" and not kilobits and rate in _PCM_RATES:
        return AudioFormat(rate, None)
    raise elevenlabs_error(400, "invalid_output_format", f"Output format '{name}' is not supported.")


def _check(body: SpeechRequest) -> None:
    most = MOST_CHARACTERS.get(body.model_id)
    if most is None:
        raise elevenlabs_error(
            400, "model_not_found", f"A model with model ID {body.model_id} does not exist ({body.model_id})."
        )
    if not body.text.strip():
        raise elevenlabs_error(400, "input_text_empty", "Input text is empty.")
    if len(body.text) > most:
        message = f"This request has {len(body.text)} characters; {body.model_id} takes {most} at most."
        raise elevenlabs_error(400, "max_character_limit_exceeded", message)
    if body.model_id == "eleven_v3" and (body.previous_text or body.next_text):
        message = "Providing previous_text or next_text is not yet supported with the 'eleven_v3' model."
        raise elevenlabs_error(400, "unsupported_model", message)


def _alignment(times: Alignment) -> dict[str, Any]:
    return {
        "characters": times.characters,
        "character_start_times_seconds": times.starts,
        "character_end_times_seconds": times.ends,
    }


def _refusal() -> Response:
    raise against_policy()
