"""The emulator's ElevenLabs, used through ElevenLabs's SDK."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import miniaudio
import numpy as np
import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError

from emulator_models.narrator import VOICES
from emulator_models.sound import Sound

SARAH, GEORGE = VOICES[0].id, "JBFqnCBsd6RMkjVDRZzb"
MULTILINGUAL = "eleven_multilingual_v2"


def decoded(mp3: bytes, rate: int = 44_100) -> Sound:
    played = miniaudio.decode(mp3, output_format=miniaudio.SampleFormat.FLOAT32, nchannels=1, sample_rate=rate)
    return np.frombuffer(played.samples, np.float32)


def speak(eleven: ElevenLabs, text: str, **more: Any) -> Any:
    arguments: dict[str, Any] = {
        "model_id": MULTILINGUAL,
        "output_format": "mp3_44100_128",
        "request_options": {"max_retries": 0},
    }
    return eleven.text_to_speech.convert_with_timestamps(SARAH, text=text, **arguments | more)


def refusal(caught: pytest.ExceptionInfo[ApiError]) -> tuple[int | None, str]:
    return caught.value.status_code, caught.value.body["detail"]["status"]


def test_speech_comes_with_the_time_of_each_character(eleven: ElevenLabs) -> None:
    text = "Once upon a time, there was a fox. “Hello!” said the fox."
    answer = speak(eleven, text, previous_text="Before.", next_text="After.")
    times = answer.alignment
    assert "".join(times.characters) == text
    assert len(times.character_start_times_seconds) == len(times.character_end_times_seconds) == len(text)
    seconds = len(decoded(base64.b64decode(answer.audio_base_64))) / 44_100
    assert seconds - 1 <= times.character_end_times_seconds[-1] <= seconds
    assert "".join(answer.normalized_alignment.characters).startswith("Once upon")


def test_speech_alone_is_sound(eleven: ElevenLabs) -> None:
    audio = b"".join(eleven.text_to_speech.convert(SARAH, text="Hello there.", model_id=MULTILINGUAL))
    assert len(decoded(audio)) > 44_100 // 2


@pytest.mark.parametrize(
    ("name", "rate", "kilobits"),
    [
        ("mp3_22050_32", 22_050, 32),
        ("mp3_44100_64", 44_100, 64),
        ("mp3_44100_192", 44_100, 192),
        ("pcm_24000", 24_000, None),
    ],
)
def test_the_sound_has_the_format_asked_for(eleven: ElevenLabs, name: str, rate: int, kilobits: int | None) -> None:
    answer = speak(eleven, "Hello there, little fox.", output_format=name)
    audio = base64.b64decode(answer.audio_base_64)
    end = answer.alignment.character_end_times_seconds[-1]
    if kilobits is None:
        assert len(audio) / 2 / rate == pytest.approx(end, abs=1)
        return
    assert miniaudio.mp3_get_info(audio).sample_rate == rate
    assert len(audio) * 8 / 1000 / kilobits == pytest.approx(len(decoded(audio)) / 44_100, rel=0.02)


def test_a_faster_speed_is_faster(eleven: ElevenLabs) -> None:
    text = "The wind moved softly through the leaves."
    slow, fast = (speak(eleven, text, voice_settings={"speed": speed}) for speed in (0.8, 1.2))
    assert fast.alignment.character_end_times_seconds[-1] < 0.85 * slow.alignment.character_end_times_seconds[-1]


def test_voices_are_listed(eleven: ElevenLabs) -> None:
    assert {voice.voice_id for voice in eleven.voices.get_all().voices} >= {SARAH, GEORGE}


def test_voices_differ_in_kind_and_language(eleven: ElevenLabs) -> None:
    listed = eleven.voices.get_all().voices
    assert {voice.category for voice in listed} == {"premade", "professional", "generated"}
    german = next(voice for voice in listed if (voice.labels or {}).get("language") == "de")
    assert german.verified_languages
    assert german.verified_languages[0].language == "de"
    assert eleven.voices.get(german.voice_id).name == german.name


def test_a_voice_that_is_not_the_accounts_is_not_found(eleven: ElevenLabs) -> None:
    with pytest.raises(ApiError) as caught:
        eleven.voices.get("nobody")
    assert refusal(caught) == (404, "voice_not_found")


def test_an_account_may_have_other_voices(eleven: ElevenLabs, control: httpx.Client) -> None:
    control.post("/config", json={"voices": [GEORGE, "my-own-voice"]}).raise_for_status()
    assert [voice.voice_id for voice in eleven.voices.get_all().voices] == [GEORGE, "my-own-voice"]
    assert eleven.voices.get("my-own-voice").category == "cloned"
    with pytest.raises(ApiError) as caught:
        speak(eleven, "Hello.")
    assert refusal(caught) == (404, "voice_not_found")


def test_the_account_says_what_it_pays_for_and_what_is_left(eleven: ElevenLabs) -> None:
    subscription = eleven.user.subscription.get()
    assert subscription.status == "active"
    assert subscription.character_count < subscription.character_limit
    assert eleven.user.get().subscription.tier == subscription.tier


def test_models_are_listed_with_their_limits(eleven: ElevenLabs) -> None:
    most = {model.model_id: model.maximum_text_length_per_request for model in eleven.models.list()}
    assert most[MULTILINGUAL] == 10_000
    assert most["eleven_v3"] == 5_000


def test_what_is_free_to_ask_may_be_refused_too(eleven: ElevenLabs, control: httpx.Client) -> None:
    control.post("/config", json={"faults": [{"kind": "missing_permissions_to_read"}]}).raise_for_status()
    for ask in (eleven.user.get, eleven.user.subscription.get, eleven.voices.get_all):
        with pytest.raises(ApiError) as caught:
            ask()
        assert refusal(caught) == (401, "missing_permissions")
    assert speak(eleven, "Hello.").alignment


@pytest.mark.parametrize(("key", "status"), [("sk-invalid", "invalid_api_key"), ("", "needs_authorization")])
def test_a_key_is_needed(emulator_url: str, key: str, status: str) -> None:
    url = f"{emulator_url}/elevenlabs"
    with httpx.Client() as http, pytest.raises(ApiError) as caught:
        ElevenLabs(base_url=url, api_key=key, httpx_client=http).text_to_speech.convert_with_timestamps(
            SARAH, text="Hello."
        )
    assert refusal(caught) == (401, status)


@pytest.mark.parametrize(
    ("text", "more", "status"),
    [
        ("a" * 10_001, {}, "max_character_limit_exceeded"),
        ("a" * 5_001, {"model_id": "eleven_v3"}, "max_character_limit_exceeded"),
        ("Hi.", {"model_id": "eleven_v3", "previous_text": "Before."}, "unsupported_model"),
        ("Hi.", {"model_id": "eleven_v99"}, "model_not_found"),
        (" \n ", {}, "input_text_empty"),
        ("Hi.", {"output_format": "opus_48000_64"}, "invalid_output_format"),
        ("Hi.", {"output_format": "mp3_44100_17"}, "invalid_output_format"),
    ],
)
def test_requests_are_refused_as_elevenlabs_refuses_them(
    eleven: ElevenLabs, text: str, more: dict[str, Any], status: str
) -> None:
    with pytest.raises(ApiError) as caught:
        speak(eleven, text, **more)
    assert refusal(caught) == (400, status)


def test_a_body_without_text_is_a_422(emulator_url: str) -> None:
    answer = httpx.post(
        f"{emulator_url}/elevenlabs/v1/text-to-speech/x",
        json={"model_id": MULTILINGUAL},
        headers={"xi-api-key": "any"},
    )
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "text"]


def test_an_unknown_address_is_a_404_in_elevenlabs_shape(emulator_url: str) -> None:
    answer = httpx.get(f"{emulator_url}/elevenlabs/v1/nothing", headers={"xi-api-key": "any"})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
