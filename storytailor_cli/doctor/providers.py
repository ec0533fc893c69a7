"""The providers: where each is, and what it answers to calls that cost nothing.

The SDKs are imported only where there is somebody to be asked: that takes seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from storytailor.endpoints import Endpoint, Role, endpoint
from storytailor.errors import SettingsError
from storytailor.settings import Settings
from storytailor_cli.doctor.finding import Finding, of_knocks, without_secrets
from storytailor_cli.local_stack.network import LOOPBACK_NAMES
from storytailor_cli.local_stack.state import RunningStack

OPENAI: tuple[Role, ...] = ("text", "vision", "image", "moderation")
TELLING = frozenset(
    {
        "image_model",
        "image_size",
        "image_quality",
        "reasoning_effort",
        "story_model",
        "analysis_model",
        "vision_model",
        "moderation",
    }
)
"""Settings that may be wrong without anybody being asked."""
VOICE: tuple[Role, ...] = ("voice",)


async def check_openai(settings: Settings, running: RunningStack | None) -> list[Finding]:
    """Key, models, sizes and moderation of those that write, look, draw and moderate."""
    places = _places(settings, "OpenAI", OPENAI)
    if isinstance(places, Finding):
        return [places]
    if _sleeps(settings, places, running):
        return [_later("OpenAI", places), *_unasked(settings)]
    from storytailor.providers.openai.knocks import knock_at_openai

    return [_where("OpenAI", places), *of_knocks("OpenAI", await knock_at_openai(settings))]


def _unasked(settings: Settings) -> list[Finding]:
    """What the settings themselves tell, where one of them is set."""
    if not settings.model_fields_set & TELLING:
        return []
    from storytailor.providers.openai.knocks import look_at_settings

    return of_knocks("OpenAI", look_at_settings(settings))


async def check_elevenlabs(settings: Settings, running: RunningStack | None) -> list[Finding]:
    """Key, model and voice of the one that narrates, and how much it still will."""
    places = _places(settings, "ElevenLabs", VOICE)
    if isinstance(places, Finding):
        return [places]
    if _sleeps(settings, places, running):
        return [_later("ElevenLabs", places)]
    from storytailor.providers.elevenlabs.knocks import knock_at_elevenlabs

    return [_where("ElevenLabs", places), *of_knocks("ElevenLabs", await knock_at_elevenlabs(settings))]


def _places(settings: Settings, name: str, roles: Sequence[Role]) -> list[Endpoint] | Finding:
    try:
        return [endpoint(settings, role) for role in roles]
    except SettingsError as error:
        return Finding(name, "no key here", str(error))


def _sleeps(settings: Settings, places: Sequence[Endpoint], running: RunningStack | None) -> bool:
    """Whether it is the emulator of a local stack that is not up; one of a fleet's own is always to be there."""
    emulated = all(place.is_emulated for place in places)
    return emulated and running is None and settings.emulator_host in LOOPBACK_NAMES


def _later(name: str, places: Sequence[Endpoint]) -> Finding:
    return Finding(name, f"no key: {_url(places[0])}, which starts with the stack")


def _where(name: str, places: Sequence[Endpoint]) -> Finding:
    keys = " and ".join(dict.fromkeys(place.key_setting for place in places if not place.is_emulated))
    return Finding(name, f"{', '.join(dict.fromkeys(map(_url, places)))}, {f'by {keys}' if keys else 'the emulator'}")


def _url(place: Endpoint) -> str:
    return without_secrets(place.base_url) if place.base_url else f"{place.provider}'s own"
