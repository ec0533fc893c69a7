"""The log: every call to a provider's route, the last 50,000 of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from hashlib import sha256
from time import time
from typing import Literal

from pydantic import BaseModel, Field

Provider = Literal["openai", "elevenlabs"]
KEPT = 50_000


class Call(BaseModel):
    """A call. Times are epoch seconds; `end` and `status` are None while it is under way.

    `route` is the path behind `/openai/v1/` or `/elevenlabs/v1/`. `status` stays None where nothing was
    answered. `fault` is the kind of fault that struck, if one did. `pictures` were asked for, `input_pictures` sent as
    references. `asset` and `title` are those of the prompt's data; `digest` is of the prompt or the text to be spoken:
    two calls with the same one asked for the same.
    """

    provider: Provider
    route: str
    start: float
    end: float | None = None
    status: int | None = None
    model: str | None = None
    shape: str | None = Field(default=None, serialization_alias="schema")
    asset: str | None = None
    title: str | None = None
    digest: str | None = None
    pictures: int = 0
    input_pictures: int = 0
    fault: int | str | None = None
    request_bytes: int = 0
    response_bytes: int = 0

    def asks(self, prompt: str, data: Mapping[str, object] | None = None) -> None:
        """Note what is asked for: the prompt or the text to be spoken, and the prompt's data where it has any."""
        self.digest = sha256(prompt.encode(errors="replace")).hexdigest()[:16]
        for name in ("asset", "title"):
            if data and data.get(name) is not None:
                setattr(self, name, str(data[name]))


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
