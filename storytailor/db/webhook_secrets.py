"""A tenant's own secrets, by which their webhooks are signed. What signs reads them with each message: see outbox.py.

The API writes them and cannot read them: its role is given every column but the secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storytailor.db.accounts import ensure_user
from storytailor.db.connection import Database, execute, fetch_all, fetch_values
from storytailor.errors import RateLimitedError

MAX_SECRETS = 5
"""So many sign a tenant's messages at once: each is a signature in a header."""


@dataclass(frozen=True)
class WebhookSecretState:
    """Since when the newest secret signs, and until when any before it does beside it; None: there is none."""

    created_at: datetime | None
    former_valid_until: datetime | None


class WebhookSecrets:
    """The secrets of one database, one user's at a time. A replaced one signs for `overlap_hours` more."""

    def __init__(self, database: Database, *, overlap_hours: float) -> None:
        self._database = database
        self._overlap_hours = overlap_hours

    async def state(self, user_id: UUID) -> WebhookSecretState:
        """What there is to say of the user's secrets."""
        async with self._database.as_user(user_id) as connection:
            (state,) = await fetch_all(connection, WebhookSecretState, "webhook_secrets/state", user_id=user_id)
            return state

    async def replace(self, user_id: UUID, secret: str) -> WebhookSecretState:
        """Let this one sign from now on, and the one before for a while yet. Raises RateLimitedError at MAX_SECRETS."""
        async with self._database.as_user(user_id) as connection:
            await ensure_user(connection, user_id)  # and locks it: of two at once, one is the newest
            await execute(connection, "webhook_secrets/forget_ended", user_id=user_id)
            full = await fetch_values(
                connection, int, "webhook_secrets/seconds_until_room", user_id=user_id, limit=MAX_SECRETS
            )
            if full:
                raise RateLimitedError(
                    f"{MAX_SECRETS} of your webhook secrets are valid, as many as may be. One ends in {full[0]} s; "
                    "to be rid of all at once, delete them.",
                    retry_after=full[0],
                )
            await execute(connection, "webhook_secrets/let_end", user_id=user_id, hours=self._overlap_hours)
            await execute(connection, "webhook_secrets/add", user_id=user_id, secret=secret)
            (state,) = await fetch_all(connection, WebhookSecretState, "webhook_secrets/state", user_id=user_id)
            return state

    async def delete(self, user_id: UUID) -> None:
        """None of them signs any more."""
        async with self._database.as_user(user_id) as connection:
            await execute(connection, "webhook_secrets/delete", user_id=user_id)
