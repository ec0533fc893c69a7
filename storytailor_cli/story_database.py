"""The databases as an operator's command reaches them: those of the settings, or those of the stack that runs here."""

from __future__ import annotations

import asyncio

from storytailor.errors import SettingsError
from storytailor.settings import Settings
from storytailor_cli.local_stack import postgres
from storytailor_cli.local_stack.state import RunningStack, State


async def database_url(settings: Settings, running: RunningStack | None) -> str:
    """The story database's URL. Raises SettingsError where there is none."""
    if settings.database_url is None:
        return await _embedded(settings, running, "storytailor")
    return settings.database


async def dagster_database_url(settings: Settings, running: RunningStack | None) -> str:
    """The URL of Dagster's tables. Raises SettingsError where there is none."""
    if settings.database_url is None and settings.dagster_database_url is None:
        return await _embedded(settings, running, "dagster")
    return settings.dagster_database


async def _embedded(settings: Settings, running: RunningStack | None, name: str) -> str:
    if running is None:
        raise SettingsError(f"No stack runs in {settings.state_dir}, and DATABASE_URL is not set: nobody to ask.")
    cluster = await asyncio.to_thread(postgres.prepare, State(settings.state_dir).postgres)
    return cluster.url(name)
