"""A provider that quotes in its errors what it was sent, as several do: the worst that a log can be told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Kind = Literal["refuses", "breaks", "babbles"]
BEFORE, AFTER = 80, 180


def quoting(kind: Kind, sent: str, word: str) -> Response:
    """The answer to what was sent, with the part of it about this word in it."""
    at = max(sent.find(word), 0)
    quote = sent[max(at - BEFORE, 0) : at + AFTER]
    if kind == "babbles":
        return JSONResponse({"results": quote, "choices": [{"message": {"content": quote}}], "data": quote})
    fault = {"message": f"Invalid prompt: {quote}", "type": "invalid_request_error", "code": "invalid_value"}
    told = {"error": fault, "detail": {"status": "invalid", "message": f"Invalid text: {quote}"}}
    return JSONResponse(told, 400 if kind == "refuses" else 500)


def strings_of(sent: Any) -> Iterator[str]:
    """All that a body says, without JSON's own signs."""
    match sent:
        case str():
            yield sent
        case dict():
            for value in sent.values():
                yield from strings_of(value)
        case list():
            for value in sent:
                yield from strings_of(value)


@dataclass
class QuotingProvider:
    """Speaks no wire format: whatever is asked of it, it refuses with a quotation about `word`."""

    word: str
    kind: Kind = "refuses"
    quoted: list[str] = field(default_factory=list)

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        try:
            said = " ".join(strings_of(json.loads(body)))
        except ValueError:
            said = body.decode(errors="replace")
        if self.word in said:
            self.quoted.append(request.url.path)
        return quoting(self.kind, said, self.word)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST"])])
