"""What happens to every request before it is looked at: a name for the logs, and a limit to its body."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import pictures
from api.errors import InternalError, failure
from storytailor.errors import PayloadTooLarge

log = logging.getLogger("storytailor.api")

MOST_BYTES = 1024 * 1024
SECONDS_TO_SEND = 30.0
TOO_LARGE = f"The body is larger than {MOST_BYTES:,} bytes."
A_PICTURES_PATH = re.compile(r"/api/v1/characters/[^/]+/reference-images")
A_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """Names each request (`X-Request-ID`, the caller's own if it sends one), and answers what nobody foresaw.

    An unexpected exception is logged under that name and answered without detail. Once an answer has begun
    there is nothing left to say: the exception goes on, and the server closes the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the request, and see that it is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if A_REQUEST_ID.fullmatch(offered) else uuid4().hex
        begun = False

        async def named(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, named)
        except Exception:
            log.exception("Request %s failed: %s %s", request_id, scope["method"], scope["path"])
            if begun:
                raise
            await failure(InternalError(request_id))(scope, receive, named)


@dataclass(frozen=True)
class Patience:
    """How much a body may be, and how long it may take."""

    most_bytes: int
    seconds: float
    too_large: str


FOR_WORDS = Patience(MOST_BYTES, SECONDS_TO_SEND, TOO_LARGE)
FOR_PICTURES = Patience(pictures.MOST_BYTES + 64 * 1024, 120.0, pictures.TOO_MANY_BYTES)
"""The picture, and the multipart form around it."""


class BodyLimit:
    """Refuses a body of over a mebibyte, or for a picture ten, before it is read into memory; and one that dawdles.

    Starlette has such a middleware, but its refusal is plain text, not our envelope.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse at once what is announced as too large, and count what is not announced."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        patience = FOR_PICTURES if A_PICTURES_PATH.fullmatch(scope["path"]) else FOR_WORDS
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > patience.most_bytes:
            await failure(PayloadTooLarge(patience.too_large))(scope, receive, send)
            return
        await self.app(scope, _Limited(receive, patience), send)


class _Limited:
    """A `receive` that counts. What it raises is an HTTPException, which FastAPI lets through as it is."""

    def __init__(self, receive: Receive, patience: Patience) -> None:
        self._receive = receive
        self._patience = patience
        self._bytes = 0
        self._whole = False
        self._deadline = asyncio.get_running_loop().time() + patience.seconds

    async def __call__(self) -> Message:
        if self._whole:  # what comes now is the disconnect, and that may take as long as it likes
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(
                408, f"The body did not arrive within {self._patience.seconds:g} seconds"
            ) from None
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._patience.most_bytes:
            raise HTTPException(413, self._patience.too_large)
        self._whole = not message.get("more_body", False)
        return message
