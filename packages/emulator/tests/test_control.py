"""Settings, latency, faults and the log."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import miniaudio
import openai
import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from pydantic import ValidationError
from sdk_calls import MODEL, PAINTER, TEXT, ask, calls, configure, parse, png, speak

from emulator.timing import seed_seconds
from emulator_models import testing as prompts
from emulator_models.shapes import SceneAnalysis, StoryContent


def seconds_of(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def test_it_says_that_it_is_up(emulator_url: str) -> None:
    assert httpx.get(f"{emulator_url}/health").json() == {"status": "ok"}


def test_settings_are_kept_until_an_empty_post(control: httpx.Client) -> None:
    fault = {"route": "images/*", "kind": 429, "retry_after": 2.5, "asset": "scene_2", "schema": None}
    configure(control, latency=0.5, answers="canned", faults=[fault])
    kept = control.get("/config").json()
    assert (kept["latency"], kept["answers"]) == (0.5, "canned")
    assert fault.items() <= kept["faults"][0].items()
    configure(control)
    assert control.get("/config").json() == {
        "latency": "none",
        "answers": "made",
        "faults": [],
        "omit_traits": {},
        "limits": {"requests": None, "images": None, "input_images": None, "minute_seconds": 60, "headers": True},
        "voices": None,
    }


@pytest.mark.parametrize(
    "config",
    [
        {"latencey": "none"},
        {"latency": "fast"},
        {"latency": -1},
        {"faults": [{"kind": "explode"}]},
        {"faults": [{"kind": 200}]},
        {"faults": [{"kind": 500, "often": True}]},
        {"faults": [{"kind": 500, "rate": 2}]},
        {"faults": [{"route": "*"}]},
        {"omit_traits": {"wheelchair": 0}},
    ],
)
def test_settings_that_make_no_sense_are_refused(control: httpx.Client, config: dict[str, Any]) -> None:
    answer = control.post("/config", json=config)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_a_status_code_is_that_error(
    gpt: openai.OpenAI, control: httpx.Client, status: int, error: type[openai.APIStatusError]
) -> None:
    configure(control, faults=[{"route": "chat/completions", "kind": status, "times": 1}])
    with pytest.raises(error) as caught:
        ask(gpt, "Hello")
    assert caught.value.status_code == status
    assert caught.value.type
    assert ask(gpt, "Hello").choices


def test_a_busy_provider_says_how_long_to_wait(gpt: openai.OpenAI, eleven: ElevenLabs, control: httpx.Client) -> None:
    configure(control, faults=[{"kind": 429, "retry_after": 2.5, "code": "too_many_concurrent_requests"}])
    with pytest.raises(openai.RateLimitError) as caught:
        ask(gpt, "Hello")
    headers = caught.value.response.headers
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("3", "2500")
    with pytest.raises(ApiError) as busy:
        speak(eleven)
    assert busy.value.status_code == 429
    assert (busy.value.headers or {})["retry-after"] == "3"
    assert busy.value.body["detail"]["status"] == "too_many_concurrent_requests"


def test_the_sdks_own_retry_gets_through(emulator_url: str, control: httpx.Client) -> None:
    configure(control, faults=[{"kind": 503, "times": 2, "retry_after": 0.01}])
    with openai.OpenAI(base_url=f"{emulator_url}/openai/v1", api_key="any", max_retries=2) as patient:
        assert ask(patient, "Hello").choices
    assert [call["status"] for call in calls(control)] == [503, 503, 200]


def test_a_reset_drops_the_connection_without_an_answer(
    gpt: openai.OpenAI, eleven: ElevenLabs, control: httpx.Client
) -> None:
    configure(control, faults=[{"kind": "reset"}])
    with pytest.raises(openai.APIConnectionError):
        ask(gpt, "Hello")
    with pytest.raises(httpx.TransportError):
        speak(eleven)
    assert [(call["status"], call["fault"]) for call in calls(control)] == [(None, "reset")] * 2


def test_a_timeout_holds_until_the_client_gives_up(
    gpt: openai.OpenAI, eleven: ElevenLabs, control: httpx.Client
) -> None:
    configure(control, faults=[{"kind": "timeout"}])
    with pytest.raises(openai.APITimeoutError):
        ask(gpt.with_options(timeout=0.3), "Hello")
    with pytest.raises(httpx.ReadTimeout):
        speak(eleven, timeout_in_seconds=1)
    held = calls(control)
    assert [call["status"] for call in held] == [None, None]
    assert 0.25 < held[0]["end"] - held[0]["start"] < 10


def test_malformed_structure_is_cut_in_an_envelope_that_is_whole(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, faults=[{"schema": "StoryContent", "kind": "malformed"}])
    with pytest.raises(ValidationError):
        parse(gpt, StoryContent, prompts.story_prompt())


def test_a_malformed_body_is_a_200_that_is_no_json(
    gpt: openai.OpenAI, eleven: ElevenLabs, control: httpx.Client
) -> None:
    configure(control, answers="canned", faults=[{"kind": "malformed"}])
    for broken in (
        lambda: gpt.images.generate(prompt="A fox", model=PAINTER, size="256x256"),
        lambda: gpt.moderations.create(input="A fox"),
        lambda: ask(gpt, "Hello"),
        lambda: speak(eleven),
    ):
        with pytest.raises((ValueError, openai.APIError, ApiError)):
            broken()
    assert {call["status"] for call in calls(control)} == {200}
    sound = b"".join(eleven.text_to_speech.convert("nobody", text=TEXT))
    with pytest.raises(miniaudio.DecodeError):
        miniaudio.decode(sound)


def test_a_refusal_is_the_providers_own(gpt: openai.OpenAI, eleven: ElevenLabs, control: httpx.Client) -> None:
    configure(control, faults=[{"kind": "refusal"}])
    refused = parse(gpt, StoryContent, prompts.story_prompt()).choices[0].message
    assert refused.refusal
    assert refused.parsed is None
    with pytest.raises(openai.BadRequestError) as caught:
        gpt.images.generate(prompt="A fox", model=PAINTER)
    assert caught.value.code == "moderation_blocked"
    with pytest.raises(ApiError) as unread:
        speak(eleven)
    assert unread.value.body["detail"]["status"] == "content_against_policy"


def test_a_slow_answer_is_right_but_late(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, faults=[{"kind": "slow", "seconds": 0.5, "times": 1}])
    late, soon = (seconds_of(lambda: ask(gpt, "Hello")) for _ in range(2))
    assert late >= 0.5 > soon


@pytest.mark.parametrize(
    ("fault", "struck"),
    [
        ({"route": "chat/completions"}, ["scene_1", "scene_2"]),
        ({"route": "chat"}, ["scene_1", "scene_2"]),
        ({"route": "chat/*", "asset": "scene_2"}, ["scene_2"]),
        ({"schema": "SceneAnalysis", "asset": "scene_1"}, ["scene_1"]),
        ({"schema": "StoryContent"}, []),
        ({"route": "images/*"}, []),
        ({"times": 1}, ["scene_1"]),
        ({"rate": 0}, []),
        ({"rate": 1}, ["scene_1", "scene_2"]),
    ],
)
def test_a_fault_strikes_the_calls_it_names(
    gpt: openai.OpenAI, control: httpx.Client, fault: dict[str, Any], struck: list[str]
) -> None:
    configure(control, faults=[{"kind": 500, **fault}])
    failed = []
    for asset in ("scene_1", "scene_2"):
        try:
            parse(gpt, SceneAnalysis, prompts.analysis_prompt(asset))
        except openai.InternalServerError:
            failed.append(asset)
    assert failed == struck


def test_a_fault_finds_speech_by_the_first_part_of_its_route(
    eleven: ElevenLabs, gpt: openai.OpenAI, control: httpx.Client
) -> None:
    configure(control, faults=[{"route": "text-to-speech", "kind": 500}])
    with pytest.raises(ApiError):
        speak(eleven)
    assert ask(gpt, "Hello").choices


def test_a_rate_strikes_about_so_often_and_the_same_calls_each_time(gpt: openai.OpenAI, control: httpx.Client) -> None:
    rounds = []
    for _ in range(2):
        configure(control, faults=[{"kind": 500, "rate": 0.3, "seed": 7}])
        control.delete("/log")
        with httpx.Client(headers={"authorization": "Bearer any"}) as plain:
            for _ in range(60):
                plain.get(f"{gpt.base_url}models")
        rounds.append([call["status"] for call in calls(control)])
    assert rounds[0] == rounds[1]
    assert 8 <= rounds[0].count(500) <= 28


def test_slow_calls_overlap(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, latency=0.4)  # a plain chat takes two seconds, in which eight have begun on a busy machine too
    with ThreadPoolExecutor(8) as pool:
        spent = seconds_of(lambda: list(pool.map(lambda _: ask(gpt, "Hello"), range(8))))
    assert 2 <= spent < 12  # one after the other they would take sixteen
    logged = calls(control)
    assert max(call["start"] for call in logged) < min(call["end"] for call in logged)


def test_latency_is_the_seeds_and_covers_the_making(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, latency=0.01)
    parse(gpt, StoryContent, prompts.story_prompt())
    gpt.moderations.create(input="A fox")
    story, moderation = calls(control)
    assert 0.45 <= story["end"] - story["start"] < 2
    assert 0.005 <= moderation["end"] - moderation["start"] < 0.45


def test_a_books_calls_add_up_to_the_seeds_phases() -> None:
    chat = "chat/completions"
    content = (
        seed_seconds("moderations", None) + seed_seconds(chat, "StoryContent") + seed_seconds(chat, "PaletteJourney")
    )
    scene = (
        seed_seconds(chat, "SceneAnalysis") + seed_seconds("images/edits", None) + seed_seconds(chat, "PictureVerdict")
    )
    assert 30 <= content <= 60
    assert 30 <= scene <= 45
    assert 45 <= seed_seconds("text-to-speech/x/with-timestamps", None) <= 90
    assert 10 <= seed_seconds(chat, "Activities") <= 20


def test_the_log_says_what_was_called(gpt: openai.OpenAI, eleven: ElevenLabs, control: httpx.Client) -> None:
    before = time.time()
    parse(gpt, SceneAnalysis, prompts.analysis_prompt("scene_3"))
    gpt.images.edit(
        image=("a.png", png(), "image/png"),
        prompt=prompts.picture_prompt("scene_4"),
        model=PAINTER,
        size="256x256",
    )
    speak(eleven)
    chat, edit, speech = calls(control)
    assert (chat["provider"], chat["route"], chat["model"]) == ("openai", "chat/completions", MODEL)
    assert (chat["schema"], chat["asset"], chat["status"]) == ("SceneAnalysis", "scene_3", 200)
    assert before <= chat["start"] <= chat["end"] <= edit["start"]
    assert chat["request_bytes"] > len(prompts.analysis_prompt())
    assert (edit["route"], edit["asset"], edit["model"]) == ("images/edits", "scene_4", PAINTER)
    assert edit["response_bytes"] > 10_000
    assert (speech["provider"], speech["route"]) == ("elevenlabs", "text-to-speech/nobody/with-timestamps")
    control.delete("/log")
    assert calls(control) == []


def test_a_call_under_way_is_in_the_log(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, latency=0.1)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, gpt, "Hello")
        time.sleep(0.2)
        assert [(call["status"], call["end"]) for call in calls(control)] == [(None, None)]
        asked.result()


@pytest.mark.parametrize("provider", ["openai/v1/images/edits", "elevenlabs/v1/text-to-speech/x"])
def test_a_giant_body_is_refused(emulator_url: str, provider: str) -> None:
    answer = httpx.post(
        f"{emulator_url}/{provider}",
        content=b"x" * (64 * 1024 * 1024 + 1),
        headers={"authorization": "Bearer any", "xi-api-key": "any", "content-type": "application/json"},
        timeout=30,
    )
    assert answer.status_code == 413
    assert {"error", "detail"} & set(answer.json())
