"""Ports of this machine: which are free, and whether something answers there."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from storytailor_cli.local_stack.errors import StackError

LOOPBACK = "127.0.0.1"
LOOPBACK_NAMES = (LOOPBACK, "localhost")
ANSWER_WITHIN = 2.0
REDIS_PORT = 6379


def free_port() -> int:
    """A port of the loopback interface that is free right now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def why_not(host: str, port: int) -> str | None:
    """Why a server could not listen there; None when it could."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return (
            "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error})"
        )
    return None


def require_free(ports: Mapping[str, tuple[str, int]]) -> None:
    """See that each setting's (host, port) can be listened on. Raises StackError naming those that cannot."""
    troubles: list[str] = []
    owner: dict[int, str] = {}
    for setting, (host, port) in ports.items():
        if port in owner:
            troubles.append(f"{owner[port]} and {setting} are both {port}: give one of them another port")
            continue
        owner[port] = setting
        reason = why_not(host, port)
        if reason is not None:
            troubles.append(f"Port {port} {reason}; {setting} moves ours, such as {setting}={port + 1}")
    if troubles:
        raise StackError(".\n  ".join(troubles) + ".")


def listening(host: str, port: int) -> Callable[[], Awaitable[bool]]:
    """A look whether something accepts connections there."""

    async def look() -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                _, writer = await asyncio.open_connection(host, port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    return look


def answering(host: str, port: int, path: str) -> Callable[[], Awaitable[bool]]:
    """A look whether an HTTP server answers this path with 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()

    async def look() -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(request)
                status = await reader.readline()
        except (OSError, TimeoutError):
            return False
        writer.close()
        return status.split(b" ", 2)[1:2] == [b"200"]

    return look


async def broker_answers(url: str) -> bool:
    """Whether something listens where a redis:// URL points; a broker on a Unix socket is taken on trust."""
    parts = urlsplit(url)
    if parts.scheme.endswith(("socket", "unix")):
        return True
    return await listening(parts.hostname or LOOPBACK, parts.port or REDIS_PORT)()
