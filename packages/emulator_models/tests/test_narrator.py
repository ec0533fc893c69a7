"""The narrator: every character of any text is timed, and heard when its time says."""

from __future__ import annotations

import itertools
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


# Each sentence with words as written and as they are heard, which the voice's own durations time.
WRITTEN_OUT = {
    "On 24/12/2025 Dr. Smith came.": {"24/12/2025": "December twenty-fourth, 2025", "Dr.": "Dr", "Smith": "Smith"},
    "They walked 5 km to the sea.": {"5": "5", "km": "kilometers", "to": "to", "sea": "sea"},
    "It was 25 °C in the shade.": {"25": "25", "°C": "degrees Celsius", "in": "in"},
    "It was -3°C at 9:30am on Monday.": {"-3°C": "-3 degrees Celsius", "9:30am": "nine thirty A.M.", "on": "on"},
    "We met at St. Paul St. near the river.": {"St. Paul": "Saint Paul", "Paul St.": "Paul Street", "near": "near"},
    "On 24 December 2025 Mr. Fox sang.": {"24 December": "the twenty-fourth of December", "2025": "2025", "Mr.": "Mr"},
    "Prof. Plum had 2 kg of plums vs. 10 lb of pears.": {
        "Prof.": "Professor",
        "kg": "kilograms",
        "vs.": "versus",
        "10": "10",
        "lb": "pounds",
    },
    "It costs £2 million, approx. twice that.": {"£2 million": "2 million pounds", "approx.": "approximately"},
    "King Henry VIII read Chapter IV of it.": {"VIII": "the eighth", "read": "read", "IV": "4", "of": "of"},
    "Call 555-1234 or +1 later.": {"555-1234": "5 5 5, 1 2 3 4", "or": "or", "later": "later"},
    "She ate 3/4 & he ate 50% more.": {"3/4": "3 quarters", "50%": "50%", "more": "more"},
    "At 7:05 p.m. on 2025-03-01 it rained.": {"7:05 p.m.": "seven oh five P.M.", "2025-03-01": "March first, 2025"},
    "The box has 40 cm x 2 ft and 3 oz in it.": {"cm": "centimeters", "ft": "feet", "oz": "ounces", "in": "in"},
    "Capt. Finn met Mrs. Owl on Oct. 3rd.": {"Capt.": "Captain", "Finn": "Finn", "Mrs.": "Mrs", "Owl": "Owl"},
}


def heard_at(times: Alignment, phrase: str) -> tuple[float, float]:
    found = re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", "".join(times.characters))
    assert found, f"{phrase!r} is not in {''.join(times.characters)!r}"
    return times.starts[found.start()], times.ends[found.end() - 1]


@pytest.mark.parametrize("sentence", WRITTEN_OUT)
def test_what_is_written_short_is_timed_as_it_is_heard(sentence: str) -> None:
    read = narrate(sentence, SARAH, QUICK)
    for written, spoken in WRITTEN_OUT[sentence].items():
        assert heard_at(read.alignment, written) == pytest.approx(heard_at(read.normalized, spoken), abs=0.1), written


def pauses(sound: Sound, least: float) -> list[tuple[float, float]]:
    """Where nothing is heard for at least so many seconds, the ends of the recording apart."""
    frames = sound[: len(sound) // 441 * 441].reshape(-1, 441)  # of 10 ms
    loud = np.flatnonzero(10 * np.log10((frames**2).mean(axis=1) + 1e-9) >= -50) / 100
    return [(a + 0.01, b) for a, b in itertools.pairwise(loud) if b - a > least]


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("They met at 25 °C, walked 5 km, with Prof. Plum and 2 kg of plums, to St. Paul, for 3 hrs, and sang.", 4),
        ("On 24/12/2025, Dr. Smith walked 5 km, at 25 °C, for approx. 3 hrs, from 9:30am, and sang.", 5),
        ("It was さくら, and आराध्या, and 李明, and Δημήτρης, and Оля, and Zoë, who went home.", 1),  # by processor
    ],
)
def test_behind_each_pause_that_is_heard_a_written_word_begins(text: str, least: int) -> None:
    read = narrate(text, SARAH, AudioFormat(44_100, 128))
    spoken = words(read.alignment)
    heard = pauses(decoded(read.audio), 0.14)
    if "24/12/2025" in text:  # the one with a pause in it, before the year
        _, start, end = spoken[1]
        heard = [pause for pause in heard if not start + 0.5 < pause[0] < end - 0.5]
    assert len(heard) >= least
    for _, sound in heard:
        assert any(abs(start - sound) < 0.12 for _, start, _ in spoken), (sound, spoken)


@pytest.mark.parametrize("name", ["さくら", "आराध्या", "نورة", "李明", "สมชาย", "여진", "תמר", "Δημήτρης", "Оля", "አበበ"])
def test_a_name_of_any_script_is_heard_for_its_time(name: str) -> None:
    read = narrate(f"One day {name} went to sea.", SARAH, AudioFormat(44_100, 128))
    (start, end), sound = heard_at(read.alignment, name), decoded(read.audio)
    assert end - start > 0.2
    assert level(sound, start, end) > -35


def test_no_word_of_a_text_of_another_script_flashes_by() -> None:
    text = "आराध्या ने लालटेन जलाई। وقالت نورة مرحبا يا قمر. 작은 고양이가 숲으로 갔다."
    assert all(end - start > 0.05 for _, start, end in words(narrate(text, SARAH, QUICK).alignment))


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
