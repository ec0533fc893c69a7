"""Choosing a narrator among an account's voices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NARRATING = frozenset({"narration", "narrative_story", "audiobook", "storytelling", "warm", "characters_animation"})


@dataclass(frozen=True)
class Voice:
    """A voice of the account."""

    id: str
    name: str
    category: str  # "cloned", "generated", "professional", "premade", …
    languages: frozenset[str]
    labels: frozenset[str]


def fitting(voices: Sequence[Voice], language: str) -> Voice | None:
    """The first that speaks the language, tells stories and stays; None only where there is no voice at all.

    Premade voices come last: ElevenLabs takes them away at the end of 2026, and new accounts have none.
    """
    spoken = language.partition("-")[0].lower()

    def unfitness(voice: Voice) -> tuple[bool, bool, bool]:
        speaks_another = bool(voice.languages) and spoken not in voice.languages
        return speaks_another, voice.category == "premade", not voice.labels & NARRATING

    return min(voices, key=unfitness, default=None)
