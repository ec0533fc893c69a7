"""Keys for what this house signs and seals itself, each derived from one secret for one purpose."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from pydantic import SecretStr

from storytailor.errors import SettingsError
from storytailor.settings import Settings

Purpose = Literal["stored objects", "shared links", "deleted accounts", "tenants' secrets"]


def derived_key(settings: Settings, purpose: Purpose) -> bytes:
    """32 bytes that follow from URL_SECRET, else JWT_SECRET. Raises SettingsError when there is neither."""
    secret = settings.url_secret or settings.jwt_secret
    if secret is None:
        raise SettingsError(
            "URL_SECRET is not set, and without JWT_SECRET there is nothing to sign URLs and shared links with: "
            "set it to 32 bytes or more, such as what `openssl rand -hex 32` prints, the same for every API process."
        )
    return _derived(secret, purpose)


def encryption_keys(settings: Settings) -> list[bytes]:
    """The keys that open what is sealed at rest, each once; the first one seals. None: there is no secret at all.

    They follow from ENCRYPTION_SECRET, from each of its parts in their order, then from URL_SECRET and JWT_SECRET. A
    secret gives the same key wherever it stands: a former one goes on opening as one more part of ENCRYPTION_SECRET.
    """
    found = [*settings.encryption_secrets, settings.url_secret, settings.jwt_secret]
    return list(dict.fromkeys(_derived(secret, "tenants' secrets") for secret in found if secret is not None))


def _derived(secret: SecretStr, purpose: Purpose) -> bytes:
    return hmac.digest(secret.get_secret_value().encode(), f"storytailor {purpose}".encode(), hashlib.sha256)
