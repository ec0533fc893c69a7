"""What a call to a provider used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Count = Callable[["Usage"], object]
"""Told of what a call used as soon as it was answered, whether or not the answer is of any use: it is paid for."""


@dataclass(frozen=True)
class Usage:
    """What one call used. Tokens as the provider counts them; `characters` for speech.

    Of the input tokens, `cached_tokens` came from the provider's cache and `image_tokens` were pictures'; of the
    output tokens, `output_image_tokens` were. They stay 0 where the wire does not say.
    """

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    characters: int = 0
    cached_tokens: int = 0
    image_tokens: int = 0
    output_image_tokens: int = 0


def uncounted(_: Usage) -> None:
    """Count nothing."""
