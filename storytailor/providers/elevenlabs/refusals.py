"""What ElevenLabs' failures mean: which are weather, which only the operator can end, and what to do about them."""

from __future__ import annotations

import binascii
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
from elevenlabs.core import ApiError
from pydantic import ValidationError

from storytailor.endpoints import Endpoint
from storytailor.errors import (
    MakingError,
    PermanentError,
    PromptBlockedError,
    ProviderAwayError,
    ProviderBusyError,
    ProviderStoppedError,
    TransientError,
    VoiceGoneError,
)
from storytailor.providers import words
from storytailor.providers.waiting import BUSY_STATUSES, is_away, wait_asked_for
from storytailor.providers.words import page_title, provider_words

T = TypeVar("T")

NO_CREDIT = {"quota_exceeded", "insufficient_credits"}
WRONG_KEY = {"invalid_api_key", "needs_authorization", "api_key_not_found"}
UNKNOWN_VOICE = {"voice_not_found", "invalid_uid", "voice_does_not_exist"}
UNKNOWN_MODEL = {"model_not_found", "invalid_model_id", "unsupported_model"}
BLOCKED = {"content_against_policy", "content_policy_violation", "blocked_content"}
PLAN = {
    "paid_plan_required",
    "only_for_creator+",
    "payment_required",
    "subscription_required",
    "free_users_not_allowed",
}


async def translated(endpoint: Endpoint, call: Callable[[], Awaitable[T]], *, voice_id: str | None = None) -> T:
    """Run one call; what the SDK raises becomes a MakingError, in words without secrets."""
    name = endpoint.provider
    try:
        return await call()
    except MakingError:
        raise
    except ApiError as error:
        # the SDK keeps the answer's body in the error, and with it minutes of audio: not for a log
        raise refusal(endpoint, error, voice_id) from None
    except httpx.HTTPError as error:
        if is_away(error):
            cause = f"{name} could not be reached. If it stays so, check {endpoint.url_setting}."
            raise ProviderAwayError(words.is_away(endpoint), remedy=cause, detail=type(error).__name__) from error
        if isinstance(error, httpx.TimeoutException):
            raise TransientError(words.has_failed(endpoint), remedy=f"{name} did not answer in time.") from error
        cause = f"{name} could not be reached, or dropped the connection. If it stays so, check {endpoint.url_setting}."
        raise TransientError(words.has_failed(endpoint), remedy=cause, detail=type(error).__name__) from error
    except (ValidationError, binascii.Error, ValueError, AttributeError, TypeError) as error:
        cause = (
            f"{name}'s answer could not be read ({type(error).__name__}). If it stays so, look at its "
            f"status page, and at what answers at {endpoint.url_setting}."
        )
        raise TransientError(words.has_failed(endpoint), remedy=cause) from error


def refusal(endpoint: Endpoint, error: ApiError, voice_id: str | None) -> MakingError:
    """What an answer that is no 2xx means: by ElevenLabs' own status first, then by HTTP's."""
    code, headers = error.status_code, error.headers or {}
    body = error.body.get("detail") if isinstance(error.body, dict) else None
    said: dict[str, Any] = body if isinstance(body, dict) else {"message": body}
    status, message = str(said.get("status") or said.get("code") or ""), str(said.get("message") or "")
    detail = provider_words(code, status, message or page_title(error.body), request_id=headers.get("request-id"))
    name = endpoint.provider
    if code is not None and code < 300:
        cause = f"{name}'s answer could not be read."
        return TransientError(words.has_failed(endpoint), remedy=cause)
    if status in BLOCKED or "terms of service" in message.lower():
        return PromptBlockedError(f"{words.service(endpoint)}'s safety filter declined this.", detail=detail)
    if remedy := _lets_nobody_in(endpoint, code, status, message):
        return ProviderStoppedError(words.is_stopped(endpoint), remedy=remedy, detail=detail)
    if status in UNKNOWN_VOICE or (code == 404 and "voice" in message.lower()):
        return VoiceGoneError(words.is_stopped(endpoint), remedy=_no_such_voice(name, voice_id), detail=detail)
    if remedy := _operator_must_act(endpoint, code, status):
        return PermanentError(words.is_stopped(endpoint), remedy=remedy, detail=detail)
    if code in BUSY_STATUSES:
        busy = f"{name} is busy." if status != "too_many_concurrent_requests" else _too_many(name)
        return ProviderBusyError(words.is_busy(endpoint), wait_asked_for(headers, message), remedy=busy, detail=detail)
    if code is None or code >= 500 or code in (408, 409):
        cause = f"{name} answered with an error of its own ({code})."
        return TransientError(words.has_failed(endpoint), remedy=cause, detail=detail)
    return PermanentError(words.does_not_take(endpoint), remedy=f"{name} refused the request.", detail=detail)


def _too_many(name: str) -> str:
    return f"{name} has more calls under way than the plan allows: set ELEVENLABS_CONCURRENCY to the plan's number."


def _no_such_voice(name: str, voice_id: str | None) -> str:
    named = f" {voice_id}" if voice_id else ""
    return (
        f"{name} does not know the voice{named}: set VOICE_ID to one of this account's "
        "(My Voices on its site lists them), or unset it for the account's first."
    )


def _lets_nobody_in(endpoint: Endpoint, code: int | None, status: str, message: str) -> str | None:
    """What the operator has to do about a refusal that any other call would get as well, whatever voice it is for."""
    name = endpoint.provider
    if status in NO_CREDIT:
        return f"{name} says the account's characters are used up: wait for the plan's next month, or raise its limit."
    if code == 401 and (status in WRONG_KEY or not message):
        return f"{name} refused the key: check {endpoint.key_setting}."
    if status == "missing_permissions":
        return f"The key of {endpoint.key_setting} lacks a permission: give it the one named, or use another key."
    return None


def _operator_must_act(endpoint: Endpoint, code: int | None, status: str) -> str | None:
    """What the operator has to do about a refusal of this call; None for what is not theirs."""
    name = endpoint.provider
    if code == 402 or status in PLAN:
        return f"{name} wants a paid plan for this voice or model: take one, or set VOICE_ID or VOICE_MODEL to another."
    if status in UNKNOWN_MODEL:
        return f"{name} has no such voice model for this account: check VOICE_MODEL."
    if code in (401, 403):
        return f"{name} does not let this account do this; the key itself is not what it objects to."
    if code == 404:
        return f"{name} does not know this address: check {endpoint.url_setting}."
    return None
