"""The table's rows: a real answer each, where it strikes, and what has to come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Ending = Literal["failed", "partial", "ready"]


@dataclass(frozen=True)
class Row:
    """`kind` is the emulator's name of the answer, `fault` where and how often it strikes.

    `operator` are words that the operator must read: the provider's own, and the setting or page to look at.
    `most_calls` is how often the provider may be asked before the story ends.
    """

    words: str
    kind: str
    ends: Ending
    operator: tuple[str, ...] = ()
    most_calls: int = 1
    words_only: bool = False
    fault: dict[str, Any] = field(default_factory=dict)


def writing(words: str, kind: str, *operator: str, **more: Any) -> Row:
    """An answer to the first thing a story asks for: its text. It ends the story."""
    return Row(words, kind, "failed", operator, fault={"route": "chat/completions"}, words_only=True, **more)


def drawing(words: str, kind: str, ends: Ending, *operator: str, most_calls: int = 2, **fault: Any) -> Row:
    """An answer to what is drawn: a portrait first, then the cover."""
    return Row(words, kind, ends, operator, most_calls, fault={"route": "images"} | fault)


def speaking(words: str, kind: str, *operator: str, ends: Ending = "partial", most_calls: int = 1, **fault: Any) -> Row:
    """An answer to what is read aloud: the book comes out without it."""
    return Row(words, kind, ends, operator, most_calls, fault={"route": "text-to-speech"} | fault)


def text_mended(words: str, kind: str, *, most_calls: int = 2, **fault: Any) -> Row:
    """An answer that a story's text survives."""
    return Row(
        words, kind, "ready", (), most_calls, words_only=True, fault={"schema": "StoryContent", "times": 1} | fault
    )


ROWS = (
    # money
    writing("no credit, as until 2025", "insufficient_quota", "exceeded your current quota", "billing"),
    writing("no prepaid credit", "credit_balance_exhausted", "no credits remaining", "billing"),
    writing("the organization's spend limit", "organization_spend_limit_exceeded", "spend limit reached", "billing"),
    writing("the project's spend limit", "project_spend_limit_exceeded", "spend limit reached", "billing"),
    writing("the organization's usage limit", "organization_usage_limit_exceeded", "usage limit reached", "billing"),
    writing("no credit by its type alone", "quota_by_type_alone", "exceeded your current quota", "billing"),
    writing("billing never set up", "billing_not_active", "not active", "billing"),
    writing("a 402", "insufficient_credits", "Insufficient credits", "billing"),
    drawing(
        "the bill's hard limit at the first picture", "billing_hard_limit_reached", "failed", "hard limit", "billing"
    ),
    # keys, accounts, models
    writing("a wrong key", "invalid_api_key", "Incorrect API key provided", "OPENAI_API_KEY"),
    writing("a closed account", "account_deactivated", "has been deactivated", "OPENAI_API_KEY"),
    writing("a key without the scope", "missing_scope", "Missing scopes: api.model.request", "lacks a permission"),
    writing("another region's key", "incorrect_hostname", "us.api.openai.com", "BASE_URL"),
    writing("an address that is not listed", "ip_not_authorized", "IP address is not authorized"),
    writing("an archived project", "project_archived", "has been archived"),
    writing("a country that is not served", "unsupported_country", "territory not supported"),
    writing("a model that is not there", "model_not_found", "`gpt-5.2` does not exist", "STORY_MODEL"),
    writing("a model that was shut down", "model_deprecated", "has been deprecated", "STORY_MODEL"),
    writing("a model the project may not use", "model_not_allowed", "does not have access to model", "STORY_MODEL"),
    writing("Cloudflare's page", "cloudflare_blocked", "403"),
    drawing(
        "an organization that is not verified", "organization_not_verified", "failed", "click on Verify Organization"
    ),
    drawing(
        "a painter that was shut down",
        "image_model_retired",
        "failed",
        "'gpt-image-2.5-flare' does not exist",
        "IMAGE_MODEL",
    ),
    drawing("a size the painter does not take", "invalid_size", "failed", "Invalid size '600x600'", "IMAGE_SIZE"),
    # filters
    drawing("one picture blocked at output", "moderation_blocked_at_output", "ready", asset="scene_2", times=1),
    drawing("the cover's prompt blocked once", "moderation_blocked_at_input", "ready", asset="cover", times=1),
    drawing(
        *("one picture blocked at output each time", "moderation_blocked_at_output", "ready"),
        *("rejected by the safety system",),
        asset="scene_2",
        most_calls=3,
    ),
    # limits and outages
    drawing(
        *("overloaded for a while", "server_is_overloaded", "ready"),
        times=6,
        retry_after=0.2,
        most_calls=6,
    ),
    drawing("one 520 of Cloudflare", "cloudflare_520", "ready", asset="cover", times=1),
    text_mended("one own error of OpenAI", "server_error"),
    text_mended("one proxy's page of 502", "bad_gateway_page"),
    text_mended("a wait said in words alone", "rate_limit_in_words", retry_after=0.2),
    text_mended("a limit that is reset in a header", "rate_limit_with_reset_headers", retry_after=0.2),
    # answers that are none
    text_mended("half a document", "truncated_json"),
    text_mended("nothing behind a 200", "empty_body"),
    text_mended("an error inside a 200", "error_inside_a_200"),
    text_mended("strings with NULs", "nul_characters"),
    text_mended("strings with half an emoji", "lone_surrogates"),
    # the voice
    speaking("a wrong voice key", "invalid_api_key", "Invalid API key", "ELEVENLABS_API_KEY"),
    speaking("a voice key without the permission", "missing_permissions", "missing the permission text_to_speech"),
    speaking("the month's characters used up", "quota_exceeded", "exceeds your quota"),
    speaking("a library voice on a free plan", "paid_plan_required", "Free users cannot use library voices", "plan"),
    speaking("a professional voice on a small plan", "only_for_creator", "require a Creator tier"),
    speaking("a voice the account has not", "voice_not_found", "was not found", "VOICE_ID"),
    speaking("a voice's name for its id", "invalid_uid", "An invalid ID has been received", "VOICE_ID"),
    speaking("too many speak at once", "too_many_concurrent_requests", ends="ready", times=1),
)
