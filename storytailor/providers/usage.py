"""What a call to a provider used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """What one call used. Tokens as the provider counts them; `characters` for speech."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    characters: int = 0
