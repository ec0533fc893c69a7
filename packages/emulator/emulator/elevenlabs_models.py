"""The voice models of ElevenLabs, and how many characters each reads in one call."""

from __future__ import annotations

MOST_CHARACTERS = {
    "eleven_multilingual_v2": 10_000,
    "eleven_turbo_v2_5": 40_000,
    "eleven_flash_v2_5": 40_000,
    "eleven_flash_v2": 30_000,
    "eleven_turbo_v2": 30_000,
    "eleven_v3": 5_000,
}
