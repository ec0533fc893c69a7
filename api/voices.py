"""Which voices a story may name: an account's other voices may be clones of other people."""

from __future__ import annotations

from storytailor.endpoints import endpoint
from storytailor.errors import ValidationError
from storytailor.settings import Settings

WHERE = "body.voice_id"


def require_voice(settings: Settings, voice_id: str | None) -> None:
    """Raise ValidationError, which says what may be chosen, for a voice that is not in VOICES or VOICE_ID.

    Without either any voice is taken where the emulator speaks: it has no account, and nobody's voice.
    """
    allowed = settings.voices | ({settings.voice_id} if settings.voice_id else set())
    if voice_id is None or voice_id in allowed or (not allowed and _emulated(settings)):
        return
    choice = f"choose one of {', '.join(sorted(allowed))}" if allowed else "there is none to choose from: leave it out"
    what = f"This voice is not for this; {choice}"
    raise ValidationError(f"The request is not as documented: {WHERE}: {what}.", [{"where": WHERE, "what": what}])


def _emulated(settings: Settings) -> bool:
    return (endpoint(settings, "voice").base_url or "").startswith(settings.emulator_url)
