"""The table's rows: a real answer each, where it strikes, and what has to come of it.

A row's name begins with what it is a case of: A1 to C are the list of providers' answers, P that of the platform.
A: ends or hangs a story. A1 voices, A2 money, A3 keys and models, A4 filters, A5 outages. B: serious. B1 refusals,
B2 waits, B3 reference pictures, B8 other servers, B9 moderation, B10 word times, B11 sizes. C: models that go away.
P11: what a database cannot hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

TITLE = "what each real answer comes to"
Ending = Literal["failed", "partial", "ready"]


@dataclass(frozen=True)
class Row:
    """`kind` is the emulator's name of the answer, `fault` where and how often it strikes.

    `operator` are words that the operator must read: the provider's own, and the setting or page to look at.
    `most_calls` is how often the provider may be asked before the story ends, `within` how many seconds that may take.
    `placeholders` are the pictures that could not be drawn, `characters` those who are in the story.
    """

    words: str
    kind: str
    ends: Ending
    operator: tuple[str, ...] = ()
    most_calls: int = 1
    words_only: bool = False
    within: float | None = None
    placeholders: int = 0
    characters: int = 1
    fault: dict[str, Any] = field(default_factory=dict)


def writing(words: str, kind: str, *operator: str, **more: Any) -> Row:
    """An answer to the first thing a story asks for: its text. It ends the story."""
    return Row(words, kind, "failed", operator, fault={"route": "chat/completions"}, words_only=True, **more)


def no_credit(words: str, kind: str, *operator: str) -> Row:
    """An answer that means that somebody has to pay: said at once, by the account's name."""
    return writing(words, kind, "the account has no credit left: look at its billing page", *operator, within=10.0)


def drawing(
    words: str, kind: str, ends: Ending, *operator: str, most_calls: int = 2, placeholders: int = 0, **fault: Any
) -> Row:
    """An answer to what is drawn: a portrait first, then the cover."""
    return Row(words, kind, ends, operator, most_calls, placeholders=placeholders, fault={"route": "images"} | fault)


def whole_book(words: str, kind: str, *operator: str, most_calls: int, characters: int = 1, **fault: Any) -> Row:
    """An answer to each such call, of which a whole book comes all the same."""
    return Row(words, kind, "ready", operator, most_calls, characters=characters, fault=fault)


def speaking(words: str, kind: str, *operator: str, ends: Ending = "partial", most_calls: int = 1, **fault: Any) -> Row:
    """An answer to what is read aloud: the book comes out without it."""
    return Row(words, kind, ends, operator, most_calls, fault={"route": "text-to-speech"} | fault)


def mistimed(words: str, kind: str, *operator: str) -> Row:
    """Word times that are wrong each time: the voice is asked three times, and nothing wrong is shown."""
    return speaking(words, kind, *operator, most_calls=3)


def text_mended(words: str, kind: str, *, most_calls: int = 2, **fault: Any) -> Row:
    """An answer that a story's text survives."""
    return Row(
        words, kind, "ready", (), most_calls, words_only=True, fault={"schema": "StoryContent", "times": 1} | fault
    )


