"""The keys that check bearer tokens: a shared secret, or the identity provider's published ones."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Protocol

import httpx
import jwt

from storytailor.errors import ServiceUnavailableError

log = logging.getLogger("storytailor.api")

KEPT_SECONDS = 600.0
ASKED_AGAIN_AFTER = 10.0
TIMEOUT = 5.0


class Keys(Protocol):
    """A source of keys. The algorithms are the source's, never the token's."""

    algorithms: list[str]

    async def key(self, kid: object) -> str | jwt.PyJWK:
        """The key with this id (a token's `kid`, which may be anything). Raises jwt.PyJWTError."""


class SharedSecret:
    """HS256 with one secret: `JWT_SECRET`."""

    def __init__(self, secret: str) -> None:
        self.algorithms = ["HS256"]
        self._secret = secret

    async def key(self, kid: object) -> str:
        """The secret, whatever the id."""
        return self._secret


class PublishedKeys:
    """RS256 and ES256 with the keys at `JWT_JWKS_URL`, kept for ten minutes.

    A key id not seen before has them fetched again, since keys rotate; but not more often than every ten
    seconds, or anybody could have us ask the identity provider as often as they liked.
    """

    def __init__(self, url: str) -> None:
        self.algorithms = ["RS256", "ES256"]
        self._url = url
        self._keys: dict[object, jwt.PyJWK] = {}
        self._fetched = -KEPT_SECONDS
        self._asked = -ASKED_AGAIN_AFTER
        self._fetching = asyncio.Lock()

    async def key(self, kid: object) -> jwt.PyJWK:
        """The published key of this id. Raises ServiceUnavailableError when none could ever be fetched."""
        if self._lacks(kid):
            async with self._fetching:
                if self._lacks(kid):  # nobody fetched it while we waited
                    await self._fetch()
        if not self._keys:
            raise ServiceUnavailableError(
                "The keys that check bearer tokens cannot be fetched. Is JWT_JWKS_URL right?", retry_after=10
            )
        if not isinstance(kid, str) or kid not in self._keys:
            raise jwt.InvalidTokenError("no such key")
        return self._keys[kid]

    def _lacks(self, kid: object) -> bool:
        now = time.monotonic()
        unknown = not isinstance(kid, str) or kid not in self._keys
        return (unknown or now - self._fetched > KEPT_SECONDS) and now - self._asked >= ASKED_AGAIN_AFTER

    async def _fetch(self) -> None:
        """Fetch the keys; when that fails, the ones we have go on."""
        self._asked = time.monotonic()
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT) as client:
                answer = (await client.get(self._url)).raise_for_status()
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        except (httpx.HTTPError, ValueError, AttributeError, jwt.PyJWTError) as error:  # down, or no key set
            log.warning("The keys at JWT_JWKS_URL could not be fetched: %r", error)
            return
        self._keys = {key.key_id: key for key in keys if key.algorithm_name in self.algorithms}
        self._fetched = time.monotonic()
