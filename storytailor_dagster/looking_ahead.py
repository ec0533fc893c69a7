"""A worker asks, as it starts, whoever its stories will ask: what would fail is in its log before the first story."""

from __future__ import annotations

import asyncio
import logging

from storytailor.at_start import warn_of
from storytailor.endpoints import endpoint
from storytailor.errors import MakingError
from storytailor.providers.elevenlabs.knocks import LANGUAGE
from storytailor.providers.knocks import knock_at_all
from storytailor.services import Services
from storytailor.tasks import start

log = logging.getLogger(__name__)

_asking: list[asyncio.Task[None]] = []
"""Kept, or it might be collected before it ends."""


async def begin_to_ask(services: Services) -> None:
    """Ask beside whatever else is done, on the running loop; the calls cost nothing."""
    _asking.append(start(_warn_of_trouble(services), "look at what stories need"))


async def _warn_of_trouble(services: Services) -> None:
    """Warn of what a story would fail by, and say who narrates: the first story finds the answer kept."""
    found = await knock_at_all(services.settings)
    warn_of("", found)
    voice_fails = any(knock.what.startswith("ElevenLabs") and knock.severity != "warning" for knock in found)
    if voice_fails or endpoint(services.settings, "voice").is_emulated:
        return
    try:
        await services.elevenlabs.voice_for(LANGUAGE)
    except MakingError as failure:
        log.warning("Who narrates is not known yet: %s", failure.for_operator)
