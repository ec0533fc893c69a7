"""Keys for what this house signs itself, each derived from one secret for one purpose."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from storytailor.errors import SettingsError
from storytailor.settings import Settings

Purpose = Literal["stored objects", "shared links", "deleted accounts"]


def derived_key(settings: Settings, purpose: Purpose) -> bytes:
    """32 bytes that follow from URL_SECRET, else JWT_SECRET. Raises SettingsError when there is neither."""
    secret = settings.url_secret or settings.jwt_secret
    if secret is None:
        raise SettingsError(
            "URL_SECRET is not set, and without JWT_SECRET there is nothing to sign URLs and shared links with: "
            "set it to 32 bytes or more, such as what `openssl rand -hex 32` prints, the same for every API process."
        )
    return hmac.digest(secret.get_secret_value().encode(), f"storytailor {purpose}".encode(), hashlib.sha256)
