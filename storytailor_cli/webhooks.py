"""`storytailor webhooks`: the dispatcher as a process of its own.

In a fleet the API's login sees one user's rows at a time, so it can send nothing; this process has the makers' login.
"""

from __future__ import annotations

import asyncio
import logging

from storytailor.at_start import send_telemetry
from storytailor.db.connecting import place_of
from storytailor.db.connection import database_of
from storytailor.db.schema import require_newest_schema
from storytailor.logs import configure
from storytailor.services import DATABASE_PATIENCE, STATEMENT_SECONDS
from storytailor.settings import Settings
from storytailor.webhooks.delivery import WebhookDelivery
from storytailor.webhooks.sender import open_sender
from storytailor.webhooks.targets import TargetPolicy
from storytailor_cli.interrupts import UserInterruptError, run

log = logging.getLogger("storytailor.webhooks")

HEARTBEAT = "webhooks.alive"
"""A file in the state directory, touched whenever the outbox has answered: at least every few seconds."""


def send_webhooks(settings: Settings) -> None:
    """Send what is due until a signal comes. Raises SettingsError where there is nothing to sign with."""
    configure(settings.log_format)
    send_telemetry(settings, "storytailor-webhooks")
    try:
        run(lambda _: _send(settings))
    except UserInterruptError:
        return


async def _send(settings: Settings) -> None:
    sender = open_sender(settings, TargetPolicy(allow_local=settings.webhook_allow_local))
    delivery = WebhookDelivery(settings, sender)
    await asyncio.to_thread(settings.state_dir.mkdir, parents=True, exist_ok=True)
    heartbeat = settings.state_dir / HEARTBEAT
    database = await database_of(settings, timeout=DATABASE_PATIENCE, statement_seconds=STATEMENT_SECONDS).open()
    try:
        await require_newest_schema(database)
        log.info("Sending the webhooks of database %s.", place_of(settings.database))
        await delivery.run(database, on_claim=heartbeat.touch)
    finally:
        await database.close()
