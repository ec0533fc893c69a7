"""What a process does that sends webhooks: deliver what it can sign, and keep tenants' secrets sealed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from storytailor.db.connection import Database
from storytailor.db.outbox import Outbox, may_send
from storytailor.db.webhook_secrets import keep_sealed
from storytailor.derived_keys import encryption_keys
from storytailor.errors import SettingsError
from storytailor.sealing import Sealing
from storytailor.settings import Settings
from storytailor.tasks import Lasting, together
from storytailor.webhooks.dispatcher import WebhookDispatcher
from storytailor.webhooks.sender import WebhookSender

log = logging.getLogger("storytailor.webhooks")

AGAIN_SECONDS = 5.0


class WebhookDelivery:
    """Sends webhooks with what these settings have to sign by. Raises SettingsError where that is nothing.

    Without WEBHOOK_SECRET, messages of tenants who have no secret of their own wait for a process that has it; without
    a secret that opens theirs, those of tenants who have one do.
    """

    def __init__(self, settings: Settings, sender: WebhookSender) -> None:
        keys = encryption_keys(settings)
        self._house_signs = settings.webhook_secret is not None
        self._sealing = Sealing(keys) if keys else None
        self._sender = sender
        if not (self._house_signs or self._sealing):
            raise SettingsError(
                "WEBHOOK_SECRET is not set, and no ENCRYPTION_SECRET, URL_SECRET or JWT_SECRET to open tenants' own "
                "secrets with: no webhook can be signed."
            )

    async def run(self, database: Database, *, on_claim: Callable[[], None] | None = None) -> None:
        """Deliver until cancelled. `on_claim` is called whenever the outbox has answered."""
        self._warn()
        outbox = Outbox(database, self._sealing, house_signs=self._house_signs)
        works = [WebhookDispatcher(outbox, self._sender, on_claim=on_claim).run()]
        if self._sealing is not None:
            works.append(keep_sealed(database, self._sealing))
        await together(*works)

    async def run_if_it_may(self, database: Database) -> None:
        """The same, where this login is the makers'; one that sees a user's rows at a time leaves it."""
        allowed: bool | None = None
        asking = Lasting("webhook dispatcher")
        while allowed is None:
            with asking.turn():
                allowed = await may_send(database)
            if allowed is None:
                await asyncio.sleep(AGAIN_SECONDS)
        if allowed:
            await self.run(database)
        else:
            log.info("Webhooks are sent by `storytailor webhooks`: this login does not see the outbox.")

    def _warn(self) -> None:
        if not self._house_signs:
            log.warning(
                "WEBHOOK_SECRET is not set here: webhooks of users without a secret of their own wait in the outbox "
                "for a process that has it."
            )
        if self._sealing is None:
            log.warning(
                "ENCRYPTION_SECRET is not set here, nor URL_SECRET or JWT_SECRET: webhooks of users with a secret of "
                "their own wait in the outbox for a process that has what the API has."
            )
