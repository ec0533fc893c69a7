"""Limits a minute, as OpenAI counts them and says so."""

from __future__ import annotations

from typing import Any

import httpx
import openai
import pytest
from sdk_calls import MODEL, PAINTER, ask, calls, configure, png

from emulator.limits import Limiter, Limits
from emulator.log import Call
from emulator.wire_errors import WireError

AN_HOUR = 3600
"""So long a minute that none passes while a test runs."""


def draw(gpt: openai.OpenAI, references: int = 0) -> Any:
    painting: Any = {"prompt": "A fox", "model": PAINTER, "size": "256x256"}
    if not references:
        return gpt.images.generate(**painting)
    return gpt.images.edit(image=[(f"{number}.png", png(), "image/png") for number in range(references)], **painting)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def refusal(limiter: Limiter, **counts: Any) -> str | None:
    """What a call is refused with; None where it is admitted."""
    call = Call(provider="openai", route="images/edits", start=0, model=PAINTER, **counts)
    try:
        limiter.admit(call)
    except WireError as error:
        return str(error.body["error"]["message"])  # type: ignore[index]
    return None


def test_a_reference_picture_beyond_the_minutes_is_refused_as_openai_refuses_it(
    gpt: openai.OpenAI, control: httpx.Client
) -> None:
    configure(control, answers="canned", limits={"input_images": 5, "minute_seconds": AN_HOUR})
    draw(gpt, references=3)
    draw(gpt, references=2)
    with pytest.raises(openai.RateLimitError, match="on input-images per min: Limit 5, Used 5, Requested 1") as caught:
        draw(gpt, references=1)
    assert (caught.value.type, caught.value.code) == ("input-images", "rate_limit_exceeded")
    assert int(caught.value.response.headers["retry-after"]) > 60
    assert [call["input_pictures"] for call in calls(control)] == [3, 2, 1]
    assert draw(gpt)  # without references it is another limit


def test_the_wait_may_stand_in_the_words_alone(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, answers="canned", limits={"images": 1, "headers": False, "minute_seconds": AN_HOUR})
    draw(gpt)
    with pytest.raises(openai.RateLimitError, match="images per min: Limit 1, Used 1, Requested 1") as caught:
        draw(gpt)
    assert not {"retry-after", "retry-after-ms"} & set(caught.value.response.headers)


def test_each_model_has_its_own_limits(gpt: openai.OpenAI, control: httpx.Client) -> None:
    configure(control, limits={"requests": 1, "minute_seconds": AN_HOUR})
    for model in (MODEL, "gpt-4.1"):
        assert ask(gpt, "Hello", model=model).choices
    with pytest.raises(openai.RateLimitError, match=f"Rate limit reached for {MODEL} in"):
        ask(gpt, "Hello")


def test_the_sixth_of_five_a_minute_waits_twelve_seconds() -> None:
    clock = Clock()
    limiter = Limiter(Limits(input_images=5), clock)
    assert refusal(limiter, input_pictures=5) is None
    assert "Used 5, Requested 1. Please try again in 12s." in (refusal(limiter, input_pictures=1) or "")
    clock.now = 11
    assert "Please try again in 1s." in (refusal(limiter, input_pictures=1) or "")
    clock.now = 12
    assert refusal(limiter, input_pictures=1) is None


def test_more_than_a_minutes_limit_never_succeeds() -> None:
    clock = Clock()
    limiter = Limiter(Limits(input_images=5), clock)
    for hour in range(3):
        clock.now = hour * 3600.0
        words = refusal(limiter, input_pictures=6) or ""
        assert "Limit 5, Requested 6." in words
        assert "try again" not in words
    assert refusal(limiter, input_pictures=5) is None


def test_asking_again_and_again_keeps_the_limit_used_up() -> None:
    clock = Clock()
    limiter = Limiter(Limits(requests=6), clock)  # one more each ten seconds
    for _ in range(6):
        assert refusal(limiter) is None
    for second in range(2, 122, 2):
        clock.now = second
        assert refusal(limiter) is not None
    clock.now += 10
    assert refusal(limiter) is None


def test_a_minute_may_be_shorter() -> None:
    clock = Clock()
    limiter = Limiter(Limits(images=2, minute_seconds=1), clock)
    assert refusal(limiter, pictures=2) is None
    assert "Please try again in 1s." in (refusal(limiter, pictures=2) or "")
    clock.now = 1
    assert refusal(limiter, pictures=2) is None
