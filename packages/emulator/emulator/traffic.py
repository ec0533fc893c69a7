"""What every call to a provider's route passes through: the log, the size limit, faults and latency."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from time import time

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emulator.control import Control, Fault
from emulator.log import Call, Provider
from emulator.real_answers import answer_to
from emulator.wire_errors import faulty, too_large

LARGEST_BODY = 64 * 1024 * 1024
LONGEST_HOLD_SECONDS = 600.0
_PREFIXES: tuple[tuple[str, Provider], ...] = (("/openai/v1/", "openai"), ("/elevenlabs/v1/", "elevenlabs"))


A_LITTLE_EARLY = 0.001
"""Seconds by which a sleep may end too soon, by the clock that the log is written by."""


class BodyTooLargeError(Exception):
    """The request's body is larger than `LARGEST_BODY`; it has been read and thrown away."""


class DropConnectionError(Exception):
    """Raised in a route to have its connection dropped without an answer."""


class Traffic:
    """ASGI middleware that logs each provider call, refuses giant bodies and drops connections on demand."""

    def __init__(self, app: ASGIApp, control: Control) -> None:
        self._app, self._control = app, control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the call on, watching it."""
        found = _provider_route(scope) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        call = self._control.log.begin(*found)
        scope.setdefault("state", {})["call"] = call

        announced = int(Headers(scope=scope).get("content-length", 0))

        async def counted_receive() -> Message:
            message = await receive()
            call.request_bytes += len(message.get("body", b""))
            while max(announced, call.request_bytes) > LARGEST_BODY:
                if not message.get("more_body"):
                    raise BodyTooLargeError
                message = await receive()
                call.request_bytes += len(message.get("body", b""))
            return message

        async def counted_send(message: Message) -> None:
            call.status = message.get("status", call.status)
            call.response_bytes += len(message.get("body", b""))
            await send(message)

        try:
            if announced > LARGEST_BODY:
                await counted_receive()
            await self._app(scope, counted_receive, counted_send)
        except BodyTooLargeError:
            await too_large(call.provider).response()(scope, receive, counted_send)
        except (
            DropConnectionError,
            asyncio.CancelledError,
        ):  # cancelled: the server stops, and waits no longer
            await _drop(receive)
        finally:
            call.end = time()


async def respond(
    request: Request,
    control: Control,
    make: Callable[[], Awaitable[Response]],
    *,
    refusal: Callable[[], Response],
    malformed: Callable[[Response], Response] | None = None,
) -> Response:
    """The call's answer after the latency asked for, or the fault that strikes it.

    A call answered takes the latency in all, not on top of what making the answer takes.

    Raises:
        WireError: a limit is used up, the fault is a status code, or `make` or `refusal` says so.
        DropConnectionError: the fault is a reset.
    """
    call = call_of(request)
    control.limiter.admit(call)
    fault = control.strike(call)
    match fault:
        case None:
            answer = await make()
        case Fault(kind=int(status)):
            raise faulty(call.provider, status, fault.code, fault.retry_after)
        case Fault(kind="timeout"):
            return await _held(request)
        case Fault(kind="reset"):
            raise DropConnectionError
        case Fault(kind="refusal"):
            answer = refusal()
        case Fault(kind="malformed"):
            answer = (malformed or broken)(await make())
        case Fault(real_answer=str(name)) if real := answer_to(call, name):
            answer = await real.to(request, make, fault.retry_after)
        case _:
            answer = await make()
    late = fault.seconds if fault and fault.kind == "slow" else 0.0
    left = call.start + control.latency(call) + late - time()
    if left > 0:
        await asyncio.sleep(left + A_LITTLE_EARLY)
    return answer


def call_of(request: Request) -> Call:
    """The request's entry in the log."""
    call: Call = request.state.call
    return call


def broken(answer: Response) -> Response:
    """A 200 whose body is no good: half its JSON, or a web page in place of sound."""
    body = bytes(answer.body)
    if answer.media_type == "application/json":
        return Response(body[: len(body) // 2], media_type="application/json")
    return Response(b"<html><body>Bad gateway</body></html>", media_type="text/html")


def json_response(content: object) -> Response:
    """Plain JSON, several times faster on megabytes of base64 than FastAPI's encoder."""
    return Response(json.dumps(content, ensure_ascii=False), media_type="application/json")


def _provider_route(scope: Scope) -> tuple[Provider, str] | None:
    path: str = scope["path"]
    for prefix, provider in _PREFIXES:
        if path.startswith(prefix):
            return provider, path.removeprefix(prefix)
    return None


async def _held(request: Request) -> Response:
    """No answer until the client has gone."""
    try:
        async with asyncio.timeout(LONGEST_HOLD_SECONDS):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        raise DropConnectionError from None
    raise DropConnectionError


async def _drop(receive: Receive) -> None:
    """Resets the TCP connection, then waits until the server has noticed, lest it answers 500.

    ASGI has no way to say this: uvicorn (checked on 0.54) hands an app the bound method of an object
    that knows its transport. Linger 0 makes the kernel send RST in place of an orderly end.
    """
    transport: asyncio.Transport = receive.__self__.transport  # type: ignore[attr-defined]
    if not transport.is_closing():
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
