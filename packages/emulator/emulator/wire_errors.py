"""The providers' own error shapes."""

from __future__ import annotations

from math import ceil
from uuid import uuid4

from starlette.responses import JSONResponse, Response

from emulator.log import Provider

_OPENAI_ERRORS = {
    400: ("invalid_request_error", None, "The request is not valid."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    403: ("invalid_request_error", "unsupported_country_region_territory", "The request is forbidden."),
    404: (
        "invalid_request_error",
        "model_not_found",
        "The model does not exist or you do not have access to it.",
    ),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached. Please try again later."),
    500: ("server_error", None, "The server had an error while processing your request. Sorry about that!"),
    503: ("server_error", None, "The engine is currently overloaded, please try again later."),
}
_ELEVENLABS_ERRORS = {
    400: ("invalid_request", "The request is not valid."),
    401: ("invalid_api_key", "Invalid API key"),
    404: ("voice_not_found", "A voice with that ID was not found."),
    429: ("system_busy", "Our services are experiencing high traffic. Please try again."),
    500: ("internal_server_error", "An unexpected error occurred."),
}


class WireError(Exception):
    """An answer other than the one asked for, in the provider's shape."""

    def __init__(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body, self.headers = status, body, headers or {}

    def response(self) -> Response:
        """The error as the client gets it."""
        return JSONResponse(self.body, self.status, self.headers)


def openai_error(
    status: int, message: str, *, code: str | None = None, param: str | None = None, kind: str | None = None
) -> WireError:
    """OpenAI's error: `{"error": {"message", "type", "param", "code"}}`."""
    kind = kind or _OPENAI_ERRORS.get(status, _OPENAI_ERRORS[500 if status >= 500 else 400])[0]
    body = {"message": message, "type": kind, "param": param, "code": code}
    return WireError(status, {"error": body}, {"x-request-id": f"req_{uuid4().hex}"})


def elevenlabs_error(status: int, code: str, message: str) -> WireError:
    """ElevenLabs's error: `{"detail": {"status", "message"}}`."""
    return WireError(status, {"detail": {"status": code, "message": message}}, {"request-id": uuid4().hex})


def faulty(provider: Provider, status: int, own_code: str | None, retry_after: float | None) -> WireError:
    """The provider's error of that status, with a code of one's own or a `Retry-After` where given."""
    nearest = 500 if status >= 500 else 400
    if provider == "openai":
        kind, code, message = _OPENAI_ERRORS.get(status, _OPENAI_ERRORS[nearest])
        error = openai_error(status, message, code=own_code or code, kind=kind)
    else:
        code, message = _ELEVENLABS_ERRORS.get(status, _ELEVENLABS_ERRORS[nearest])
        error = elevenlabs_error(status, own_code or code, message)
    if retry_after is not None:
        error.headers["retry-after"] = str(ceil(retry_after))
        if provider == "openai":
            error.headers["retry-after-ms"] = str(round(retry_after * 1000))
    return error


def too_large(provider: Provider) -> WireError:
    """The answer to a body that is too big."""
    if provider == "openai":
        return openai_error(413, "The request body is larger than 64 MB.", code="request_too_large")
    return elevenlabs_error(413, "request_too_large", "The request body is larger than 64 MB.")


def blocked() -> WireError:
    """OpenAI's refusal to draw."""
    return openai_error(
        400,
        "Your request was rejected by the safety system. If you believe this is an error, contact us at "
        f"help.openai.com and include the request ID req_{uuid4().hex}.",
        code="moderation_blocked",
        kind="image_generation_user_error",
    )


def against_policy() -> WireError:
    """ElevenLabs's refusal to read."""
    return elevenlabs_error(400, "content_against_policy", "The content violates our terms of service.")
