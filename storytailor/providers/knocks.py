"""Knocking at all that a story's making asks from outside: the models, the voice, the object store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from storytailor.endpoints import Endpoint, endpoint
from storytailor.errors import SettingsError
from storytailor.providers.elevenlabs.knocks import knock_at_elevenlabs
from storytailor.providers.knock import Knock, Severity, problem
from storytailor.providers.object_store import open_store
from storytailor.providers.object_store.knocks import StoreKnock, knock_at
from storytailor.providers.openai.client import OPENAI_ROLES
from storytailor.providers.openai.knocks import knock_at_openai
from storytailor.settings import Settings

ALL_SECONDS = 10.0
"""How long everything together may take; a store is asked one thing after another."""


async def knock_at_all(settings: Settings) -> list[Knock]:
    """What of the real providers and of the bucket is not fine; the emulator and a folder are left out."""
    calls = []
    if _is_real(lambda: [endpoint(settings, role) for role in OPENAI_ROLES]):
        calls.append(_answered("OpenAI", knock_at_openai(settings)))
    if _is_real(lambda: [endpoint(settings, "voice")]):
        calls.append(_answered("ElevenLabs", knock_at_elevenlabs(settings)))
    if settings.assets_bucket is not None:
        calls.append(_answered("Object store", knock_at_store(settings)))
    found = await asyncio.gather(*calls)
    return [knock for knocks in found for knock in knocks if knock.severity != "fine"]


async def knock_at_store(settings: Settings) -> list[Knock]:
    """What `object_store.knocks` finds out, as knocks."""
    try:
        store = open_store(settings)
    except SettingsError as error:
        return [problem("Store", "cannot be used", str(error))]
    return [
        Knock(knock.what, knock.result, knock.remedy, _severity(knock)) for knock in await knock_at(store, settings)
    ]


def _severity(knock: StoreKnock) -> Severity:
    if knock.ok:
        return "fine"
    return "warning" if knock.warning else "problem"


async def _answered(name: str, knocks: Awaitable[list[Knock]]) -> list[Knock]:
    """The knocks at one place, which bear its name; never longer than ALL_SECONDS."""
    try:
        async with asyncio.timeout(ALL_SECONDS):
            found = await knocks
    except TimeoutError:
        remedy = "Is it up, and may this machine go there?"
        return [Knock(name, f"no answer within {ALL_SECONDS:.0f} s", remedy, "passing")]
    except SettingsError as error:
        return [problem(name, "cannot be asked", str(error))]
    return [replace(knock, what=f"{name}: {knock.what}") for knock in found]


def _is_real(places: Callable[[], list[Endpoint]]) -> bool:
    try:
        return any(not place.is_emulated for place in places())
    except SettingsError:  # a key from Parameter Store, which is not read here
        return False
