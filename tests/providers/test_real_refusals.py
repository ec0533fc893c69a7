"""Refusals as the providers send them (bodies from public reports), read by the real SDKs: what each comes to."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from pydantic import SecretStr

from storytailor.errors import (
    MakingError,
    PermanentError,
    ProviderBusyError,
    ProviderStoppedError,
    TransientError,
    VoiceGoneError,
)
from storytailor.providers.elevenlabs import ElevenLabs
from storytailor.providers.openai import OpenAI
from storytailor.providers.waiting import wait_asked_for
from storytailor.settings import Settings
from tests.providers.conftest import Provider

KEY = "sk-proj-Abcdef0123456789Abcdef0123456789"


@pytest.fixture
def settings(provider: Provider) -> Settings:
    return Settings(
        _env_file=None,
        openai_api_key=SecretStr(KEY),
        openai_base_url=f"{provider.url}/v1",
        elevenlabs_api_key=SecretStr(KEY),
        elevenlabs_base_url=provider.url,
    )


def of_openai(message: str, kind: str | None = None, code: str | None = None, param: str | None = None) -> Any:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


QUOTA = "You exceeded your current quota, please check your plan and billing details."
IMAGES = (
    "Rate limit reached for gpt-image-2 in organization org-x on input-images per min: "
    "Limit 5, Used 5, Requested 1. Please try again in 12s. Visit https://platform.openai.com/account/rate-limits."
)
CLOUDFLARE_TITLE = "Attention Required! | Cloudflare"
CLOUDFLARE = f"<!DOCTYPE html><html><head><title>{CLOUDFLARE_TITLE}</title></head></html>"
NO_CREDIT = "no credit left"

OPENAI: list[tuple[str, int, Any, dict[str, str], type[MakingError], str, float | None]] = [
    *(
        (code, 429, of_openai(QUOTA, None, code), {}, ProviderStoppedError, NO_CREDIT, None)
        for code in (
            "insufficient_quota",
            "credit_balance_exhausted",
            "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "organization_usage_limit_exceeded",
        )
    ),
    (
        *("no credit by its type alone", 429),
        of_openai(QUOTA, "insufficient_quota"),
        *({}, ProviderStoppedError, NO_CREDIT, None),
    ),
    (
        *("hard limit of the bill", 400),
        of_openai("Billing hard limit has been reached", "billing_limit_user_error", "billing_hard_limit_reached"),
        *({}, ProviderStoppedError, NO_CREDIT, None),
    ),
    (
        *("wrong key", 401),
        of_openai(f"Incorrect API key provided: {KEY}.", "invalid_request_error", "invalid_api_key"),
        *({}, ProviderStoppedError, "check OPENAI_API_KEY", None),
    ),
    (
        *("key without the scope", 401),
        of_openai("You have insufficient permissions for this operation. Missing scopes: api.model.moderation."),
        *({}, ProviderStoppedError, "OPENAI_API_KEY lacks a permission", None),
    ),
    (
        *("wrong regional host", 401),
        of_openai("Attempted to access resource with incorrect regional hostname.", "invalid_request_error"),
        *({}, ProviderStoppedError, "set OPENAI_BASE_URL to that region's", None),
    ),
    (
        *("organization not verified", 403),
        of_openai("Your organization must be verified to use the model `gpt-image-2`.", "invalid_request_error"),
        *({}, ProviderStoppedError, "organization verified", None),
    ),
    (
        *("unsupported country", 403),
        of_openai("Country not supported", "request_forbidden", "unsupported_country_region_territory"),
        *({}, ProviderStoppedError, "serves nobody in this country", None),
    ),
    ("Cloudflare's page", 403, CLOUDFLARE, {}, PermanentError, "does not let this account", None),
    (
        *("size that the model does not take", 400),
        of_openai("Invalid size '600x600'.", "image_generation_user_error", "invalid_value", "size"),
        *({}, PermanentError, "check IMAGE_SIZE", None),
    ),
    (
        *("a model that is gone, as the painters say it", 400),
        of_openai("The model 'gpt-image-1' does not exist.", "image_generation_user_error", "invalid_value", "model"),
        *({}, ProviderStoppedError, "has no such model", None),
    ),
    *(
        (
            *(f"a quoted prompt: {says}", 400, of_openai(f"Invalid prompt: {says}", None, "invalid_prompt", param)),
            *({}, PermanentError, "refused the request", None),
        )
        for says, param in (
            ("Maya's model boat does not exist", None),
            ("the ticket must be verified", "prompt"),
            ("the page has insufficient permissions to enter the castle", None),
            ("missing scopes for the stargazers", None),
        )
    ),
    (
        *("wait in the text only", 429),
        of_openai(IMAGES, "input-images", "rate_limit_exceeded"),
        *({}, ProviderBusyError, "busy", 12.0),
    ),
    (
        *("wait in retry-after", 429),
        of_openai(IMAGES, "requests", "rate_limit_exceeded"),
        *({"retry-after": "7"}, ProviderBusyError, "busy", 7.0),
    ),
    (
        *("wait in the limit's reset", 429),
        of_openai("Rate limit reached.", "tokens", "rate_limit_exceeded"),
        {
            "x-ratelimit-remaining-requests": "10",
            "x-ratelimit-reset-requests": "1s",
            "x-ratelimit-remaining-tokens": "0",
            "x-ratelimit-reset-tokens": "1m30s",
        },
        *(ProviderBusyError, "busy", 90.0),
    ),
    ("no wait named", 429, of_openai("Slow down."), {}, ProviderBusyError, "busy", None),
    (
        *("overloaded", 503),
        of_openai("The server is overloaded.", "service_unavailable_error", "server_is_overloaded"),
        *({"retry-after": "5"}, ProviderBusyError, "busy", 5.0),
    ),
    ("Cloudflare 520", 520, CLOUDFLARE, {}, ProviderBusyError, "busy", None),
    ("own error", 500, of_openai("The server had an error."), {}, TransientError, "error of its own (500)", None),
]  # fmt: skip


def of_elevenlabs(status: str, message: str = "…") -> Any:
    return {"detail": {"status": status, "message": message}}


ELEVENLABS: list[tuple[str, int, Any, type[MakingError], str]] = [
    ("characters used up", 401, of_elevenlabs("quota_exceeded"), ProviderStoppedError, "used up"),
    ("wrong key", 401, of_elevenlabs("invalid_api_key", "Invalid"), ProviderStoppedError, "check ELEVENLABS_API_KEY"),
    ("key without permission", 401, of_elevenlabs("missing_permissions"), ProviderStoppedError, "lacks a permission"),
    ("unusual activity", 401, of_elevenlabs("detected_unusual_activity"), PermanentError, "does not let this account"),
    ("plan too small", 403, of_elevenlabs("only_for_creator+"), PermanentError, "wants a paid plan"),
    ("free plan", 402, of_elevenlabs("paid_plan_required"), PermanentError, "paid plan"),
    ("voice that is gone", 404, of_elevenlabs("voice_not_found"), VoiceGoneError, "set VOICE_ID"),
    ("too many at once", 429, of_elevenlabs("too_many_concurrent_requests"), ProviderBusyError, "busy"),
    ("system busy", 429, of_elevenlabs("system_busy"), ProviderBusyError, "busy"),
]  # fmt: skip


def test_a_wait_until_a_date_is_counted_by_the_clock_of_whoever_asks_for_it() -> None:
    until = {"retry-after": "Mon, 01 Jan 2024 10:00:30 GMT"}
    assert wait_asked_for({**until, "date": "Mon, 01 Jan 2024 10:00:00 GMT"}) == 30.0
    for unreadable in ({}, {"date": "today"}):
        with time_machine.travel("2024-01-01T10:00:10Z", tick=False):
            assert wait_asked_for({**until, **unreadable}) == 20.0


@pytest.mark.parametrize("row", OPENAI, ids=lambda row: row[0])
async def test_a_refusal_of_openai_is_read_for_what_it_says(
    provider: Provider,
    settings: Settings,
    row: tuple[str, int, Any, dict[str, str], type[MakingError], str, float | None],
) -> None:
    _, status, body, headers, kind, words, wait = row
    provider.refuses(status, body, headers)
    async with OpenAI(settings) as openai:
        with pytest.raises(MakingError) as caught:
            await openai.moderate(["Once upon a time."])  # the one call that does not wait
    check(caught.value, kind, words, body)
    assert getattr(caught.value, "seconds", None) == wait


@pytest.mark.parametrize("row", ELEVENLABS, ids=lambda row: row[0])
async def test_a_refusal_of_elevenlabs_is_read_for_what_it_says(
    provider: Provider, settings: Settings, row: tuple[str, int, Any, type[MakingError], str]
) -> None:
    _, status, body, kind, words = row
    provider.refuses(status, body)
    async with ElevenLabs(settings) as elevenlabs:
        with pytest.raises(MakingError) as caught:
            await elevenlabs.speak("Once.", "a-voice")
    if kind is ProviderBusyError:
        assert len(provider.sent) == 2  # it was waited for, and asked again
        assert "error of its own" in caught.value.for_operator
    else:
        assert len(provider.sent) == 1
        check(caught.value, kind, words, body)


@pytest.mark.parametrize(
    "body", [f"<html><TITLE lang='en'>\n Just a\n moment &amp; {KEY} </TITLE>", "<title>" + "no entry " * 500]
)
async def test_an_operator_reads_the_title_of_a_proxys_page_without_secrets_and_not_without_an_end(
    provider: Provider, settings: Settings, body: str
) -> None:
    async with OpenAI(settings) as openai, ElevenLabs(settings) as elevenlabs:
        for call in (lambda: openai.moderate(["Once."]), lambda: elevenlabs.speak("Once.", "a-voice")):
            provider.refuses(403, body)
            with pytest.raises(PermanentError) as caught:
                await call()
            said = caught.value.for_operator
            assert "Just a moment & ***" in said or "no entry no entry" in said
            assert KEY not in said
            assert len(said) < 700
            assert "Just a" not in str(caught.value)


def check(failure: MakingError, kind: type[MakingError], words: str, body: Any) -> None:
    """It is of this kind; the operator reads the provider's own words and what to do, the family neither."""
    assert type(failure) is kind
    assert words in failure.for_operator
    assert not re.search(r"key|account|credit|OpenAI|ElevenLabs|[A-Z]+_[A-Z]+|\d{3}", str(failure)), str(failure)
    said = (body.get("error") or body["detail"])["message"] if isinstance(body, dict) else CLOUDFLARE_TITLE
    assert said.split(KEY)[0].strip() in failure.for_operator
    assert KEY not in failure.for_operator
