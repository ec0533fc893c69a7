"""Answers that are made as asked, and then spoilt."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from emulator.log import Provider
from emulator.real_answers.answer import RealAnswer

Document = dict[str, Any]
Spoil = Callable[[Response, Request], Response]


@dataclass(frozen=True, kw_only=True)
class Spoilt(RealAnswer):
    """An answer made as asked, then changed. An answer that is an error already stays as it is."""

    spoil: Spoil

    async def to(
        self, request: Request, make: Callable[[], Awaitable[Response]], wait_seconds: float | None
    ) -> Response:
        """See `RealAnswer`."""
        return self.spoil(await make(), request)


def spoilt(
    *providers: Provider, route: str = "*", source: str
) -> Callable[[Callable[[Document, Request], object]], Spoilt]:
    """Makes an answer of a function that changes an answer's JSON document in place.

    It is named after the function, whose docstring says what it is.
    """

    def make(change: Callable[[Document, Request], object]) -> Spoilt:
        def spoil(answer: Response, request: Request) -> Response:
            document = json.loads(bytes(answer.body))
            change(document, request)
            headers = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
            return Response(json.dumps(document), answer.status_code, headers, media_type="application/json")

        return named(change, spoil, *providers, route=route, source=source)

    return make


def named(function: Callable[..., object], spoil: Spoil, *providers: Provider, route: str, source: str) -> Spoilt:
    """The answer named after a function."""
    says = " ".join((function.__doc__ or "").split())
    return Spoilt(name=function.__name__, providers=providers, says=says, source=source, route=route, spoil=spoil)