ROWS = (
    # money
    no_credit("A2 no credit, as until 2025", "insufficient_quota", "exceeded your current quota"),
    no_credit("A2 no prepaid credit", "credit_balance_exhausted", "no credits remaining"),
    no_credit("A2 the organization's spend limit", "organization_spend_limit_exceeded", "spend limit reached"),
    no_credit("A2 the project's spend limit", "project_spend_limit_exceeded", "spend limit reached"),
    no_credit("A2 the organization's usage limit", "organization_usage_limit_exceeded", "usage limit reached"),
    no_credit("A2 no credit by its type alone", "quota_by_type_alone", "exceeded your current quota"),
    no_credit("A2 billing never set up", "billing_not_active", "not active"),
    no_credit("B8 a 402", "insufficient_credits", "Insufficient credits"),
    drawing(
        "A2 the bill's hard limit at the first picture",
        "billing_hard_limit_reached",
        "failed",
        "hard limit",
        "the account has no credit left",
    ),
    # keys, accounts, models
    writing("A3 a wrong key", "invalid_api_key", "Incorrect API key provided", "OPENAI_API_KEY"),
    writing("B1 a closed account", "account_deactivated", "has been deactivated", "OPENAI_API_KEY"),
    writing("B1 a key without the scope", "missing_scope", "Missing scopes: api.model.request", "lacks a permission"),
    writing("B1 another region's key", "incorrect_hostname", "us.api.openai.com", "BASE_URL"),
    writing("B1 an address that is not listed", "ip_not_authorized", "IP address is not authorized"),
    writing("B1 an archived project", "project_archived", "has been archived"),
    writing("B1 a country that is not served", "unsupported_country", "territory not supported"),
    writing("A3 a model that is not there", "model_not_found", "`gpt-5.2` does not exist", "STORY_MODEL"),
    writing("C a model that was shut down", "model_deprecated", "has been deprecated", "STORY_MODEL"),
    writing("B1 a model the project may not use", "model_not_allowed", "does not have access to model", "STORY_MODEL"),
    writing("B1 Cloudflare's page", "cloudflare_blocked", "403"),
    drawing(
        "B1 an organization that is not verified", "organization_not_verified", "failed", "click on Verify Organization"
    ),
    drawing(
        "C a painter that was shut down",
        "image_model_retired",
        "failed",
        "'gpt-image-2.5-flare' does not exist",
        "IMAGE_MODEL",
    ),
    drawing("B11 a size the painter does not take", "invalid_size", "failed", "Invalid size '600x600'", "IMAGE_SIZE"),
    # filters
    drawing("A4 one picture blocked at output", "moderation_blocked_at_output", "ready", asset="scene_2", times=1),
    drawing("A4 the cover's prompt blocked once", "moderation_blocked_at_input", "ready", asset="cover", times=1),
    drawing(
        *("A4 one picture blocked at output each time", "moderation_blocked_at_output", "ready"),
        *("rejected by the safety system",),
        asset="scene_2",
        most_calls=3,
        placeholders=1,
    ),
    # reference pictures
    whole_book(
        "B3 more reference pictures than a minute's limit",
        "request_above_limit",
        "Limit 5, Requested 6",
        most_calls=1,
        characters=2,
        route="images/edits",
        times=1,
    ),
    # limits and outages
    drawing(
        *("A5 overloaded for a while", "server_is_overloaded", "ready"),
        times=6,
        retry_after=0.2,
        most_calls=6,
    ),
    drawing("A5 one 520 of Cloudflare", "cloudflare_520", "ready", asset="cover", times=1),
    text_mended("A5 one own error of OpenAI", "server_error"),
    text_mended("A5 one proxy's page of 502", "bad_gateway_page"),
    text_mended("B2 a wait said in words alone", "rate_limit_in_words", retry_after=0.2),
    text_mended("B2 a limit that is reset in a header", "rate_limit_with_reset_headers", retry_after=0.2),
    # answers that are none
    text_mended("B8 half a document", "truncated_json"),
    text_mended("B8 nothing behind a 200", "empty_body"),
    text_mended("B8 an error inside a 200", "error_inside_a_200"),
    text_mended("P11 strings with NULs", "nul_characters"),
    text_mended("P11 strings with half an emoji", "lone_surrogates"),
    # other servers
    whole_book("B8 pictures by url", "url_pictures", most_calls=6, route="images"),
    whole_book("B8 JSON in a Markdown fence", "fenced_json", most_calls=20, route="chat/completions"),
    whole_book("B8 thoughts before the JSON", "thinking_before_json", most_calls=20, route="chat/completions"),
    whole_book(
        *("B8 OpenRouter's error inside a 200", "error_inside_a_200"),
        most_calls=2,
        route="chat/completions",
        schema="SceneAnalysis",
        times=2,
    ),
    # the voice
    speaking("B1 a wrong voice key", "invalid_api_key", "Invalid API key", "ELEVENLABS_API_KEY"),
    speaking("B1 a voice key without the permission", "missing_permissions", "missing the permission text_to_speech"),
    speaking("A2 the month's characters used up", "quota_exceeded", "exceeds your quota"),
    speaking("A1 a library voice on a free plan", "paid_plan_required", "Free users cannot use library voices", "plan"),
    speaking("B1 a professional voice on a small plan", "only_for_creator", "require a Creator tier"),
    speaking("A1 a voice the account has not", "voice_not_found", "was not found", "VOICE_ID"),
    speaking("A1 a voice's name for its id", "invalid_uid", "An invalid ID has been received", "VOICE_ID"),
    speaking("B2 too many speak at once", "too_many_concurrent_requests", ends="ready", times=1),
    # word times
    mistimed("B10 times stuck after 30 %", "stuck_times", "before its sound does"),
    mistimed("B10 times half as long again", "stretched_times", "run beyond its sound"),
    mistimed("B10 times that drift", "drifting_times", "run beyond its sound"),
    speaking("B10 times stuck once", "stuck_times", "before its sound does", ends="ready", times=1),
    speaking("B10 starts before the sound", "negative_starts", ends="ready"),
    speaking("B10 characters twice", "doubled_characters", ends="ready"),
    speaking("B10 words of no length", "words_without_length", ends="ready"),
    speaking("B10 a few letters lost", "changed_characters", ends="ready"),
)


@dataclass(frozen=True)
class Refusal:
    """An answer to the moderation of a request: `status` is what the family gets, `family` words it reads."""

    words: str
    kind: str
    status: int
    family: str
    operator: tuple[str, ...]


_WAIT, _NOT_NOW, _CHOOSE = "Try again shortly", "put right on our side first", "choose other words"
REFUSALS = (
    Refusal("A3 a wrong key", "invalid_api_key", 503, _NOT_NOW, ("Incorrect API key provided", "OPENAI_API_KEY")),
    Refusal("A3 a key without the scope", "missing_scope", 503, _NOT_NOW, ("Missing scopes", "lacks a permission")),
    Refusal("A3 a host that is not there", "unreachable", 503, _WAIT, ("MODERATION_BASE_URL",)),
    Refusal("A3 an error of its own", "server_error", 503, _WAIT, ("error of its own (500)",)),
    Refusal("A2 no credit", "credit_balance_exhausted", 503, _NOT_NOW, ("the account has no credit left",)),
    Refusal("B2 too many requests", "rate_limit_with_retry_after", 503, _WAIT, ("busy",)),
    Refusal("B8 no such route", "no_moderations", 503, _NOT_NOW, ("MODERATION",)),
    Refusal("B9 no verdict", "no_moderation_results", 503, _WAIT, ("no verdict",)),
    Refusal("B9 flagged without a category", "flagged_without_category", 422, _CHOOSE, ()),
)
