"""What each voice model takes, and what it speaks."""

from __future__ import annotations

from dataclasses import dataclass

from storytailor.text.languages import spoken

_MULTILINGUAL = frozenset(
    "ar bg cs da de el en es fi fil fr hi hr id it ja ko ms nl pl pt ro ru sk sv ta tr uk zh".split()  # noqa: SIM905
)
"""Multilingual v2's 29 languages, as ElevenLabs lists them."""
_BREAK = ' <break time="1.2s" />'
"""A pause in ElevenLabs' own markup, which all models but v3 take."""


@dataclass(frozen=True)
class VoiceModel:
    """What the voice model of one id takes."""

    id: str
    most_characters: int
    stitches: bool = True
    """Whether it is told of the text before and after."""
    takes_language: bool = False
    """Whether `language_code` may be given; the others hear the language themselves."""
    pause: str = ""
    """What makes it pause where a page turns; empty for one that has no such mark."""
    languages: frozenset[str] | None = None
    """What it speaks; None where nothing is known, or all that any of them does."""


WIDEST = VoiceModel("eleven_v3", 5_000, stitches=False, takes_language=True)
"""Speaks over seventy languages, and so whatever the others do not."""
VOICE_MODELS = (
    VoiceModel(
        "eleven_flash_v2_5", 40_000, takes_language=True, pause=_BREAK, languages=_MULTILINGUAL | {"hu", "nb", "vi"}
    ),
    VoiceModel(
        "eleven_turbo_v2_5", 40_000, takes_language=True, pause=_BREAK, languages=_MULTILINGUAL | {"hu", "nb", "vi"}
    ),
    WIDEST,
    VoiceModel("eleven_multilingual_v2", 10_000, pause=_BREAK, languages=_MULTILINGUAL),
)


def voice_model(model: str) -> VoiceModel:
    """The limits of a voice model; one we do not know gets the tightest."""
    known = (family for family in VOICE_MODELS if family.id == model)
    return next(known, VoiceModel(model, 5_000, stitches=False))


def model_speaking(model: str, language: str) -> VoiceModel:
    """The voice model itself, or the one that speaks most where it does not speak the language."""
    chosen = voice_model(model)
    return chosen if chosen.languages is None or spoken(language) in chosen.languages else WIDEST
