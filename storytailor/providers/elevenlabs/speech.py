"""What ElevenLabs speaks: a recording, and when each of its characters is heard."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True)
class Speech:
    """Spoken text: MP3 bytes, and for each character its start and end in seconds."""

    mp3: bytes
    characters: list[str]
    starts: list[float]
    ends: list[float]


class _Alignment(BaseModel):
    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class _Answer(BaseModel):
    audio_base64: str
    alignment: _Alignment | None = None


def speech_of(answer: bytes) -> Speech | None:
    """The speech of an answer of text-to-speech with timestamps, as JSON; None where it has no times.

    Takes processor time: an answer has megabytes. Raises ValueError for what cannot be read.
    """
    read = _Answer.model_validate_json(answer)
    if (times := read.alignment) is None:
        return None
    return Speech(
        base64.b64decode(read.audio_base64, validate=True),
        times.characters,
        times.character_start_times_seconds,
        times.character_end_times_seconds,
    )
