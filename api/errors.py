"""Every error in one envelope, the framework's own included, and in a route's OpenAPI responses."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.schemas.envelope import Failure
from api.secret_paths import loggable
from storytailor.errors import (
    MakingError,
    PayloadTooLargeError,
    PermanentError,
    ProviderBusyError,
    RequestError,
    ServiceUnavailableError,
    UnauthorizedError,
    ValidationError,
)

log = logging.getLogger("storytailor.api")

Responses = dict[int | str, dict[str, Any]]
"""What FastAPI's `responses` takes: status to OpenAPI response object."""
SHORTLY, UNTIL_SOMEBODY_ACTED = 10, 300
"""`Retry-After` in seconds: of what passes by itself, and of what waits for the operator."""


class InternalError(RequestError, status=500, code="INTERNAL_ERROR", error="Internal error"):
    """A fault of ours. It is logged under the request id; what exactly happened stays inside."""

    def __init__(self, request_id: str) -> None:
        super().__init__(
            f"Something went wrong on our side. If it stays so, report it with the request id {request_id}.",
            {"requestId": request_id},
        )


class FrameworkError(RequestError, status=400):
    """What the framework refuses by itself, such as an unknown path or method."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = HTTPStatus(status).name
        self.error = HTTPStatus(status).phrase.capitalize()


def error_response(error: RequestError, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The error in its envelope, with the headers its kind calls for."""
    extra = dict(headers or {})
    if error.retry_after is not None:
        extra["Retry-After"] = str(error.retry_after)
    if isinstance(error, UnauthorizedError):
        extra["WWW-Authenticate"] = "Bearer"
    return JSONResponse(_envelope(error), error.status, extra)


def install_error_handlers(app: FastAPI) -> None:
    """Have the app answer every error in the envelope; unexpected ones are RequestIdMiddleware's."""

    @app.exception_handler(RequestError)
    async def request_error(_: Request, error: RequestError) -> JSONResponse:
        return error_response(error)

    @app.exception_handler(MakingError)
    async def part_away(request: Request, error: MakingError) -> JSONResponse:
        return error_response(_unavailable(f"{request.method} {loggable(request.url.path)}", error))

    @app.exception_handler(RequestValidationError)
    async def validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        faults = [_fault(fault) for fault in error.errors()]
        first = faults[0]
        message = f"The request is not as documented: {first['where']}: {first['what']}."
        return error_response(ValidationError(message, faults))

    @app.exception_handler(HTTPException)
    async def framework_error(request: Request, error: HTTPException) -> JSONResponse:
        what = f"{request.method} {loggable(request.url.path)}"
        match error.status_code:
            case 400:
                return error_response(ValidationError("The body cannot be read: JSON in UTF-8 is expected.", []))
            case 413:
                return error_response(PayloadTooLargeError(error.detail))
            case 404:
                message = f"There is nothing at {what}."
            case 405:
                message = f"{what} is not something that can be done; see the Allow header."
            case _:
                message = f"{error.detail}."
        return error_response(FrameworkError(error.status_code, message), headers=error.headers)


def _unavailable(what: str, error: MakingError) -> ServiceUnavailableError:
    """What a store or provider that failed comes to: the family reads its plain words, the log what to do about it."""
    if isinstance(error, PermanentError):
        log.error("%s cannot be done until somebody acts: %s", what, error.for_operator)
        return ServiceUnavailableError(str(error), retry_after=UNTIL_SOMEBODY_ACTED)
    log.warning("%s could not be done: %s", what, error.for_operator)
    asked = error.seconds if isinstance(error, ProviderBusyError) else None
    return ServiceUnavailableError(str(error), retry_after=max(round(asked or SHORTLY), 1))


ASKED_FOR = {
    "body.consent": "Send the form field consent=true beside the picture, to confirm that you may use it: without that "
    "no picture is taken"
}
"""What to send, where the framework's words would only say that something else was expected."""
NOT_AS_DOCUMENTED = ValidationError(
    "The request is not as documented: body.themes: Field required.",
    [{"where": "body.themes", "what": "Field required"}],
)


def error_responses(*errors: RequestError) -> Responses:
    """The `responses` of a route that may answer with these errors: status, meaning and example of each."""
    responses: Responses = {}
    for error in errors:
        meaning = (type(error).__doc__ or error.error).partition("\n")[0]
        content: dict[str, dict[str, dict[str, object]]] = {"application/json": {"examples": {}}}
        response = responses.setdefault(error.status, {"model": Failure, "description": meaning, "content": content})
        if meaning not in response["description"]:
            response["description"] += f" Or: {meaning}"
        response["content"]["application/json"]["examples"][error.code] = {"value": _envelope(error)}
    return responses


def _envelope(error: RequestError) -> dict[str, object]:
    return {
        "success": False,
        "error": error.error,
        "code": error.code,
        "message": error.message,
        "data": error.data,
    }


def _fault(fault: Mapping[str, Any]) -> dict[str, str]:
    """Where a fault stands and what it is; the value itself is not sent back."""
    where = ".".join(str(step) for step in fault["loc"])
    what = ASKED_FOR.get(where, fault["msg"])
    if where == "body" and fault["type"] == "model_attributes_type":
        what = "A JSON object is expected, and Content-Type: application/json"
    return {"where": where, "what": what}
