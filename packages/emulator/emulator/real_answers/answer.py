"""A real answer: its name, whose it is, where it is met."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from starlette.requests import Request
from starlette.responses import Response

from emulator.log import Call, Provider

BOTH: tuple[Provider, ...] = ("openai", "elevenlabs")


@dataclass(frozen=True)
class RealAnswer(ABC):
    """An answer other than the one asked for. `says` is a sentence about it, `source` where it was seen."""

    name: str
    providers: tuple[Provider, ...]
    says: str
    source: str
    route: str = "*"

    def fits(self, call: Call) -> bool:
        """Whether the call is one that may be answered so."""
        return call.provider in self.providers and route_matches(self.route, call.route)

    @abstractmethod
    async def to(
        self, request: Request, make: Callable[[], Awaitable[Response]], wait_seconds: float | None
    ) -> Response:
        """The answer to this request; `make` makes the one asked for. `wait_seconds` replaces the wait it names."""


def route_matches(pattern: str, route: str) -> bool:
    """Whether a route is matched by a glob (`images/*`), by itself, or by its first part (`images`)."""
    pattern = pattern.rstrip("/")
    return fnmatchcase(route, pattern) or route == pattern or route.startswith(pattern + "/")
