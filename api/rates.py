"""How many requests a user, or an address without a login, may make a minute. Counted in each API process by itself."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import error_response
from storytailor.errors import RateLimitedError
from storytailor.settings import Settings

REMEMBERED = 50_000
"""Buckets that are not full; of more, the one used longest ago is forgotten, which is one to its favour."""


class Buckets:
    """A bucket of `per_minute` for each key, filled again evenly: all may be taken at once, or one after another."""

    def __init__(self, per_minute: int, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`what`: what they are, as in "more than 600 requests a minute"."""
        self._size = per_minute
        self._what = what
        self._clock = clock
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()  # and when that was

    def require(self, key: Hashable) -> None:
        """Raise RateLimitedError when there is nothing left for this key."""
        if (left := self._now(key)) < 1:
            wait = math.ceil((1 - left) * 60 / self._size)
            message = f"That is more than {self._size:,} {self._what} a minute. Ask again in {wait} s."
            raise RateLimitedError(message, retry_after=wait)

    def take(self, key: Hashable) -> None:
        """Take one out, though there may be none."""
        self._left[key] = (max(self._now(key) - 1, 0), self._clock())
        self._left.move_to_end(key)
        if len(self._left) > REMEMBERED:
            self._left.popitem(last=False)

    def spend(self, key: Hashable) -> None:
        """Take one out. Raises RateLimitedError when there is none."""
        self.require(key)
        self.take(key)

    def _now(self, key: Hashable) -> float:
        left, since = self._left.get(key, (float(self._size), 0.0))
        return min(left + (self._clock() - since) * self._size / 60, self._size)


@dataclass(frozen=True)
class Rates:
    """The buckets of one API process."""

    strangers: Buckets
    """By address: requests without a token that holds."""
    users: Buckets
    uploads: Buckets
    actions: Buckets
    """What has a story made again or stopped, each of which may send a webhook to somebody else's server."""

    @classmethod
    def of(cls, settings: Settings) -> Rates:
        """As the settings have them."""
        return cls(
            strangers=Buckets(settings.address_rate_per_minute, "requests without a login"),
            users=Buckets(settings.user_rate_per_minute, "requests"),
            uploads=Buckets(settings.upload_rate_per_minute, "pictures"),
            actions=Buckets(settings.action_rate_per_minute, "changes of stories"),
        )


def address_of(connection: HTTPConnection) -> str | None:
    """The address that counts: of IPv6 its network, of which a household has all; None for this machine itself."""
    try:
        address = ip_address(connection.client.host if connection.client else "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return None
    return str(address) if address.version == 4 else str(IPv6Address(int(address) >> 64 << 64))


class StrangersMiddleware:
    """Counts what comes without a login by its address, and refuses it when that has nothing left.

    Who has a token is let through to where it is checked: others at the same address must not lock a family out.
    """

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self.app = app
        self._strangers = rates.strangers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it, or refuse it."""
        address = address_of(HTTPConnection(scope)) if scope["type"] == "http" else None
        if address is None:
            await self.app(scope, receive, send)
            return
        if "authorization" not in Headers(scope=scope):
            try:
                self._strangers.require(address)
            except RateLimitedError as error:
                await error_response(error)(scope, receive, send)
                return
        try:
            await self.app(scope, receive, send)
        finally:
            if "caller" not in scope.get("state", {}):
                self._strangers.take(address)


def refuse_stranger(rates: Rates, connection: HTTPConnection) -> None:
    """Raise RateLimitedError for an address that has sent too many tokens that do not hold."""
    if (address := address_of(connection)) is not None:
        rates.strangers.require(address)
