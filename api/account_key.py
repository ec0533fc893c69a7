"""The key by which the database knows deleted accounts again, without holding whose they were."""

from __future__ import annotations

import hashlib
import hmac

from storytailor.settings import Settings


def account_key(settings: Settings) -> bytes:
    """It follows from JWT_SECRET: with another secret, accounts that were deleted before are not known any more."""
    secret = settings.jwt_secret.get_secret_value() if settings.jwt_secret else ""
    return hmac.digest(secret.encode(), b"storytailor deleted accounts", hashlib.sha256)
