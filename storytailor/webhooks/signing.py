"""Signs webhooks as Standard Webhooks (standardwebhooks.com) says, by each of the secrets that are valid now.

A tenant may have secrets of their own: then those sign, and the house's, which other tenants know, does not.

While a secret is replaced there are two: a receiver that knows either finds its signature in the header.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

from storytailor.errors import SettingsError
from storytailor.strong_secrets import require_bytes

PREFIX = "whsec_"


class WebhookSigner:
    """Makes the headers by which a receiver knows that a message is ours. `secret` is as WEBHOOK_SECRET has it.

    Without it, only messages of tenants with secrets of their own are signed.
    """

    def __init__(self, secret: str | None) -> None:
        self._house = [] if secret is None else [Webhook(key) for key in signing_keys(secret)]

    def headers(self, message_id: str, body: str, at: datetime, own_secrets: Sequence[str] = ()) -> dict[str, str]:
        """Id, time and signatures of a message that is sent now, `at`: by the tenant's own secrets, if there are any.

        Raises SettingsError where there is nothing to sign with.
        """
        webhooks = [Webhook(secret) for secret in own_secrets] or self._house
        if not webhooks:
            raise SettingsError("WEBHOOK_SECRET is not set, and nothing is sent unsigned.")
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(webhook.sign(message_id, at, body) for webhook in webhooks),
        }


def new_secret() -> str:
    """A tenant's new secret, of 32 bytes of chance."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signing_keys(secret: str) -> list[bytes]:
    """The keys in WEBHOOK_SECRET, each once. Raises SettingsError that does not repeat the secret.

    It is one secret or, with commas between, several that each begin with `whsec_`. What follows `whsec_` is Base64.
    One secret alone may lack it: it is Base64 all the same, else taken as the text it is.
    """
    if PREFIX not in secret:
        return [_key(secret)]
    items = [item.strip() for item in secret.split(",") if item.strip()]
    if not all(item.startswith(PREFIX) for item in items):
        raise SettingsError(f"WEBHOOK_SECRET is wrong: of several secrets, each begins with {PREFIX}.")
    return list(dict.fromkeys(map(_key, items)))


def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        if secret.startswith(PREFIX):
            raise SettingsError(f"WEBHOOK_SECRET is wrong: Base64 is expected after {PREFIX}.") from error
        key = secret.encode()
    require_bytes("WEBHOOK_SECRET", key)
    return key
