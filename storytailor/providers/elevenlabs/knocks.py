"""Knocking at the server that narrates: key, model, voice and what is left of the month; it costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from storytailor.endpoints import endpoint
from storytailor.errors import PermanentError
from storytailor.providers.elevenlabs.client import ElevenLabs
from storytailor.providers.elevenlabs.voices import fitting
from storytailor.providers.knock import Knock, gathered, problem, tried, warning
from storytailor.settings import Settings

CHARACTERS_A_STORY = 3_500
LANGUAGE = "en"
"""Asked for where a story does not say."""


async def knock_at_elevenlabs(settings: Settings) -> list[Knock]:
    """Ask for the voice, the voice model and what is left of the month. Raises SettingsError for a missing key."""
    foreign = endpoint(settings, "voice").kind == "other"
    async with ElevenLabs(settings) as narrator:

        async def voice() -> Knock:
            if settings.voice_id is not None:
                found = await narrator.voice(settings.voice_id)
                return Knock("VOICE_ID", f"{found.id} ({found.name}) is there")
            chosen = fitting(await narrator.voices(), LANGUAGE)
            if chosen is None:
                remedy = "Add a voice to My Voices on ElevenLabs' site, or set VOICE_ID."
                return problem("VOICE_ID", "not set, and this account has no voice", remedy)
            return Knock("VOICE_ID", f"not set: {chosen.id} ({chosen.name}) of this account narrates")

        async def model() -> Knock:
            there = await narrator.models()
            if settings.voice_model in there or (foreign and not there):
                return Knock("VOICE_MODEL", f"{settings.voice_model} is there")
            remedy = f"Set VOICE_MODEL to one of {', '.join(sorted(there))}."
            return problem("VOICE_MODEL", f"{settings.voice_model} is not there", remedy)

        async def left() -> Knock:
            rest, of = await narrator.characters_left()
            said = f"{max(rest, 0):,} of {of:,} left this month"
            if rest <= 0:
                return problem(
                    "Characters", said, "Wait for the plan's next month, take a larger plan, or raise its limit."
                )
            if rest < CHARACTERS_A_STORY:
                return warning(
                    "Characters", said, f"A story takes about {CHARACTERS_A_STORY:,}: a larger plan has more."
                )
            return Knock("Characters", said)

        return gathered(
            await asyncio.gather(
                tried("VOICE_ID", voice if settings.voice_id is None else _if_permitted("VOICE_ID", voice)),
                tried("VOICE_MODEL", _if_permitted("VOICE_MODEL", model)),
                tried("Characters", _if_permitted("Characters", left)),
            )
        )


def _if_permitted(what: str, look: Callable[[], Awaitable[Knock]]) -> Callable[[], Awaitable[Knock]]:
    """The same look; a key that may not look is no failure, for it may speak all the same."""

    async def permitted() -> Knock:
        try:
            return await look()
        except PermanentError as failure:
            if "missing_permissions" not in failure.detail:
                raise
            return Knock(what, "not looked at: the key may speak, but not read this")

    return permitted
