"""A tenant's own secrets, by which their webhooks are signed. What signs reads them with each message: see outbox.py.

The API writes them and cannot read them: its role is given every column but the secret. They are sealed in the database
for their tenant (storytailor/sealing.py).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from storytailor.db.accounts import ensure_user
from storytailor.db.connection import Database, fetch_all, fetch_values, send
from storytailor.errors import RateLimitedError, UnreadableSecretError
from storytailor.sealing import Sealing
from storytailor.tasks import Lasting

log = logging.getLogger(__name__)

MAX_SECRETS = 5
"""So many sign a tenant's messages at once: each is a signature in a header."""
RESEAL_SECONDS = 3600.0
"""Between two looks for secrets that are not sealed by the newest key: an older API may write one at any time."""
RESEAL_AT_ONCE = 200


@dataclass(frozen=True)
class WebhookSecretState:
    """Since when the newest secret signs, and until when any before it does beside it; None: there is none."""

    created_at: datetime | None
    former_valid_until: datetime | None


class WebhookSecrets:
    """The secrets of one database, one user's at a time. A replaced one signs for `overlap_hours` more."""

    def __init__(self, database: Database, sealing: Sealing, *, overlap_hours: float) -> None:
        self._database = database
        self._sealing = sealing
        self._overlap_hours = overlap_hours

    async def state(self, user_id: UUID) -> WebhookSecretState:
        """What there is to say of the user's secrets."""
        async with self._database.as_user(user_id) as connection:
            (state,) = await fetch_all(connection, WebhookSecretState, "webhook_secrets/state", user_id=user_id)
            return state

    async def replace(self, user_id: UUID, secret: str) -> WebhookSecretState:
        """Let this one sign from now on, and the one before for a while yet. Raises RateLimitedError at MAX_SECRETS."""
        sealed = self._sealing.seal(secret, user_id)
        async with self._database.as_user(user_id) as connection:
            await ensure_user(connection, user_id)  # and locks it: of two at once, one is the newest
            await send(connection, "webhook_secrets/forget_ended", user_id=user_id)
            full = await fetch_values(
                connection, int, "webhook_secrets/seconds_until_room", user_id=user_id, limit=MAX_SECRETS
            )
            if full:
                raise RateLimitedError(
                    f"{MAX_SECRETS} of your webhook secrets are valid, as many as may be. One ends in {full[0]} s; "
                    "to be rid of all at once, delete them.",
                    retry_after=full[0],
                )
            await send(connection, "webhook_secrets/let_end", user_id=user_id, hours=self._overlap_hours)
            await send(connection, "webhook_secrets/add", user_id=user_id, secret=sealed)
            (state,) = await fetch_all(connection, WebhookSecretState, "webhook_secrets/state", user_id=user_id)
            return state

    async def delete(self, user_id: UUID) -> None:
        """None of them signs any more."""
        async with self._database.as_user(user_id) as connection:
            await send(connection, "webhook_secrets/delete", user_id=user_id)


@dataclass(frozen=True)
class _Row:
    """A secret that the newest key has not sealed."""

    id: UUID
    user_id: UUID
    secret: str = field(repr=False)


async def keep_sealed(database: Database, sealing: Sealing) -> None:
    """Seal whatever is not sealed by the newest key, now and every hour, until cancelled. For makers."""
    sealings = Lasting("sealing of webhook secrets")
    while True:
        with sealings.turn():
            await seal_all(database, sealing)
        await asyncio.sleep(RESEAL_SECONDS)


async def seal_all(database: Database, sealing: Sealing) -> int:
    """Seal every secret that is not sealed by the newest key; how many were. What no key opens stays as it is."""
    done, unreadable, last = 0, 0, UUID(int=0)
    while rows := await database.fetch_all(
        _Row, "webhook_secrets/not_sealed_by", prefix=sealing.prefix, after=last, limit=RESEAL_AT_ONCE
    ):
        for row in rows:
            try:
                sealed = sealing.seal(sealing.open(row.secret, row.user_id), row.user_id)
            except UnreadableSecretError:
                unreadable += 1
                continue
            done += await database.execute("webhook_secrets/reseal", id=row.id, former=row.secret, secret=sealed)
        last = rows[-1].id
    if done:
        log.info("Webhook secrets sealed by the newest key: %d.", done)
    if unreadable:
        log.error(
            "%d webhook secrets open by none of our keys: add the secret that was replaced to ENCRYPTION_SECRET, "
            "after a comma.",
            unreadable,
        )
    return done
