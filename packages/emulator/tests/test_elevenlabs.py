"""The emulator's ElevenLabs, used through ElevenLabs's SDK, and its narrator."""

from __future__ import annotations

import base64
import re
from functools import cache
from typing import Any

import httpx
import miniaudio
import numpy as np
import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator_models.narrator import VOICES, Alignment, Format, Narrated, narrate
from emulator_models.sound import LOUDNESS, Sound, loudness, resampled

SARAH, GEORGE = VOICES[0].id, "JBFqnCBsd6RMkjVDRZzb"
MULTILINGUAL = "eleven_multilingual_v2"
QUICK = Format(8_000, None)
TEXT = (
    "Maya rolled her wheelchair to the edge of the meadow, and looked up at the sky. “Do you hear that?” she "
    "whispered. It was coming from the old oak—the one with 3 owls! Leo shook his head, but then he smiled.\n\n"
    "The wind moved softly through the leaves, and somewhere, far away, a bell rang. At 9:30am on "
    "10/12/2019 it had cost $5.50 🦊. They hopped, skipped, and jumped back to the boat."
)


@cache
def narration() -> Narrated:
    return narrate(TEXT, SARAH, Format(44_100, 128))


def decoded(mp3: bytes, rate: int = 44_100) -> Sound:
    played = miniaudio.decode(
        mp3, output_format=miniaudio.SampleFormat.FLOAT32, nchannels=1, sample_rate=rate
    )
    return np.frombuffer(played.samples, np.float32)


def words(times: Alignment) -> list[tuple[str, float, float]]:
    """The words, as they stand between white space, and when they are heard."""
    text = "".join(times.characters)
    return [(m.group(), times.starts[m.start()], times.ends[m.end() - 1]) for m in re.finditer(r"\S+", text)]


def level(sound: Sound, start: float, end: float) -> float:
    """In dB of full scale."""
    part = sound[round(start * 44_100) : round(end * 44_100)]
    return float(10 * np.log10(np.mean(part**2) + 1e-12))


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
def test_the_sound_has_the_format_asked_for(
    eleven: ElevenLabs, name: str, rate: int, kilobits: int | None
) -> None:
    answer = speak(eleven, "Hello there, little fox.", output_format=name)
    audio = base64.b64decode(answer.audio_base_64)
    end = answer.alignment.character_end_times_seconds[-1]
    if kilobits is None:
        assert len(audio) / 2 / rate == pytest.approx(end, abs=1)
        return
    assert miniaudio.mp3_get_info(audio).sample_rate == rate
    assert len(audio) * 8 / 1000 / kilobits == pytest.approx(len(decoded(audio)) / 44_100, rel=0.02)


def test_a_longer_story_is_read_at_a_childs_pace() -> None:
    text = TEXT[: TEXT.index(" At 9:30am")]
    for voice in VOICES:
        assert 135 <= len(text.split()) / narrate(text, voice.id, QUICK).seconds * 60 <= 168, voice.name


def test_the_loudness_is_even_and_nothing_clips() -> None:
    sound = decoded(narration().audio)
    assert loudness(sound, 44_100) == pytest.approx(LOUDNESS, abs=1.5)
    halves = [loudness(half, 44_100) for half in np.array_split(sound, 2)]
    assert halves[0] == pytest.approx(halves[1], abs=1)
    true_peak = np.abs(resampled(np.pad(sound, 4_410), 44_100, 176_400)).max()
    assert 20 * np.log10(true_peak) < -1


def test_words_are_heard_when_the_times_say() -> None:
    sound = decoded(narration().audio)
    spoken = [word for word in words(narration().alignment) if word[0] not in ("🦊.",)]
    assert all(end - start > 0.03 for _, start, end in spoken)
    quiet = [word for word, start, end in spoken if level(sound, start - 0.02, end + 0.02) < -40]
    assert quiet == []
    assert level(sound, spoken[0][1], spoken[0][2]) > level(sound, 0, spoken[0][1]) + 20


