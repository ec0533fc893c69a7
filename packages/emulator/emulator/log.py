"""The log: every call to a provider's route, the last 50,000 of them."""

from __future__ import annotations

from collections import deque
from time import time
from typing import Literal

from pydantic import BaseModel, Field

Provider = Literal["openai", "elevenlabs"]
KEPT = 50_000


class Call(BaseModel):
    """A call. Times are epoch seconds; `end` and `status` are None while it is under way.

    `route` is the path behind `/openai/v1/` or `/elevenlabs/v1/`. `status` stays None where nothing was
    answered. `fault` is the kind of fault that struck, if one did. `pictures` were asked for, `input_pictures` sent as
    references.
    """

    provider: Provider
    route: str
    start: float
    end: float | None = None
    status: int | None = None
    model: str | None = None
    shape: str | None = Field(default=None, serialization_alias="schema")
    asset: str | None = None
    pictures: int = 0
    input_pictures: int = 0
    fault: int | str | None = None
    request_bytes: int = 0
    response_bytes: int = 0


class Log:
    """The calls, oldest first."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def begin(self, provider: Provider, route: str) -> Call:
        """A new call, started now."""
        call = Call(provider=provider, route=route, start=time())
        self._calls.append(call)
        return call

    def calls(self) -> list[Call]:
        """All kept calls."""
        return list(self._calls)

    def clear(self) -> None:
        """Forgets them."""
        self._calls.clear()
