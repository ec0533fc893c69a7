"""Which URLs webhooks may be sent to: a caller who names one must not make us call our own network.

A name can point elsewhere a second later, so a check holds only for the addresses it returns: connect to those.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from uuid import UUID
from weakref import WeakValueDictionary

import httpx

from storytailor.errors import StorytailorError, ValidationError

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of (host, port), as text; OSError when there are none or the lookup failed."""

LOOKUP_TIMEOUT = 2.0
"""Seconds for the lookup of a host while the caller who named it waits."""
RESOLVER_THREADS = ThreadPoolExecutor(32, thread_name_prefix="resolver")
"""Threads of their own: a caller's slow name server must not hold up whatever else needs a thread."""
LOOKUPS_OF_ONE = 3
"""Of these threads, so many at most wait for the names of one tenant: a resolver cannot be told to give up."""
RELAY_ANYCAST = ip_network("192.88.99.0/24")
GLOBAL_UNICAST = ip_network("2000::/3")
"""Outside of it lie loopback, link-local, unique local, multicast, and IPv4 in disguise: mapped, NAT64."""
SPECIAL_PURPOSE = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address, private ones too, behind a relay
        "3fff::/20",  # documentation
    )
)


class TargetRefusedError(StorytailorError):
    """The URL must not be called; the text says why."""


class TargetUnknownError(StorytailorError):
    """The URL's host has no address right now."""


@dataclass(frozen=True)
class Target:
    """A URL and the addresses it was checked for."""

    url: httpx.URL
    addresses: tuple[str, ...]


class TargetPolicy:
    """Checks URLs. `allow_local` adds this machine's loopback, by http as well: for the local stack only."""

    def __init__(self, *, allow_local: bool = False, resolve: Resolve | None = None) -> None:
        self._allow_local = allow_local
        self._resolve = resolve or resolve_by_system
        self._lookups: WeakValueDictionary[UUID | None, asyncio.Semaphore] = WeakValueDictionary()

    async def check(self, url: str, tenant: UUID | None = None) -> Target:
        """The URL with the addresses to connect to. Raises TargetRefusedError, TargetUnknownError.

        `tenant` named it: their look-ups wait for each other, LOOKUPS_OF_ONE at a time, and for nobody else's.
        """
        parsed = self._well_formed(url)
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        try:
            answers = await self._look_up(parsed.raw_host.decode("ascii"), port, tenant)
        except (OSError, UnicodeError) as error:
            raise TargetUnknownError(f"the host {parsed.host} has no address") from error
        if not answers:
            raise TargetUnknownError(f"the host {parsed.host} has no address")
        addresses = [ip_address(answer) for answer in answers]
        if not (self._allow_local and all(address.is_loopback for address in addresses)):
            _require_public(parsed, port, addresses)
        return Target(parsed, tuple(dict.fromkeys(map(str, addresses))))

    async def _look_up(self, host: str, port: int, tenant: UUID | None) -> list[str]:
        """The host's addresses. A look-up keeps its tenant's place until it has ended, whoever still waits."""
        places = self._lookups.setdefault(tenant, asyncio.Semaphore(LOOKUPS_OF_ONE))
        await places.acquire()
        looking = asyncio.ensure_future(self._resolve(host, port))
        looking.add_done_callback(lambda ended: _give_back(places, ended))
        return await asyncio.shield(looking)

    def _well_formed(self, url: str) -> httpx.URL:
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise TargetRefusedError("it is not a URL") from error
        if parsed.scheme != "https" and not (self._allow_local and parsed.scheme == "http"):
            raise TargetRefusedError("it must begin with https://")
        if not parsed.host:
            raise TargetRefusedError("it names no host")
        if parsed.userinfo:
            raise TargetRefusedError("it must not carry a user name or password")
        if parsed.port is not None and not 0 < parsed.port < 65536:
            raise TargetRefusedError(f"there is no port {parsed.port}")
        return parsed


def _give_back(places: asyncio.Semaphore, ended: asyncio.Future[list[str]]) -> None:
    places.release()
    if not ended.cancelled():
        ended.exception()  # is nobody's any more, where nobody waits


async def validate_webhook_url(policy: TargetPolicy, url: str, tenant: UUID | None = None) -> None:
    """Raise ValidationError for a request's `webhook_url` that could never be called.

    A host that cannot be looked up now is let through: every delivery looks again, and is refused then.
    """
    try:
        async with asyncio.timeout(LOOKUP_TIMEOUT):
            await policy.check(url, tenant)
    except TargetRefusedError as refusal:
        where, what = "body.webhook_url", str(refusal)
        raise ValidationError(
            f"The request is not as documented: {where}: {what}.", [{"where": where, "what": what}]
        ) from refusal
    except (TargetUnknownError, TimeoutError):
        return


async def resolve_by_system(host: str, port: int) -> list[str]:
    """What this machine's resolver says."""
    loop = asyncio.get_running_loop()
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await loop.run_in_executor(RESOLVER_THREADS, ask)
    return [str(address[0]) for *_, address in found]


def is_public(address: Address) -> bool:
    """Whether the address is globally routable and does not embed another address."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in RELAY_ANYCAST
    return address in GLOBAL_UNICAST and not any(address in network for network in SPECIAL_PURPOSE)


def _require_public(url: httpx.URL, port: int, addresses: list[Address]) -> None:
    if url.scheme != "https":
        raise TargetRefusedError("it must begin with https://, unless it is on this machine")
    if port < 1024 and port != 443:
        raise TargetRefusedError(f"port {port} is another service's: use 443, or one from 1024 up")
    if not all(map(is_public, addresses)):  # naming the address would reveal our network to a stranger
        raise TargetRefusedError(f"the host {url.host} is not on the public internet")