def test_the_times_fit_the_sound_better_than_any_shift_of_them() -> None:
    sound = decoded(narration().audio)
    frames = sound[: len(sound) // 441 * 441].reshape(-1, 441)  # of 10 ms
    levels = 10 * np.log10((frames**2).mean(axis=1) + 1e-8)
    speaking = np.zeros(len(levels))
    for _, start, end in words(narration().alignment):
        speaking[round(start * 100) : round(end * 100)] = 1
    fits = {shift: np.corrcoef(np.roll(speaking, shift), levels)[0, 1] for shift in range(-30, 31)}
    assert abs(max(fits, key=lambda shift: fits[shift])) <= 3


def test_nothing_is_heard_between_sentences() -> None:
    sound, times = decoded(narration().audio), narration().alignment
    text = "".join(times.characters)
    gaps = [m.start() for m in re.finditer(r"(?<=[.!?”])\s+(?=[“A-Z])", text)]
    assert len(gaps) >= 4
    for gap in gaps:
        start, end = times.ends[gap - 1], times.starts[gap + 1 + (text[gap + 1] == "\n")]
        assert end - start > 0.25
        assert level(sound, start + 0.1, end - 0.05) < -50


def test_paragraphs_are_parted_by_a_longer_pause_than_sentences() -> None:
    times = narration().alignment
    text = "".join(times.characters)
    paragraph, sentence = text.index("\n\n"), text.index(" It was")
    between = times.starts[paragraph + 2] - times.ends[paragraph - 1]
    assert 0.6 <= between <= 0.95
    assert between > times.starts[sentence + 1] - times.ends[sentence - 1] + 0.2


def test_numbers_are_read_as_words_and_timed_on_their_digits() -> None:
    spoken = {word: end - start for word, start, end in words(narration().alignment)}
    assert spoken["3"] > 0.1
    assert spoken["10/12/2019"] > 1.2
    assert spoken["$5.50"] > 0.7
    read = "".join(narration().normalised.characters)
    assert "October" in read
    assert "10/12" not in read


def test_voices_differ_and_an_unknown_one_is_always_the_same() -> None:
    sarah, george = (narrate("Hello there, little fox.", voice, QUICK) for voice in (SARAH, GEORGE))
    assert sarah.audio != george.audio
    assert narrate("Hello.", "nobody", QUICK) == narrate("Hello.", "nobody", QUICK)


def test_a_faster_speed_is_faster(eleven: ElevenLabs) -> None:
    text = "The wind moved softly through the leaves."
    slow, fast = (speak(eleven, text, voice_settings={"speed": speed}) for speed in (0.8, 1.2))
    assert (
        fast.alignment.character_end_times_seconds[-1] < 0.85 * slow.alignment.character_end_times_seconds[-1]
    )


@pytest.mark.parametrize(
    "text", ["你好，世界。", "Привет, мир!", "¹A ① ٣", "🦊🎉", "…", "x" * 700, "1" * 300, "a,b;c" * 80]
)
def test_what_is_not_english_is_no_error(text: str) -> None:
    read = narrate(text, SARAH, QUICK)
    assert "".join(read.alignment.characters) == text
    assert read.alignment.ends[-1] <= read.seconds


AWKWARD = (
    "Dr. Smith|9:30am|10/12/2019|£5.50|\n\n|\n|—|“Hi!”|don’t|peanut-butter|3rd|🦊|你好|Привет|...|5km|A.|Maya"
)
texts = st.text(min_size=1, max_size=40) | st.lists(
    st.sampled_from(AWKWARD.split("|")), min_size=1, max_size=8
).map(" ".join)


@settings(max_examples=40, deadline=None)
@given(texts)
def test_the_times_of_any_text_cover_it_in_order(text: str) -> None:
    read = narrate(text, SARAH, QUICK)
    for times in (read.alignment, read.normalised):
        assert len(times.characters) == len(times.starts) == len(times.ends)
        edges = [edge for pair in zip(times.starts, times.ends, strict=True) for edge in pair]
        assert edges == sorted(edges)
    assert read.alignment.characters == list(text)
    assert read.seconds - 1 <= read.alignment.ends[-1] <= read.seconds


def test_voices_are_listed(eleven: ElevenLabs) -> None:
    assert {voice.voice_id for voice in eleven.voices.get_all().voices} >= {SARAH, GEORGE}


@pytest.mark.parametrize(("key", "status"), [("sk-invalid", "invalid_api_key"), ("", "needs_authorization")])
def test_a_key_is_needed(base_url: str, key: str, status: str) -> None:
    client = ElevenLabs(base_url=f"{base_url}/elevenlabs", api_key=key)
    with pytest.raises(ApiError) as caught:
        client.text_to_speech.convert_with_timestamps(SARAH, text="Hello.")
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


def test_a_body_without_text_is_a_422(base_url: str) -> None:
    answer = httpx.post(
        f"{base_url}/elevenlabs/v1/text-to-speech/x",
        json={"model_id": MULTILINGUAL},
        headers={"xi-api-key": "any"},
    )
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "text"]


def test_an_unknown_address_is_a_404_in_elevenlabs_shape(base_url: str) -> None:
    answer = httpx.get(f"{base_url}/elevenlabs/v1/nothing", headers={"xi-api-key": "any"})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
