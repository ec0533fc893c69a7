"""The narrator: every character of any text is timed, and heard when its time says."""

from __future__ import annotations

import re
from functools import cache

import miniaudio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator_models.answers import Alignment, AudioFormat, Narration
from emulator_models.narrator import VOICES, narrate
from emulator_models.sound import LOUDNESS, Sound, loudness, resampled

SARAH, GEORGE = VOICES[0].id, "JBFqnCBsd6RMkjVDRZzb"
QUICK = AudioFormat(8_000, None)
TEXT = (
    "Maya rolled her wheelchair to the edge of the meadow, and looked up at the sky. “Do you hear that?” she "
    "whispered. It was coming from the old oak—the one with 3 owls! Leo shook his head, but then he smiled.\n\n"
    "The wind moved softly through the leaves, and somewhere, far away, a bell rang. At 9:30am on "
    "10/12/2019 it had cost $5.50 🦊. They hopped, skipped, and jumped back to the boat."
)


@cache
def narration() -> Narration:
    return narrate(TEXT, SARAH, AudioFormat(44_100, 128))


def decoded(mp3: bytes, rate: int = 44_100) -> Sound:
    played = miniaudio.decode(mp3, output_format=miniaudio.SampleFormat.FLOAT32, nchannels=1, sample_rate=rate)
    return np.frombuffer(played.samples, np.float32)


def words(times: Alignment) -> list[tuple[str, float, float]]:
    """The words, as they stand between white space, and when they are heard."""
    text = "".join(times.characters)
    return [(m.group(), times.starts[m.start()], times.ends[m.end() - 1]) for m in re.finditer(r"\S+", text)]


def level(sound: Sound, start: float, end: float) -> float:
    """In dB of full scale."""
    part = sound[round(start * 44_100) : round(end * 44_100)]
    return float(10 * np.log10(np.mean(part**2) + 1e-12))


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
    fits = {shift: float(np.corrcoef(np.roll(speaking, shift), levels)[0, 1]) for shift in range(-30, 31)}
    best = max(fits, key=lambda shift: fits[shift])
    assert abs(best) <= 3


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
    read = "".join(narration().normalized.characters)
    assert "October" in read
    assert "10/12" not in read


def test_voices_differ_and_an_unknown_one_is_always_the_same() -> None:
    sarah, george = (narrate("Hello there, little fox.", voice, QUICK) for voice in (SARAH, GEORGE))
    assert sarah.audio != george.audio
    assert narrate("Hello.", "nobody", QUICK) == narrate("Hello.", "nobody", QUICK)


@pytest.mark.parametrize(
    "text", ["你好，世界。", "Привет, мир!", "¹A ① ٣", "🦊🎉", "…", "x" * 700, "1" * 300, "a,b;c" * 80]
)
def test_what_is_not_english_is_no_error(text: str) -> None:
    read = narrate(text, SARAH, QUICK)
    assert "".join(read.alignment.characters) == text
    assert read.alignment.ends[-1] <= read.seconds


AWKWARD = "Dr. Smith|9:30am|10/12/2019|£5.50|\n\n|\n|—|“Hi!”|don’t|peanut-butter|3rd|🦊|你好|Привет|...|5km|A.|Maya"
texts = st.text(min_size=1, max_size=40) | st.lists(st.sampled_from(AWKWARD.split("|")), min_size=1, max_size=8).map(
    " ".join
)


@settings(max_examples=40, deadline=None)
@given(texts)
def test_the_times_of_any_text_cover_it_in_order(text: str) -> None:
    read = narrate(text, SARAH, QUICK)
    for times in (read.alignment, read.normalized):
        assert len(times.characters) == len(times.starts) == len(times.ends)
        edges = [edge for pair in zip(times.starts, times.ends, strict=True) for edge in pair]
        assert edges == sorted(edges)
    assert read.alignment.characters == list(text)
    assert read.seconds - 1 <= read.alignment.ends[-1] <= read.seconds
