"""Signed URLs of our own, for objects in a folder: `<base><key>?expires=<Unix time>&signature=<HMAC-SHA256>`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote


class FolderSigner:
    """Signs keys of a folder, and says whether a signature holds. For reading only: the API serves GET and HEAD."""

    def __init__(self, base_url: str, key: bytes) -> None:
        """`base_url` ends in a slash; `key` is this purpose's own."""
        self._base_url = base_url
        self._key = key

    async def credentials(self) -> None:
        """Nothing to wait for."""

    def sign(self, key: str, credentials: None, signed_at: int, seconds: int) -> str:
        """The URL that opens this object, and no other, until `signed_at + seconds`."""
        expires = signed_at + seconds
        return f"{self._base_url}{quote(key)}?expires={expires}&signature={self._signature(key, expires)}"

    def holds(self, key: str, expires: str, signature: str, now: float) -> bool:
        """Whether this signature opens this object now. Takes as long for a wrong one as for the right one."""
        if not (expires.isascii() and expires.isdecimal() and len(expires) <= 12):
            return False
        right = hmac.compare_digest(self._signature(key, int(expires)).encode(), signature.encode())
        return right and now < int(expires)

    def _signature(self, key: str, expires: int) -> str:
        signed = hmac.digest(self._key, f"{expires}\n{key}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
