"""The headers that tell a browser what it may do with an answer, beside those of the route itself."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES = ("/assets/", "/docs/static/", "/web/")
"""Pictures and books, which pages of other origins show and which say how long they are kept; pages' own files."""
NOT_A_PAGE = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


class HeadersMiddleware:
    """Lets no answer be kept, guessed at, framed or run, unless its route says otherwise; HSTS if `hsts_seconds`."""

    def __init__(self, app: ASGIApp, hsts_seconds: int | None) -> None:
        self.app = app
        self._hsts = f"max-age={hsts_seconds}; includeSubDomains" if hsts_seconds else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Complete the answer's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_file = scope["path"].startswith(FILES)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                if not is_file:
                    headers.setdefault("Cache-Control", "no-store")
                    headers.setdefault("Content-Security-Policy", NOT_A_PAGE)
                    headers.setdefault("X-Frame-Options", "DENY")
                if self._hsts:
                    headers["Strict-Transport-Security"] = self._hsts
            await send(message)

        await self.app(scope, receive, with_headers)
