"""Which voices a story may name: an account's other voices may be clones of other people."""

from __future__ import annotations

from storytailor.endpoints import endpoint
from storytailor.errors import ValidationError
from storytailor.providers.listed_voices import ListedVoices
from storytailor.settings import Settings

WHERE = "body.voice_id"


async def offered_voices(settings: Settings, listed: ListedVoices) -> dict[str, str | None]:
    """What `require_voice` takes, by id, with the account's names for them where it tells them."""
    names = await listed.names()
    allowed = _allowed(settings) or (set(names) if _emulated(settings) else set())
    return {voice: names.get(voice) for voice in sorted(allowed, key=lambda voice: (names.get(voice, voice), voice))}


def require_voice(settings: Settings, voice_id: str | None) -> None:
    """Raise ValidationError, which says what may be chosen, for a voice that is not in VOICES or VOICE_ID.

    Without either any voice is taken where the emulator speaks: it has no account, and nobody's voice.
    """
    allowed = _allowed(settings)
    if voice_id is None or voice_id in allowed or (not allowed and _emulated(settings)):
        return
    choice = f"choose one of {', '.join(sorted(allowed))}" if allowed else "there is none to choose from: leave it out"
    what = f"This voice is not for this; {choice}"
    raise ValidationError(f"The request is not as documented: {WHERE}: {what}.", [{"where": WHERE, "what": what}])


def _allowed(settings: Settings) -> frozenset[str]:
    return settings.voices | ({settings.voice_id} if settings.voice_id else set())


def _emulated(settings: Settings) -> bool:
    return (endpoint(settings, "voice").base_url or "").startswith(settings.emulator_url)
