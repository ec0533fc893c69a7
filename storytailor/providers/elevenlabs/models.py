"""What each voice model takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VoiceModel:
    """What the voice model of one id takes."""

    id: str
    most_characters: int
    stitches: bool = True
    """Whether it is told of the text before and after."""
    takes_language: bool = False
    """Whether `language_code` may be given; the others hear the language themselves."""


VOICE_MODELS = (
    VoiceModel("eleven_flash_v2_5", 40_000, takes_language=True),
    VoiceModel("eleven_turbo_v2_5", 40_000, takes_language=True),
    VoiceModel("eleven_v3", 5_000, stitches=False, takes_language=True),
    VoiceModel("eleven_multilingual_v2", 10_000),
)


def voice_model(model: str) -> VoiceModel:
    """The limits of a voice model; one we do not know gets the tightest."""
    known = (family for family in VOICE_MODELS if family.id == model)
    return next(known, VoiceModel(model, 5_000, stitches=False))
