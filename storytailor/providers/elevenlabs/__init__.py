"""ElevenLabs, or the emulator that speaks its wire format: a voice, and when each character is spoken."""

from storytailor.providers.elevenlabs.client import ElevenLabs
from storytailor.providers.elevenlabs.speech import Speech

__all__ = ["ElevenLabs", "Speech"]
