"""Real answers by name: each is given as it was seen, where it is met, and is read by the real SDKs."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import openai
import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from PIL import Image
from sdk_calls import MODEL, PAINTER, TEXT, ask, calls, configure, parse, png, speak

from emulator.real_answers import ANSWERS, RealAnswer
from emulator.real_answers.bodies import Body, duration
from emulator_models import testing as prompts
from emulator_models.shapes import StoryContent

BODIES = [answer for answer in ANSWERS if isinstance(answer, Body)]


def met(answer: RealAnswer, url: str) -> httpx.Response:
    """A call where the answer is met, without an SDK in between."""
    if "elevenlabs" in answer.providers and "openai" not in answer.providers:
        headers = {"xi-api-key": "any"}
        if answer.route.startswith("[uv]"):
            return httpx.get(f"{url}/elevenlabs/v1/voices", headers=headers)
        return httpx.post(
            f"{url}/elevenlabs/v1/text-to-speech/x/with-timestamps", json={"text": TEXT}, headers=headers, timeout=30
        )
    headers = {"authorization": "Bearer any"}
    painting = {"prompt": "A fox", "model": PAINTER, "size": "256x256"}
    if answer.route == "images/edits":
        files = {"image": ("a.png", png(), "image/png")}
        return httpx.post(f"{url}/openai/v1/images/edits", data=painting, files=files, headers=headers)
    routes: dict[str, tuple[str, dict[str, Any]]] = {
        "images": ("images/generations", painting),
        "moderations": ("moderations", {"input": "A fox"}),
    }
    chat = ("chat/completions", {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]})
    route, body = routes.get(answer.route, chat)
    return httpx.post(f"{url}/openai/v1/{route}", json=body, headers=headers)


@pytest.mark.parametrize("answer", BODIES, ids=lambda answer: f"{answer.providers[0]}-{answer.name}")
def test_a_body_is_answered_as_it_was_seen(control: httpx.Client, emulator_url: str, answer: Body) -> None:
    configure(control, faults=[{"kind": answer.name}])
    given = met(answer, emulator_url)
    assert given.status_code == answer.status
    before, _, _ = answer.body.partition("$")
    assert given.text.startswith(before)
    assert "$" not in given.text
    assert not any("$" in value for value in given.headers.values())
    if answer.body.startswith("{"):
        assert given.json()
    assert [call["fault"] for call in calls(control)] == [answer.name]


def test_every_answer_says_what_it_is_and_where_it_was_seen(control: httpx.Client) -> None:
    listed = control.get("/faults").json()
    assert {answer.name for answer in ANSWERS} | {"timeout", "reset"} <= {fault["kind"] for fault in listed}
    assert all(fault["says"].endswith(".") for fault in listed)
    assert all(fault["source"] for fault in listed if "providers" in fault)


def test_an_answer_of_both_providers_is_told_in_the_words_of_each(
    gpt: openai.OpenAI, eleven: ElevenLabs, control: httpx.Client
) -> None:
    configure(control, faults=[{"kind": "invalid_api_key"}])
    with pytest.raises(openai.AuthenticationError, match="Incorrect API key provided") as caught:
        gpt.models.list()
    assert caught.value.code == "invalid_api_key"
    with pytest.raises(ApiError) as unheard:
        eleven.voices.get_all()
    assert unheard.value.body["detail"]["status"] == "invalid_api_key"


def test_an_answer_strikes_only_where_it_is_met(gpt: openai.OpenAI, eleven: ElevenLabs, control: httpx.Client) -> None:
    configure(control, faults=[{"kind": "moderation_blocked_at_output"}, {"kind": "quota_exceeded"}])
    assert ask(gpt, "Hello").choices
    with pytest.raises(openai.BadRequestError) as caught:
        gpt.images.generate(prompt="A fox", model=PAINTER, size="256x256")
    assert caught.value.code == "moderation_blocked"
    assert caught.value.body["moderation_details"]["moderation_stage"] == "output"  # type: ignore[index]
    with pytest.raises(ApiError) as unread:
        speak(eleven)
    assert unread.value.status_code == 401


@pytest.mark.parametrize(
    ("kind", "seconds", "header", "words"),
    [
        ("rate_limit_in_words", None, None, "Please try again in 12s."),
        ("rate_limit_in_words", 0.2, None, "Please try again in 200ms."),
        ("rate_limit_with_retry_after", 2.5, ("retry-after", "3"), ""),
        ("rate_limit_with_retry_after_ms", 2.5, ("retry-after-ms", "2500"), ""),
        ("rate_limit_with_reset_headers", 90, ("x-ratelimit-reset-tokens", "1m30s"), ""),
        ("rate_limit_for_two_hours", None, ("retry-after", "7200"), "2h0m0s"),
        ("server_is_overloaded", 0.5, ("retry-after", "1"), ""),
    ],
)
def test_the_wait_stands_where_this_answer_has_it(
    gpt: openai.OpenAI,
    control: httpx.Client,
    kind: str,
    seconds: float | None,
    header: tuple[str, str] | None,
    words: str,
) -> None:
    configure(control, faults=[{"kind": kind, "retry_after": seconds}])
    with pytest.raises(openai.APIStatusError) as caught:
        ask(gpt, "Hello")
    assert words in caught.value.message
    headers = caught.value.response.headers
    if header:
        assert headers[header[0]] == header[1]
    else:
        assert not {"retry-after", "retry-after-ms"} & set(headers)


def test_a_duration_is_written_as_openai_writes_it() -> None:
    assert [duration(seconds) for seconds in (0.25, 1.5, 12, 90, 7200)] == ["250ms", "1.5s", "12s", "1m30s", "2h0m0s"]


@pytest.mark.parametrize(
    ("kind", "near"),
    [
        ("credit_balance_exausted", "credit_balance_exhausted"),
        ("Moderation-Blocked", "moderation_blocked"),
        ("time", ""),
    ],
)
def test_an_unknown_name_is_refused_with_those_like_it(control: httpx.Client, kind: str, near: str) -> None:
    answer = control.post("/config", json={"faults": [{"kind": kind}]})
    assert answer.status_code == 422
    assert near in answer.text
    assert "/_emulator/faults" in answer.text


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("fenced_json", "```json\n{"),
        ("prose_before_json", "Sure! Here is the {JSON}"),
        ("thinking_before_json", "<think>\n"),
        ("prose_instead_of_json", "Once upon"),
    ],
)
def test_a_structured_answer_is_wrapped_as_other_models_wrap_it(
    gpt: openai.OpenAI, control: httpx.Client, kind: str, start: str
) -> None:
    configure(control, faults=[{"kind": kind}])
    content = ask(gpt, prompts.story_prompt(), response_format=strict(StoryContent)).choices[0].message.content
    assert content.startswith(start)


@pytest.mark.parametrize(("kind", "ending"), [("nul_characters", "\0"), ("lone_surrogates", "\ud83e")])
def test_strings_end_in_what_a_database_will_not_take(
    gpt: openai.OpenAI, control: httpx.Client, kind: str, ending: str
) -> None:
    configure(control, faults=[{"kind": kind}])
    content = ask(gpt, prompts.story_prompt(), response_format=strict(StoryContent)).choices[0].message.content
    content.encode()  # the text itself is sound: the odd character is written as an escape
    assert json.loads(content)["beats"][0]["text"].endswith(ending)


def test_a_chat_declines_or_is_stopped_as_openai_says_it(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, faults=[{"kind": "chat_refusal"}])
    message = parse(gpt, StoryContent, prompts.story_prompt()).choices[0].message
    assert (message.parsed, bool(message.refusal)) == (None, True)
    configure(control, faults=[{"kind": "finish_reason_content_filter"}])
    with pytest.raises(openai.ContentFilterFinishReasonError):
        parse(gpt, StoryContent, prompts.story_prompt())


def test_a_picture_is_handed_out_by_its_address(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, faults=[{"kind": "url_pictures", "times": 1}, {"kind": "url_pictures_that_are_gone"}])
    url, gone = (gpt.images.generate(prompt="A fox", model=PAINTER, size="256x256").data[0].url for _ in range(2))  # type: ignore[index]
    assert Image.open(io.BytesIO(httpx.get(str(url)).content)).size == (256, 256)
    assert httpx.get(str(gone)).status_code == 403


MISTIMED = (
    *("stuck_times", "stretched_times", "drifting_times", "hurried_times", "times_that_begin_again"),
    *("overshooting_times", "negative_starts", "truncated_sound"),
)


def clear(answer: Any) -> bool:
    """Whether an answer's times could be true of its sound, of 128 kbit/s."""
    seconds = len(base64.b64decode(answer.audio_base_64)) * 8 / 128_000
    starts, ends = answer.alignment.character_start_times_seconds, answer.alignment.character_end_times_seconds
    still = sum(start == end for start, end in zip(starts, ends, strict=True))
    in_order = starts == sorted(starts) and min(starts) >= 0
    return in_order and bool(abs(ends[-1] - seconds) <= 0.2) and still < len(starts) / 10


