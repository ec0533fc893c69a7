"""What OpenAI's failures mean: which are weather, which only the operator can end, and what to do about them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import openai

from storytailor.endpoints import Endpoint
from storytailor.errors import (
    MakingError,
    PermanentError,
    PictureBlockedError,
    PromptBlockedError,
    ProviderAwayError,
    ProviderBusyError,
    ProviderStoppedError,
    TooManyReferencesError,
    TransientError,
)
from storytailor.providers import words
from storytailor.providers.waiting import BUSY_STATUSES, is_away, limit_named, wait_asked_for
from storytailor.providers.words import page_title, provider_words

T = TypeVar("T")

NO_CREDIT = {
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
    "billing_hard_limit_reached",
    "billing_limit_user_error",
    "billing_not_active",
    "insufficient_credits",
}
"""Codes and types that say that no waiting brings access back: somebody has to pay, or raise a limit."""
_NO_CREDIT_WORDS = re.compile(
    r"(?:spend|usage|hard|monthly) limit|credit balance|insufficient (?:credits|balance)", re.I
)
_NO_MODEL = re.compile(r"does not have access to model|\bmodel\b.* does not exist", re.I)
BLOCKED = {"moderation_blocked", "content_policy_violation", "content_filter", "responsibleaipolicyviolation"}
"""Codes of filters that judge what is asked for, or what was drawn."""
WRONG_KEY = {"invalid_api_key", "account_deactivated", "invalid_organization"}
NO_MODEL = {"model_not_found", "deploymentnotfound"}
UNWRITTEN = "unsupported_language"
"""The code by which the emulator refuses a language it has no words of."""
_MODEL_SETTINGS = {
    "text": "STORY_MODEL and ANALYSIS_MODEL",
    "vision": "VISION_MODEL",
    "image": "IMAGE_MODEL",
    "moderation": "MODERATION_MODEL",
    "voice": "VOICE_MODEL",
}


async def translated(endpoint: Endpoint, call: Callable[[], Awaitable[T]]) -> T:
    """Run one call; what the SDK raises becomes a MakingError, in words without secrets."""
    name = endpoint.provider
    try:
        return await call()
    except MakingError:
        raise
    except openai.APIConnectionError as error:
        detail = repr(error.__cause__)[:200]
        if is_away(error.__cause__):
            cause = f"{name} could not be reached. If it stays so, check {endpoint.url_setting}."
            raise ProviderAwayError(words.is_away(endpoint), remedy=cause, detail=detail) from error
        if isinstance(error, openai.APITimeoutError):
            raise TransientError(words.has_failed(endpoint), remedy=f"{name} did not answer in time.") from error
        cause = f"{name} could not be reached, or dropped the connection. If it stays so, check {endpoint.url_setting}."
        raise TransientError(words.has_failed(endpoint), remedy=cause, detail=detail) from error
    except openai.APIStatusError as error:
        raise refusal(endpoint, error) from error
    except (openai.APIError, ValueError, AttributeError, TypeError, IndexError, KeyError) as error:
        # a 200 whose body is not what the wire format promises surfaces in any of these
        cause = (
            f"{name}'s answer could not be read ({type(error).__name__}). If it stays so, look at its "
            f"status page, and at what answers at {endpoint.url_setting}."
        )
        raise TransientError(words.has_failed(endpoint), remedy=cause) from error


def refusal(endpoint: Endpoint, error: openai.APIStatusError) -> MakingError:
    """What an answer that is no 2xx means: by its code and type first, then by its status."""
    body = error.body if isinstance(error.body, Mapping) else {}
    message = str(body.get("message") or "")
    said = message or page_title(error.body)
    return refused(
        endpoint,
        error.status_code,
        {str(code).lower() for code in (error.code, error.type, _inner_code(body)) if code},
        message,
        error.response.headers,
        detail=provider_words(error.status_code, error.code, said, param=error.param, request_id=error.request_id),
        stage=_stage(body),
        param=error.param,
    )


def says_no_such_model(error: openai.APIStatusError) -> bool:
    """Whether it is the model that is not there, rather than the address."""
    body = error.body if isinstance(error.body, Mapping) else {}
    message = str(body.get("message") or "")
    return str(error.code).lower() in NO_MODEL or _NO_MODEL.search(message) is not None


def refused_inside(endpoint: Endpoint, error: object) -> MakingError:
    """What an `error` inside a 200 means, as OpenRouter sends it: its code is an HTTP status."""
    said = error if isinstance(error, Mapping) else {"message": error}
    code, message = str(said.get("code")), str(said.get("message") or "")
    status = int(code) if code.isdecimal() and 400 <= int(code) < 600 else 502
    return refused(endpoint, status, {code.lower()}, message, {}, detail=provider_words(status, None, message))


def refused(
    endpoint: Endpoint,
    status: int,
    codes: set[str],
    message: str,
    headers: Mapping[str, str],
    *,
    detail: str,
    stage: str | None = None,
    param: str | None = None,
) -> MakingError:
    """The failure that these parts of an answer stand for."""
    name = endpoint.provider
    if status == 402 or codes & NO_CREDIT or (status == 429 and _NO_CREDIT_WORDS.search(message)):
        cause = f"{name} says the account has no credit left: look at its billing page and its limits."
        return ProviderStoppedError(words.is_stopped(endpoint), remedy=cause, detail=detail)
    if codes & BLOCKED or stage:
        if stage == "output":
            said = "The picture service's safety filter blocked the picture it had drawn."
            return PictureBlockedError(said, detail=detail)
        return PromptBlockedError(f"{words.service(endpoint)}'s safety filter declined this.", detail=detail)
    if UNWRITTEN in codes:
        said = f"{words.service(endpoint)} cannot write in this language."
        return PermanentError(said, remedy=f"{name} does not write this language.", detail=detail)
    if status in BUSY_STATUSES:
        return _busy(endpoint, message, headers, detail)
    if status >= 500 or status in (408, 409):
        cause = f"{name} answered with an error of its own ({status})."
        return TransientError(words.has_failed(endpoint), remedy=cause, detail=detail)
    # a message about one request may quote its prompt, which may say anything; so not any message tells of all calls
    of_everybody = message if status in (401, 403, 404) or param == "model" else ""
    if remedy := _lets_nobody_in(endpoint, status, codes, of_everybody):
        return ProviderStoppedError(words.is_stopped(endpoint), remedy=remedy, detail=detail)
    if remedy := _operator_must_act(endpoint, status):
        return PermanentError(words.is_stopped(endpoint), remedy=remedy, detail=detail)
    cause = f"{name} refused the request" + (f": check {_setting_of(param)}." if _setting_of(param) else ".")
    return PermanentError(words.does_not_take(endpoint), remedy=cause, detail=detail)


def _busy(endpoint: Endpoint, message: str, headers: Mapping[str, str], detail: str) -> MakingError:
    limit = limit_named(message)
    if limit and limit.requested and limit.requested > limit.per_minute:  # no waiting makes it fit
        if limit.what == "input-images":
            said = "This picture has more reference pictures than may be sent in a minute."
            return TooManyReferencesError(said, limit.per_minute, detail=detail)
        cause = (
            f"{endpoint.provider} takes {limit.per_minute} {limit.what} a minute from this account; "
            f"this one call needs {limit.requested}."
        )
        return PermanentError(words.does_not_take(endpoint), remedy=cause, detail=detail)
    return ProviderBusyError(
        words.is_busy(endpoint),
        wait_asked_for(headers, message),
        limit=(limit.what, limit.per_minute) if limit else None,
        remedy=f"{endpoint.provider} is busy.",
        detail=detail,
    )


def _lets_nobody_in(endpoint: Endpoint, status: int, codes: set[str], message: str) -> str | None:
    """What the operator has to do about a 401, 403 or 404, or a key's 400, that any other call would get as well."""
    name, lowered = endpoint.provider, message.lower()
    if "missing scopes" in lowered or "insufficient permissions" in lowered:
        return f"The key of {endpoint.key_setting} lacks a permission: give it the one named, or use another key."
    if codes & WRONG_KEY or (status == 401 and (not message or "api key" in lowered)):
        return f"{name} refused the key: check {endpoint.key_setting}."
    if "must be verified" in lowered:
        return f"{name} wants the organization verified before it may use this model: see the address in its words."
    if codes & NO_MODEL or _NO_MODEL.search(message):
        return f"{name} has no such model for this account: check {_MODEL_SETTINGS[endpoint.role]}."
    if "unsupported_country_region_territory" in codes:
        return f"{name} serves nobody in this country or region: run from another, or set {endpoint.url_setting}."
    if "regional hostname" in lowered:
        return f"The key belongs to another region of {name}: set {endpoint.url_setting} to that region's address."
    if status == 401:
        return _not_this_account(endpoint)
    return None


