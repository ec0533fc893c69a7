"""Encryption of tenants' secrets at rest: whoever has the database, or a backup of it, cannot read them.

AES-256-GCM, the owner's id being the associated data: a value that was moved to another tenant's row opens there for
nobody. Each value names the key that sealed it, so that keys are replaced one after the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storytailor.derived_keys import encryption_keys
from storytailor.errors import SettingsError, UnreadableSecretError
from storytailor.settings import Settings

VERSION = "v1"
NONCE_BYTES = 12


class Sealing:
    """Seals by the first of these keys of 32 bytes, and opens by each of them. Raises SettingsError for none at all."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise SettingsError(
                "ENCRYPTION_SECRET is not set, and without URL_SECRET and JWT_SECRET there is nothing to open tenants' "
                "webhook secrets with: set what the API has."
            )
        self._ciphers = {_name_of(key): AESGCM(key) for key in reversed(keys)}
        self._newest = _name_of(keys[0])

    @property
    def prefix(self) -> str:
        """What everything begins with that the newest key has sealed."""
        return f"{VERSION}:{self._newest}:"

    def seal(self, plain: str, owner: UUID) -> str:
        """`v1:<name of the key>:<nonce and ciphertext, in Base64>`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._ciphers[self._newest].encrypt(nonce, plain.encode(), owner.bytes)
        return self.prefix + base64.urlsafe_b64encode(sealed).decode()

    def open(self, stored: str, owner: UUID) -> str:
        """What was sealed for this owner; what never was sealed is as it is. Raises UnreadableSecretError."""
        version, separator, rest = stored.partition(":")
        if not separator:
            return stored  # from a time before these were sealed
        name, _, encoded = rest.partition(":")
        cipher = self._ciphers.get(name)
        if version != VERSION or cipher is None:
            raise UnreadableSecretError(f"It was sealed by the key {name}, which follows from none of our secrets.")
        try:
            sealed = base64.b64decode(encoded, altchars=b"-_", validate=True)
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.bytes).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise UnreadableSecretError("It was changed, or is another tenant's.") from error


def open_sealing(settings: Settings) -> Sealing:
    """By the keys that these settings have. Raises SettingsError when there are none."""
    return Sealing(encryption_keys(settings))


def _name_of(key: bytes) -> str:
    """Eight digits that tell keys apart and nothing else of them."""
    return hashlib.sha256(b"storytailor name of a key " + key).hexdigest()[:8]