def last_end(answer: Any) -> float:
    return float(answer.alignment.character_end_times_seconds[-1])


WRONG: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(MISTIMED, lambda answer: not clear(answer)),
    "words_without_length": lambda answer: answer.alignment.character_start_times_seconds[-1] == last_end(answer),
    "times_of_another_text": lambda answer: "".join(answer.alignment.characters) != TEXT,
    "doubled_characters": lambda answer: len(answer.alignment.characters) > len(TEXT),
    "missing_alignment": lambda answer: answer.alignment is None,
    "no_sound": lambda answer: answer.audio_base_64 == "",
}


@pytest.mark.parametrize("kind", WRONG)
def test_speech_goes_wrong_as_users_reported_it(eleven: ElevenLabs, control: httpx.Client, kind: str) -> None:
    configure(control, answers="canned")
    assert not WRONG[kind](speak(eleven))
    configure(control, answers="canned", faults=[{"kind": kind}])
    assert WRONG[kind](speak(eleven))


def test_speech_comes_back_in_another_spelling(eleven: ElevenLabs, control: httpx.Client) -> None:
    configure(control, answers="canned", faults=[{"kind": "trimmed_characters"}])
    assert "".join(speak(eleven, "One.\n\nTwo.").alignment.characters) == "One.Two."
    configure(control, answers="canned", faults=[{"kind": "decomposed_characters"}])
    assert "".join(speak(eleven, "Café.").alignment.characters) == "Cafe\u0301."
    configure(control, answers="canned", faults=[{"kind": "changed_characters"}])
    assert "".join(speak(eleven, f"“{99 * 'a'}”").alignment.characters) == f'"{98 * "a"}"'


def strict(shape: type[StoryContent]) -> dict[str, Any]:
    schema = openai.lib._pydantic.to_strict_json_schema(shape)
    return {"type": "json_schema", "json_schema": {"name": shape.__name__, "strict": True, "schema": schema}}
