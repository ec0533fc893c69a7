"""A tenant's webhook secret as it is shown."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from storytailor.db.webhook_secrets import WebhookSecretState


class WebhookSecret(BaseModel):
    """What there is to say of the caller's webhook secret."""

    exists: bool = Field(description="Whether your webhooks are signed by a secret of your own.")
    created_at: datetime | None = Field(description="Since when it signs.")
    former_valid_until: datetime | None = Field(description="Until when one before it signs beside it.")

    @classmethod
    def of_state(cls, state: WebhookSecretState) -> WebhookSecret:
        """The state of the caller's secrets."""
        return cls(
            exists=state.created_at is not None,
            created_at=state.created_at,
            former_valid_until=state.former_valid_until,
        )


class NewWebhookSecret(WebhookSecret):
    """A new one, the only time that it is shown."""

    secret: str = Field(description="As Standard Webhooks' libraries take it.", examples=["whsec_bmV3LW5ldy1uZXctbmV3"])
