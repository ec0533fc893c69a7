"""What a trace says of a provider's call, by OpenTelemetry's conventions for generative AI.

Never what was asked or answered.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

from storytailor import tracing
from storytailor.endpoints import Endpoint
from storytailor.providers.usage import Count, Usage

Operation = Literal["chat", "generate_content", "moderation"]
"""`gen_ai.operation.name`; the conventions have no word for moderation."""
Output = Literal["json", "image", "speech"]


@asynccontextmanager
async def calling(
    place: Endpoint, operation: Operation, model: str, output: Output | None = None
) -> AsyncIterator[Count]:
    """One call under way, as a step of the trace; what it used is told to what this gives."""
    server = urlsplit(place.base_url or "")
    attributes: dict[str, tracing.Attribute] = {
        "gen_ai.operation.name": operation,
        # by its wire format, as an SDK's own instrumentation would say
        "gen_ai.provider.name": "elevenlabs" if place.role == "voice" else "openai",
        "gen_ai.request.model": model,
        "gen_ai.output.type": output,
        "server.address": server.hostname,
        "server.port": server.port,
    }
    with tracing.span(f"{operation} {model}", "CLIENT", attributes):
        yield _tell


def _tell(usage: Usage) -> None:
    """What the wire did not say is left out."""
    tracing.tell(
        {
            "gen_ai.usage.input_tokens": usage.input_tokens or None,
            "gen_ai.usage.output_tokens": usage.output_tokens or None,
            "gen_ai.usage.cache_read.input_tokens": usage.cached_tokens or None,
            "storytailor.characters": usage.characters or None,
        }
    )
