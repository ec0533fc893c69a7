"""What an account at ElevenLabs has: voices, models, a subscription. Clients check these first: the calls are free."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from emulator.elevenlabs_models import MOST_CHARACTERS
from emulator.service import Emulator, Service
from emulator.traffic import json_response, respond
from emulator.wire_errors import against_policy, elevenlabs_error
from emulator_models import narrator

router = APIRouter()
_NOVEMBER_2026 = 1_793_491_200
_CREDITS, _SPENT = 100_000, 3_362
_LANGUAGES = {"en": "English", "de": "German", "es": "Spanish", "fr": "French", "ja": "Japanese", "pt": "Portuguese"}


@dataclass(frozen=True)
class _Listed:
    """A voice of the account. `category` as ElevenLabs has it: premade, professional, generated, cloned."""

    id: str
    name: str
    description: str
    category: str = "premade"
    language: str = "en"
    accent: str = "american"


_CATEGORIES = {"Rachel": "professional", "Charlotte": "professional"}
_VOICES = (
    *(
        _Listed(voice.id, voice.name, voice.description, _CATEGORIES.get(voice.name, "premade"))
        for voice in narrator.VOICES
    ),
    _Listed("Xb7hH8MSUJpSbSDYk0k2", "Alice", "A clear, engaging educator", accent="british"),
    _Listed("v3V1d2rk6528UrLKRuy8", "Susi", "Eine ruhige Erzählerin", "professional", "de", "standard"),
    _Listed("g8mQ4nZpTq2VbR7sLw1K", "Grandmother by the fire", "Made from a description", "generated"),
)


@router.get("/voices")
async def voices(request: Request, service: Emulator) -> Response:
    """Lists the account's voices."""

    async def make() -> Response:
        return json_response({"voices": [_voice(voice) for voice in _of_account(service)]})

    return await respond(request, service.control, make, refusal=_refusal)


@router.get("/voices/{voice_id}")
async def one_voice(request: Request, voice_id: str, service: Emulator) -> Response:
    """One voice of the account."""

    async def make() -> Response:
        found = next((voice for voice in _of_account(service) if voice.id == voice_id), None)
        if found is None:
            raise elevenlabs_error(404, "voice_not_found", f"A voice with the voice_id {voice_id} was not found.")
        return json_response(_voice(found))

    return await respond(request, service.control, make, refusal=_refusal)


@router.get("/models")
async def models(request: Request, service: Emulator) -> Response:
    """Lists the models."""

    async def make() -> Response:
        return json_response([_model(model, most) for model, most in MOST_CHARACTERS.items()])

    return await respond(request, service.control, make, refusal=_refusal)


@router.get("/user")
async def user(request: Request, service: Emulator) -> Response:
    """The account."""

    async def make() -> Response:
        return json_response(
            {
                "user_id": "Vx3kQ9mT2bRZ7nW5pLs8",
                "workspace_id": "8f14e45fceea4d67a8f2c1b0d9e7a653",
                "subscription": _subscription(len(_of_account(service))),
                "is_new_user": False,
                "can_use_delayed_payment_methods": False,
                "is_onboarding_completed": True,
                "is_onboarding_checklist_completed": True,
                "is_api_key_hashed": True,
                "first_name": "Storyteller",
                "created_at": _NOVEMBER_2026,
                "seat_type": "workspace_admin",
            }
        )

    return await respond(request, service.control, make, refusal=_refusal)


@router.get("/user/subscription")
async def subscription(request: Request, service: Emulator) -> Response:
    """What the account pays for, and how much of it is left."""

    async def make() -> Response:
        return json_response(_subscription(len(_of_account(service))))

    return await respond(request, service.control, make, refusal=_refusal)


def check_voice(service: Service, voice_id: str) -> None:
    """Raises 404 for a voice that the account has not, where the settings name those it has."""
    owned = service.control.config.voices
    if owned is not None and voice_id not in owned:
        raise elevenlabs_error(404, "voice_not_found", f"A voice with the voice_id {voice_id} was not found.")


def _of_account(service: Service) -> list[_Listed]:
    owned = service.control.config.voices
    if owned is None:
        return list(_VOICES)
    known = {voice.id: voice for voice in _VOICES}
    return [known.get(voice, _Listed(voice, "Own voice", "Cloned from a recording", "cloned")) for voice in owned]


def _voice(voice: _Listed) -> dict[str, object]:
    return {
        "voice_id": voice.id,
        "name": voice.name,
        "category": voice.category,
        "description": voice.description,
        "labels": {"accent": voice.accent, "use_case": "narrative_story", "language": voice.language},
        "preview_url": None,
        "available_for_tiers": [],
        "high_quality_base_model_ids": list(MOST_CHARACTERS),
        "verified_languages": [
            {"language": voice.language, "model_id": "eleven_multilingual_v2", "accent": voice.accent}
        ],
        "is_owner": voice.category in ("generated", "cloned"),
        "is_legacy": False,
        "created_at_unix": None if voice.category == "premade" else _NOVEMBER_2026,
    }


def _model(model: str, most: int) -> dict[str, object]:
    return {
        "model_id": model,
        "name": model.replace("_", " ").title(),
        "can_be_finetuned": False,
        "can_do_text_to_speech": True,
        "can_do_voice_conversion": False,
        "can_use_style": model == "eleven_multilingual_v2",
        "can_use_speaker_boost": model == "eleven_multilingual_v2",
        "serves_pro_voices": False,
        "token_cost_factor": 0.5 if "flash" in model or "turbo" in model else 1.0,
        "requires_alpha_access": False,
        "max_characters_request_free_user": min(most, 2_500),
        "max_characters_request_subscribed_user": most,
        "maximum_text_length_per_request": most,
        "languages": [{"language_id": code, "name": name} for code, name in _LANGUAGES.items()],
        "model_rates": {"character_cost_multiplier": 1.0},
        "concurrency_group": "turbo" if "flash" in model or "turbo" in model else "standard",
    }


def _subscription(voice_slots_used: int) -> dict[str, object]:
    return {
        "tier": "creator",
        "character_count": _SPENT,
        "character_limit": _CREDITS,
        "max_credit_limit_extension": 0,
        "can_extend_character_limit": False,
        "allowed_to_extend_character_limit": False,
        "next_character_count_reset_unix": _NOVEMBER_2026 + 2_592_000,
        "voice_slots_used": voice_slots_used,
        "professional_voice_slots_used": 0,
        "professional_voice_slots_used_in_workspace": 0,
        "voice_limit": 30,
        "voice_add_edit_counter": 0,
        "professional_voice_limit": 1,
        "can_extend_voice_limit": False,
        "can_use_instant_voice_cloning": True,
        "can_use_professional_voice_cloning": True,
        "currency": "usd",
        "current_overage": {"amount": "0", "currency": "usd"},
        "status": "active",
        "billing_period": "monthly_period",
        "character_refresh_period": "monthly_period",
    }


def _refusal() -> Response:
    raise against_policy()
