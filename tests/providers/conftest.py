"""A provider that answers whatever a test lets it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from emulator.testing import serving


@dataclass
class Provider:
    """Answers chats with `says`, pictures with `draws`, moderations with `judges`; what it was sent is written down.

    So many `downloads_fail` of a picture by its own URL.
    With a `refusal`, its first answer is that, and any later one an error of its own.
    """

    url: str = ""
    says: Any = None
    draws: Any = None
    judges: Any = None
    refusal: Response | None = None
    downloads_fail: int = 0
    sent: list[tuple[str, str, Any]] = field(default_factory=list)
    """Path, key and body of each call."""

    def forget(self) -> None:
        """Be as at the start."""
        self.says = self.draws = self.judges = self.refusal = None
        self.downloads_fail = 0
        self.sent.clear()

    def refuses(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """From now on: this refusal, a page where `body` is text."""
        self.sent.clear()
        self.refusal = (HTMLResponse if isinstance(body, str) else JSONResponse)(body, status, headers)

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        body = await request.body()
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        is_json = request.headers.get("content-type", "").startswith("application/json")
        self.sent.append((request.url.path, key, json.loads(body) if is_json and body else body))
        if self.refusal is not None:
            return self.refusal if len(self.sent) == 1 else Response(status_code=500)
        if request.url.path.endswith("/picture"):
            if self.downloads_fail:
                self.downloads_fail -= 1
                return Response(status_code=503)
            return Response(picture("JPEG"), media_type="image/jpeg")
        if "images" in request.url.path:
            return JSONResponse({"created": 1, "data": [self.draws]})
        if "moderations" in request.url.path:
            return JSONResponse(self.judges) if self.judges else Response("<h1>Not Found</h1>", 404)
        if isinstance(self.says, dict):
            return JSONResponse(self.says)
        message = {"role": "assistant", "content": self.says}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return JSONResponse({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})


def picture(form: str) -> bytes:
    """A small picture, in this format."""
    file = io.BytesIO()
    Image.new("RGB", (16, 16), "#336699").save(file, form)
    return file.getvalue()


@pytest.fixture(scope="session")
def _provider() -> Iterator[Provider]:
    provider = Provider()
    app = Starlette(routes=[Route("/{path:path}", provider.answer, methods=["GET", "POST"])])
    with serving(app) as provider.url:
        yield provider


@pytest.fixture
def provider(_provider: Provider) -> Provider:
    """A provider that has been told nothing yet."""
    _provider.forget()
    return _provider
