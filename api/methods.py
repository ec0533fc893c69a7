"""The methods of a path: OPTIONS, HEAD wherever there is GET, and an `Allow` that names all of them.

The framework has none of it: routes of one path that differ by their method do not know of each other, so that the
first of them answers for all, and a GET route refuses HEAD.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OF_FILES = ("GET", "HEAD")


class MethodsMiddleware:
    """Answers OPTIONS and HEAD, and completes the `Allow` of what is refused with 405."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by what the path's routes can do."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = dict(scope)  # as it came: routing writes into the scope

        async def with_allow(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 405:
                MutableHeaders(scope=message)["Allow"] = _allow(methods_of(asked))
            await send(message)

        if scope["method"] == "OPTIONS" and (methods := methods_of(asked)):
            await Response(status_code=204, headers={"Allow": _allow(methods)})(scope, receive, send)
        elif scope["method"] == "HEAD" and "HEAD" not in (methods := methods_of(asked)) and "GET" in methods:
            await self._head(scope, receive, send)
        else:
            await self.app(scope, receive, with_allow)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The headers of GET. Then the answer is over, which ends a stream of events as a disconnect does."""
        as_get = {**scope, "method": "GET"}

        async def headers_only(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope.update({**as_get, "method": "HEAD"})  # the route, for what counts requests
                await send(message)
                await send({"type": "http.response.body", "body": b""})

        await self.app(as_get, receive, headers_only)


def methods_of(scope: Scope) -> list[str]:
    """The methods that some route answers at this request's path; none for a path that does not exist."""
    app: Starlette = scope["app"]
    return [
        method
        for method in METHODS
        if any(
            route.matches({**scope, "method": method})[0] is Match.FULL
            for route in app.routes
            if method in OF_FILES or not isinstance(route, Mount)  # what is mounted are folders
        )
    ]


def _allow(methods: list[str]) -> str:
    with_head = ["HEAD", *methods] if "GET" in methods and "HEAD" not in methods else methods
    return ", ".join(sorted({*with_head, "OPTIONS"}))
