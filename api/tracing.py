"""Each request as the first step of a trace, or as a step of its caller's."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import METHODS, route_template
from storytailor import tracing

UNTOLD = frozenset({"/health", "/ready", "/metrics"})
"""Asked for every few seconds, by machines."""


class TracingMiddleware:
    """Tells of a request by its route's template and its answer's status: its path may open a shared story."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as a step of its own."""
        if scope["type"] != "http" or scope["path"] in UNTOLD:
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                route, status = route_template(scope), message["status"]
                tracing.rename(f"{method} {route}")
                tracing.tell({"http.route": route, "http.response.status_code": status})
                if status >= 500:
                    tracing.fail(str(status))
            await send(message)

        attributes: dict[str, tracing.Attribute] = {"http.request.method": method, "url.scheme": scope["scheme"]}
        parent = Headers(scope=scope).get("traceparent")
        with tracing.span(method, "SERVER", attributes, parent=parent):
            await self.app(scope, receive, told)
