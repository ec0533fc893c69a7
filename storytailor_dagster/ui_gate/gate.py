"""The gate itself: an ASGI application around Dagster's."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any

from storytailor_dagster.ui_gate.login import REALM, Login
from storytailor_dagster.ui_gate.rules import HEADERS, Asked, Refusal, refusal

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger("storytailor.ui_gate")

ALIVE = "/gate/health"
"""Answers 200 to whoever asks by one of our names: what is behind the gate lives in the same process."""
WHO_IS_THERE = Refusal(401, "Who is there? This asks for the login in DAGSTER_LOGIN.")
WITHOUT_BODY = 1008
"""A WebSocket's close code for a breach of the rules."""


class UiGate:
    """Passes on what an operator does at the UI, and nothing else. `hosts`: our names besides those of loopback."""

    def __init__(self, app: App, *, hosts: Collection[str], login: Login | None) -> None:
        self._app = app
        self._hosts = hosts
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or refuse it before anything of it is read."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = _asked(scope)
        refused = refusal(asked, self._hosts)
        if refused is None and asked.path == ALIVE:
            await _answer(send, 200, {"status": "ok"})
            return
        if refused is None and self._login is not None and not self._login.admits(asked.header("authorization")):
            refused = WHO_IS_THERE
        if refused is None:
            await self._app(scope, receive, _with_headers(send))
        else:
            log.warning("Refused %s %s: %s", asked.method, asked.path, refused.why)
            await _refuse(scope, receive, send, refused)


def _asked(scope: Scope) -> Asked:
    headers: dict[str, list[str]] = defaultdict(list)
    for name, value in scope["headers"]:
        headers[name.decode("latin-1").lower()].append(value.decode("latin-1"))
    method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"].upper()
    return Asked(method, scope["path"], scope["query_string"].decode("latin-1"), headers)


async def _refuse(scope: Scope, receive: Receive, send: Send, refused: Refusal) -> None:
    if scope["type"] == "websocket":
        await receive()  # the request to connect; closing instead of accepting is answered as 403
        await send({"type": "websocket.close", "code": WITHOUT_BODY, "reason": refused.why})
        return
    extra = {"WWW-Authenticate": REALM} if refused is WHO_IS_THERE else {}
    await _answer(send, refused.status, {"error": refused.why}, extra)


async def _answer(send: Send, status: int, body: object, extra: Mapping[str, str] | None = None) -> None:
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(content)), "Cache-Control": "no-store"}
    start = {"type": "http.response.start", "status": status, "headers": _encoded({**headers, **(extra or {})})}
    await _with_headers(send)(start)
    await send({"type": "http.response.body", "body": content})


def _with_headers(send: Send) -> Send:
    """Puts our headers in the place of Dagster's; only its policy stays, and ours comes beside it."""
    replaced = {name.lower().encode() for name in HEADERS} - {b"content-security-policy"}

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in replaced]
            message["headers"] = [*kept, *_encoded(HEADERS)]
        await send(message)

    return sent


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
