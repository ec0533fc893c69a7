"""The story database as an operator's command reaches it: DATABASE_URL's, or that of the stack that runs here."""

from __future__ import annotations

import asyncio

from storytailor.errors import SettingsError
from storytailor.settings import Settings
from storytailor_cli.local_stack import postgres
from storytailor_cli.local_stack.state import RunningStack, State


async def database_url(settings: Settings, running: RunningStack | None) -> str:
    """Its URL. Raises SettingsError where there is none."""
    if settings.database_url is None and running is not None:
        cluster = await asyncio.to_thread(postgres.prepare, State(settings.state_dir).postgres)
        return cluster.url("storytailor")
    if settings.database_url is None:
        raise SettingsError(f"No stack runs in {settings.state_dir}, and DATABASE_URL is not set: nobody to ask.")
    return settings.database
