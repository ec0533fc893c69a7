"""Cross-Origin Resource Sharing: pages of the origins in `CORS_ORIGINS` may call every route.

Not Starlette's CORSMiddleware: that sends some of the headers to origins that are not allowed, answers what it refuses
in plain text, and leaves `Vary` away where no origin was sent, so that a picture which an `<img>` has put into the
browser's cache could not be fetched by the page afterwards.
"""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storytailor.origins import ANY_ORIGIN

METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")
REQUEST_HEADERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-None-Match",
    "Last-Event-ID",
    "Range",
    "X-Request-ID",
)
"""What a page may send, beyond what any page may."""
ANSWER_HEADERS = (
    "Allow",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)
"""What a page may read, beyond what any page may."""
PREFLIGHT_SECONDS = 7200
"""How long a browser need not ask again; Chromium keeps an answer no longer."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": ", ".join(REQUEST_HEADERS),
    "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
}


class CorsMiddleware:
    """Adds the headers to every answer, errors included, for the origins allowed, and none for any other.

    There are no cookies to allow: who calls is said by the bearer token, which no page has of another's.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        self.app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, and pass everything else on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Headers(scope=scope)
        allowed = self._allowed(request.get("origin"))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if allowed != ANY_ORIGIN:
                    answer.add_vary_header("Origin")  # on every answer, since it may be cached
                if allowed is not None:
                    answer["Access-Control-Allow-Origin"] = allowed
                    answer["Access-Control-Expose-Headers"] = ", ".join(ANSWER_HEADERS)
            await send(message)

        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in request:
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)

    def _allowed(self, origin: str | None) -> str | None:
        """What `Access-Control-Allow-Origin` says to this origin; None: nothing."""
        if ANY_ORIGIN in self._origins:
            return ANY_ORIGIN
        return origin if origin in self._origins else None
