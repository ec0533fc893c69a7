"""Middlewares for every request: an id for the logs, and limits to its body."""

from __future__ import annotations

import asyncio
import logging
import re
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import InternalError, error_response
from api.limits import IMAGE_LIMITS, JSON_LIMITS, BodyLimits
from api.secret_paths import loggable
from storytailor import tracing
from storytailor.errors import PayloadTooLargeError
from storytailor.logs import about

log = logging.getLogger("storytailor.api")

IMAGE_UPLOAD_PATH = re.compile(r"/api/v1/characters/[^/]+/reference-images")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIdMiddleware:
    """Gives each request an id (`X-Request-ID`, the caller's own if it sends one), and answers unexpected exceptions.

    Such an exception is logged under that id and answered without detail. Once an answer has begun it is too late
    for another: the exception goes on, and the server closes the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id, and answer it if that fails."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if REQUEST_ID.fullmatch(offered) else uuid4().hex
        begun = False

        async def with_id(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        tracing.tell({tracing.REQUEST: request_id})
        with about(request=request_id):  # the server's own line about the request as well
            try:
                await self.app(scope, receive, with_id)
            except Exception:
                log.exception("Request %s failed: %s %s", request_id, scope["method"], loggable(scope["path"]))
                if begun:
                    raise
                await error_response(InternalError(request_id))(scope, receive, with_id)


class BodyLimitMiddleware:
    """Refuses a body that is larger than its BodyLimits before it is read into memory, and one that arrives too slowly.

    Starlette has such a middleware, but its refusal is plain text, not our envelope.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse at once what is announced as too large, and count what is not announced."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limits = IMAGE_LIMITS if IMAGE_UPLOAD_PATH.fullmatch(scope["path"]) else JSON_LIMITS
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > limits.max_bytes:
            await error_response(PayloadTooLargeError(limits.too_large))(scope, receive, send)
            return
        await self.app(scope, _LimitedReceive(receive, limits), send)


class _LimitedReceive:
    """A `receive` that counts. What it raises is an HTTPException, which FastAPI lets through as it is."""

    def __init__(self, receive: Receive, limits: BodyLimits) -> None:
        self._receive = receive
        self._limits = limits
        self._bytes = 0
        self._whole = False
        self._deadline = asyncio.get_running_loop().time() + limits.seconds

    async def __call__(self) -> Message:
        if self._whole:  # what comes now is the disconnect, and that may take as long as it likes
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, f"The body did not arrive within {self._limits.seconds:g} seconds") from None
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._limits.max_bytes:
            raise HTTPException(413, self._limits.too_large)
        self._whole = not message.get("more_body", False)
        return message
