"""Ports: which are free on this machine, and whether a server answers on one."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from storytailor_cli.local_stack.errors import StackError

LOOPBACK = "127.0.0.1"
LOOPBACK_NAMES = (LOOPBACK, "localhost")
ANY_ADDRESS = ("0.0.0.0", "::", "")
PROBE_TIMEOUT = 2.0
REDIS_PORT = 6379
SILENT_BROKER = (
    "The broker of BROKER_URL does not answer. "
    "Start it or correct BROKER_URL; without it, the local stack brings its own."
)


def free_port() -> int:
    """A port of the loopback interface that is free right now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def reachable(host: str) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    return LOOPBACK if host in ANY_ADDRESS else host


def port_problem(host: str, port: int) -> str | None:
    """Why a server cannot listen there; None when it can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error})"
    return None


def require_free(ports: Mapping[str, tuple[str, int]]) -> None:
    """Raise StackError unless each setting's (host, port) can be listened on, naming those that cannot."""
    problems: list[str] = []
    taken_by: dict[int, str] = {}
    for setting, (host, port) in ports.items():
        if port in taken_by:
            problems.append(f"{taken_by[port]} and {setting} are both {port}: give one of them another port")
            continue
        taken_by[port] = setting
        reason = port_problem(host, port)
        if reason is not None:
            problems.append(f"Port {port} {reason}; {setting} moves it, for example {setting}={port + 1}")
    if problems:
        raise StackError(".\n  ".join(problems) + ".")


def tcp_probe(host: str, port: int) -> Callable[[], Awaitable[bool]]:
    """A function that tells whether something accepts connections there."""

    async def probe() -> bool:
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                _, writer = await asyncio.open_connection(host, port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    return probe


def http_probe(host: str, port: int, path: str) -> Callable[[], Awaitable[bool]]:
    """A function that tells whether an HTTP server answers this path with 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()

    async def probe() -> bool:
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(request)
                status = await reader.readline()
        except (OSError, TimeoutError):
            return False
        writer.close()
        return status.split(b" ", 2)[1:2] == [b"200"]

    return probe


async def broker_problem(url: str) -> str | None:
    """What keeps us from using the broker, and what to do; None when it answers a PING with our password.

    A broker on a Unix socket is assumed to be there; what is no Redis only has to take a connection. Celery
    knows other words for `ssl_cert_reqs` than the client does.
    """
    parts = urlsplit(url)
    if parts.scheme.endswith(("socket", "unix")):
        return None
    if parts.scheme not in ("redis", "rediss"):
        answers = await tcp_probe(parts.hostname or LOOPBACK, parts.port or REDIS_PORT)()
        return None if answers else SILENT_BROKER
    from redis.asyncio import Redis
    from redis.exceptions import AuthenticationError, RedisError

    known_here = url.replace("=CERT_", "=").replace("=REQUIRED", "=required").replace("=NONE", "=none")
    try:
        async with Redis.from_url(
            known_here, socket_timeout=PROBE_TIMEOUT, socket_connect_timeout=PROBE_TIMEOUT
        ) as broker:
            await broker.ping()
    except AuthenticationError:
        return "The broker of BROKER_URL does not take its password: correct it there (redis://:PASSWORD@host:6379/0)."
    except (RedisError, OSError, ValueError):
        return SILENT_BROKER
    return None