def _operator_must_act(endpoint: Endpoint, status: int) -> str | None:
    """What the operator has to do about a 403 or 404 that may be of this call alone; None for other refusals."""
    if status == 403:
        return _not_this_account(endpoint)
    if status == 404:
        setting = _MODEL_SETTINGS[endpoint.role]
        known = f"{endpoint.provider} does not know this model or address"
        return f"{known}: check {setting} and {endpoint.url_setting}."
    return None


def _not_this_account(endpoint: Endpoint) -> str:
    return f"{endpoint.provider} does not let this account do this; the key itself is not what it objects to."


def _setting_of(param: str | None) -> str | None:
    return {
        "size": "IMAGE_SIZE",
        "quality": "IMAGE_QUALITY",
        "reasoning_effort": "REASONING_EFFORT",
        "moderation": "IMAGE_MODERATION",
        "response_format": "ANSWER_FORMAT",
    }.get(param or "")


def _stage(body: Mapping[str, object]) -> str | None:
    details = body.get("moderation_details")
    stage = details.get("moderation_stage") if isinstance(details, Mapping) else None
    return str(stage) if stage else None


def _inner_code(body: Mapping[str, object]) -> object:
    """Azure's content filter says what it is one level further in."""
    inner = body.get("innererror") or body.get("inner_error")
    return inner.get("code") if isinstance(inner, Mapping) else None
