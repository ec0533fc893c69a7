"""The URLs by which stored objects are read: signed ones that end, or a public CDN's for finished books."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from storytailor.derived_keys import derived_key
from storytailor.providers.object_store.presigned import bucket_signer
from storytailor.providers.object_store.signatures import FolderSigner
from storytailor.providers.object_store.store import is_of_a_book
from storytailor.settings import Settings

UrlOf = Callable[[str], str]
"""An object's URL by its key."""
REMEMBERED = 16_384
"""URLs that are not signed again as long as they stay the same."""


class Signer(Protocol):
    """Signs URLs of one store."""

    async def credentials(self) -> Any:
        """What `sign` wants. Raises ServiceUnavailableError when there are none."""

    def sign(self, key: str, credentials: Any, signed_at: int, seconds: int) -> str:
        """The URL that opens this object, and no other, until `signed_at + seconds`."""


class ObjectUrls:
    """URLs of one store's objects that hold for `seconds` at the most, and for half of that at the least.

    Within half of that time an object has one URL, whichever process makes it, so that browsers keep what they have.
    """

    def __init__(
        self, signer: Signer, seconds: float, *, public_url: str | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        """`public_url`: where anybody may read the files of finished books; None where nobody may."""
        self._seconds = int(seconds)
        self._step = max(self._seconds // 2, 1)
        self._public_url = public_url
        self._clock = clock
        self._signer = signer
        self._sign = lru_cache(REMEMBERED)(signer.sign)

    async def current(self) -> UrlOf:
        """How keys become URLs now: use it at once, for one answer. Raises ServiceUnavailableError."""
        credentials = await self._signer.credentials()
        signed_at = int(self._clock()) // self._step * self._step

        def url_of(key: str) -> str:
            if self._public_url is not None and is_of_a_book(key):
                return self._public_url + key
            return self._sign(key, credentials, signed_at, self._seconds)

        return url_of


def open_urls(settings: Settings, *, seconds: float | None = None) -> ObjectUrls:
    """The URLs of the store that is set, for ASSETS_URL_MINUTES or these `seconds`.

    Raises SettingsError as `open_store` does, and where there is nothing to sign with.
    """
    bucket = settings.assets_bucket
    return ObjectUrls(
        folder_signer(settings) if bucket is None else bucket_signer(settings, bucket),
        settings.assets_url_minutes * 60 if seconds is None else seconds,
        public_url=settings.assets_url if settings.books_are_public else None,
    )


def folder_signer(settings: Settings) -> FolderSigner:
    """The signer of the folder's URLs. Raises SettingsError where there is nothing to sign with."""
    return FolderSigner(settings.assets_url, derived_key(settings, "stored objects"))
