"""The answers that stand as bodies in TOML files.

In a body and in headers, `$model` is the call's model, `$request_id` a new id, and the wait is `$wait` ("1m30s",
"850ms"), `$wait_seconds` (whole, rounded up) or `$wait_milliseconds`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from math import ceil
from string import Template
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from emulator.log import Call, Provider
from emulator.real_answers.answer import BOTH, RealAnswer

_FILES: tuple[tuple[str, tuple[Provider, ...]], ...] = (
    ("openai", ("openai",)),
    ("elevenlabs", ("elevenlabs",)),
    ("gateways", BOTH),
)


@dataclass(frozen=True)
class Body(RealAnswer):
    """An answer whose body is known; `wait` are the seconds it asks to wait where it names any."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0

    async def to(
        self, request: Request, make: Callable[[], Awaitable[Response]], wait_seconds: float | None
    ) -> Response:
        """See `RealAnswer`."""
        call: Call = request.state.call
        seconds = self.wait if wait_seconds is None else wait_seconds
        request_id = f"req_{uuid4().hex}" if call.provider == "openai" else uuid4().hex
        words = {
            "model": call.model or request.path_params.get("model", "gpt-image-2"),
            "request_id": request_id,
            "wait": duration(seconds),
            "wait_seconds": str(ceil(seconds)),
            "wait_milliseconds": str(round(seconds * 1000)),
        }
        headers = {name: Template(value).safe_substitute(words) for name, value in self.headers.items()}
        headers["x-request-id" if call.provider == "openai" else "request-id"] = request_id
        body = Template(self.body).safe_substitute(words)
        return Response(body.encode(), self.status, headers, media_type=_media_type(body))


def bodies() -> Iterator[Body]:
    """All of them, as the files have them."""
    for name, providers in _FILES:
        document: dict[str, dict[str, Any]] = tomllib.loads(
            files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
        )
        for answer, entry in document.items():
            yield Body(name=answer, providers=providers, **entry)


def duration(seconds: float) -> str:
    """A duration as OpenAI writes it: "12s", "1m30s", "2h0m0s", "850ms", "1.5s"."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds, 3), 60)
    hours, minutes = divmod(int(minutes), 60)
    head = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
    return f"{head}{rest:g}s"


def _media_type(body: str) -> str:
    if body.startswith("<"):
        return "text/html; charset=utf-8"
    return "application/json" if body.startswith("{") else "text/plain; charset=utf-8"
