"""The narration: every word once, when it is heard, in blocks that are safe and complete."""

from __future__ import annotations

import functools
import html
import re
from html.parser import HTMLParser

import miniaudio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from emulator.testing import Emulator
from emulator_models.answers import Alignment, AudioFormat
from emulator_models.narrator import narrate as truly_narrated
from storytailor.errors import TransientError, VoiceGoneError
from storytailor.making.narration import RecordedNarration, narrate
from storytailor.making.spoken_text import SpokenText, spoken_text
from storytailor.providers.elevenlabs.client import STITCHING_CHARACTERS
from storytailor.story import StoryContent
from storytailor.text.words import HAS_SPACELESS
from tests.making.beeping import beeping
from tests.making.conftest import ContextFor
from tests.making.stories import story
from tests.making.wire import Wire

RATE = 44_100
PAUSE = ' <break time="1.2s" />'
OPENING = "The Lantern.\n\nFor everyone."
ENDING = "The end.\n\nYou can be afraid and walk on."
TEXTS = {
    "numbers": "They counted 1,204 lanterns. At 3:30 the 2nd bell rang, and 10½ boats came home.",
    "contractions": "“I don’t think we’ll be late,” said Leo. 'Tis early, isn't it? It’s Maya’s turn.",
    "em dashes": "She looked up—and up—until—oh! There it was — a kite – blue as the sea.",
    "nested speech": '“Mum said, ‘Take the lamp,’ and I said, ‘I’ve got it!’” laughed Maya. "Good," said Leo.',
    "ellipses": "It was quiet ... too quiet… “Hello?” … Nobody answered.",
    "hyphens": "A well-known, half-forgotten, merry-go-round stood by the north-east gate.",
    "other scripts": "Grandma wrote Привет on the wall, then γειά, then 你好 and नमस्ते beside the door.",
    "emoji": "Maya waved 🦊 and the fox 👩🏽‍🦽 waved back. 🎉🎉 What a day!",
    "markup": "The sign said <b>Stop</b> & go <script>alert(1)</script>. Maya read x < y, and A&B.",
    "paragraphs": "First they ran.\n\nThen they sat down.\n\n\nAt last they slept.",
    "one line after another": "Row, row, row,\nrow your boat,\nsoftly down the stream.",
    "capitals": "NASA sent a UFO? “NO WAY,” said Dr. Smith of the U.K. Mr. Fox agreed.",
    "money and dates": "On 10/12/2019 it had cost $5.50, or £4; now it cost 7 € (a bargain).",
    "brackets": "The map (an old one) showed [here] a cave; *there* a _hidden_ stream.",
    "accents": "Zoë ate a crème brûlée at the café with Señor Núñez and Łukasz.",
    "right to left": "On the gate stood שלום, and under it سلام in gold.",
    "repetition": "No, no, no! The the owl said who, who, who—who are you, you?",
    "long words": "Supercalifragilisticexpialidocious! It was a hippopotamus in a greenhouse.",
    "marks alone": "— “…” * * * ?! Then, at last, a word. ***",
    "one word": "Goodnight.",
}
FOURS = [list(TEXTS)[at : at + 4] for at in range(0, len(TEXTS), 4)]


class _Read(HTMLParser):
    """What a page shows of a block: its text, its numbered words, and the tags in it."""

    def __init__(self, block: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.numbers, self.marked, self.tags = "", list[int](), list[str](), set[str]()
        self._inside = False
        self.feed(block)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "br":
            self.text += "\n"
        if tag == "span":
            self.numbers.append(int(dict(attrs)["data-w"] or ""))
            self.marked.append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "span"
        if tag == "p":
            self.text += "\n\n"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside:
            self.marked[-1] += data


def written_words(text: str) -> list[str]:
    """The words, found in another way than the narration's: between spaces and dashes, with something to say."""
    return [word for word in re.split(r"[\s—–]+", text) if any(map(str.isalnum, word))]


def decoded(mp3: bytes) -> NDArray[np.float32]:
    played = miniaudio.decode(mp3, output_format=miniaudio.SampleFormat.FLOAT32, nchannels=1, sample_rate=RATE)
    return np.frombuffer(played.samples, np.float32)


def level(sound: NDArray[np.float32], start: float, end: float) -> float:
    """In dB of full scale."""
    part = sound[max(round(start * RATE), 0) : round(end * RATE)]
    return float(10 * np.log10(np.mean(np.square(part)) + 1e-12))


def must_be_whole(voice: RecordedNarration, content: StoryContent) -> None:
    """Every word of the story once and in order, in the times and in the blocks."""
    words, blocks = voice.narration.words, voice.narration.blocks
    opening, ending = written_words(OPENING), written_words(ENDING)
    assert [word.txt for word in words] == [*opening, *written_words(content.text), *ending]
    edges = [edge for word in words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= voice.narration.seconds
    read = [_Read(blocks[name]) for name in ("a", "b", "c", "d")]
    told_words = range(len(opening), len(words) - len(ending))
    assert [number for block in read for number in block.numbers] == list(told_words)
    assert [word for block in read for word in block.marked] == [words[number].txt for number in told_words]
    told = "".join(block.text for block in read).strip()
    assert told == re.sub(r"\n\s*\n", "\n\n", content.text)
    assert set().union(*(block.tags for block in read)) <= {"p", "span", "br"}


@functools.cache
def truly_spoken(text: str, voice_id: str) -> Alignment:
    """When the emulator's voice says each character; the same text is told wrong in several ways."""
    return truly_narrated(text, voice_id, AudioFormat(RATE, 128)).alignment


def must_be_in_time(voice: RecordedNarration, content: StoryContent, voice_id: str) -> None:
    """Each word is lit when the emulator's voice truly says it, within a fifth of a second."""
    text = PAUSE.join([OPENING, *(f"\n\n{beat.text.strip()}" for beat in content.beats), f"\n\n{ENDING}"])
    truth, at = truly_spoken(text, voice_id), 0
    for word in voice.narration.words:
        at = text.index(word.txt, at)
        end = at + len(word.txt)
        assert word.start == pytest.approx(truth.starts[at], abs=0.2), word
        assert word.end == pytest.approx(truth.ends[end - 1], abs=0.2), word
        at = end


@pytest.mark.parametrize("names", FOURS, ids=", ".join)
async def test_each_word_is_timed_when_the_voice_says_it(
    names: list[str], context_for: ContextFor, emulator: Emulator
) -> None:
    emulator.behave(answers="made")
    content = story(*(TEXTS[name] for name in names))
    ctx = context_for()
    voice = await narrate(ctx, content)
    must_be_whole(voice, content)
    must_be_in_time(voice, content, await ctx.elevenlabs.voice_for("en"))
    sound = decoded(voice.mp3)
    for word in voice.narration.words:
        if word.txt.isascii():  # what this voice can read
            assert level(sound, word.start - 0.02, word.end + 0.02) > -40, word
    assert voice.narration.seconds == pytest.approx(len(sound) / RATE, abs=0.001)


@pytest.mark.parametrize(
    "kind",
    [
        *("trimmed_characters", "decomposed_characters", "changed_characters", "doubled_characters"),
        "negative_starts",
    ],
)
async def test_times_that_are_a_little_wrong_are_mended(kind: str, context_for: ContextFor, emulator: Emulator) -> None:
    emulator.behave(answers="made", faults=[{"kind": kind}])
    content, ctx = (
        story(*(TEXTS[name] for name in ("contractions", "nested speech", "accents", "capitals"))),
        context_for(),
    )
    voice = await narrate(ctx, content)
    must_be_whole(voice, content)
    must_be_in_time(voice, content, await ctx.elevenlabs.voice_for("en"))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("stuck_times", "s before its sound does"),
        ("stretched_times", "run beyond its sound"),
        ("drifting_times", "run beyond its sound"),
        ("hurried_times", "s before its sound does"),
        ("times_that_begin_again", "run backwards"),
        ("times_of_another_text", "for another text"),
        ("truncated_sound", "run beyond its sound"),
        ("missing_alignment", "without timings"),
        ("no_sound", "no MP3"),
    ],
)
async def test_times_that_are_wrong_are_refused(
    kind: str, reason: str, context_for: ContextFor, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=[{"kind": kind}])
    with pytest.raises(TransientError) as refused:
        await narrate(context_for(), story(*[TEXTS["nested speech"]] * 4))
    assert reason in refused.value.for_operator


async def test_nothing_more_is_spoken_once_a_recording_is_refused(
    context_for_v3: ContextFor, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", faults=[{"kind": "stuck_times"}])
    with pytest.raises(TransientError):
        await narrate(context_for_v3(), long_story(6_000))  # two recordings
    assert len(emulator.calls(fault="stuck_times")) == 1


def long_story(characters: int) -> StoryContent:
    line = "The {} lantern shone, and “{} more!” said Maya—who wasn’t tired at all. "
    paragraphs: list[str] = []
    length = 0
    while length < characters:
        paragraphs.append((line.format(len(paragraphs), 3 * len(paragraphs)) * 5).strip())
        length += len(paragraphs[-1]) + 2
    quarter = len(paragraphs) // 4
    return story(*("\n\n".join(paragraphs[quarter * n : quarter * (n + 1) if n < 3 else None]) for n in range(4)))


async def test_a_story_of_12000_characters_is_spoken_in_chunks_that_know_their_neighbours(
    context_for: ContextFor, emulator: Emulator, wire: Wire
) -> None:
    content = long_story(12_000)
    ctx = context_for()
    voice = await narrate(ctx, content)
    must_be_whole(voice, content)
    first, second = (call.body for call in wire.calls("text-to-speech"))
    spoken = spoken_text(content, "en").text
    assert (first["text"] + second["text"]).replace(PAUSE, "") == spoken
    assert max(len(first["text"]), len(second["text"])) <= ctx.elevenlabs.model_for("en").most_characters
    assert first["text"].endswith("\n\n")
    assert "previous_text" not in first
    assert first["next_text"] == second["text"].replace(PAUSE, "")[:STITCHING_CHARACTERS]
    assert second["previous_text"] == first["text"].replace(PAUSE, "")[-STITCHING_CHARACTERS:]
    assert "next_text" not in second
    calls = emulator.calls(provider="elevenlabs")
    assert [call["status"] for call in calls if call["route"] != "voices"] == [200, 200]
    assert sum(used.characters for used in ctx.calls) == len(spoken) + 5 * len(PAUSE)
    assert voice.narration.seconds == pytest.approx(len(decoded(voice.mp3)) / RATE, abs=0.001)


async def test_recordings_behind_one_another_keep_time_and_are_evenly_loud(
    context_for_v3: ContextFor, wire: Wire
) -> None:
    content = long_story(12_000)
    wire.answer("text-to-speech", *[beeping(0.1, 0.4, 0.05)] * 3)
    voice = await narrate(context_for_v3(), content)
    must_be_whole(voice, content)
    chunks = [call.body["text"] for call in wire.calls("text-to-speech")]
    assert len(chunks) == 3
    sound = decoded(voice.mp3)
    assert voice.narration.seconds == pytest.approx(len(sound) / RATE, abs=0.001)

    heard = np.sqrt(np.square(sound[: len(sound) // 220 * 220].reshape(-1, 220)).mean(axis=1))  # of 5 ms
    told = np.zeros(len(heard))
    for word in voice.narration.words:
        told[round(word.start * RATE / 220) : round(word.end * RATE / 220)] = 1
    last = slice(-round(len(chunks[2]) * 0.03 * RATE / 220), None)
    fits = {n: np.corrcoef(np.roll(told, n)[last], heard[last])[0, 1] for n in range(-40, 41)}
    late = max(fits, key=lambda n: fits[n]) * 220 / RATE
    assert 0 <= late < 0.04  # what an MP3 encoder delays its sound by is 25 ms, once

    words, levels = iter(voice.narration.words), []
    for chunk in chunks:
        spoken = [next(words) for _ in written_words(chunk)]
        levels.append(level(sound, spoken[0].start, spoken[-1].end))
    assert max(levels) - min(levels) < 1.5


async def test_a_recording_that_is_no_sound_is_asked_for_again_later(context_for: ContextFor, wire: Wire) -> None:
    content = story("Once.")
    silent = {**beeping(0.2)({"text": content.text}), "audio_base64": "bm8gc291bmQ="}
    wire.answer("text-to-speech", lambda _: silent)
    with pytest.raises(TransientError, match="arrived broken"):
        await narrate(context_for(), content)


async def test_times_for_another_text_are_not_taken(context_for: ContextFor, wire: Wire) -> None:
    wire.answer("text-to-speech", lambda _: beeping(0.2)({"text": "Another text."}))
    with pytest.raises(TransientError) as refused:
        await narrate(context_for(), story("Once."))
    assert "for another text" in refused.value.for_operator


async def test_the_voice_asked_for_speaks(context_for: ContextFor, wire: Wire) -> None:
    await narrate(context_for(voice_id="JBFqnCBsd6RMkjVDRZzb"), story("Once."))
    await narrate(context_for(), story("Once."))  # without VOICE_ID: the account's first that fits
    asked, usual = (call.route for call in wire.calls("text-to-speech"))
    assert "JBFqnCBsd6RMkjVDRZzb" in asked
    voice = await context_for().elevenlabs.voice_for("en")
    assert f"/{voice}/" in usual


async def test_a_voice_that_was_asked_for_and_is_gone_is_not_replaced_by_another(
    context_for: ContextFor, emulator: Emulator
) -> None:
    emulator.behave(answers="canned", voices=["21m00Tcm4TlvDq8ikWAM"])
    with pytest.raises(VoiceGoneError) as gone:
        await narrate(context_for(voice_id="JBFqnCBsd6RMkjVDRZzb"), story("Once."))
    assert "does not know the voice JBFqnCBsd6RMkjVDRZzb" in gone.value.for_operator
    assert len([call for call in emulator.calls() if "speech" in call["route"]]) == 1


spaced_text = st.text(min_size=1, max_size=80).filter(lambda text: text.strip() and not HAS_SPACELESS.search(text))


def cut(text: str, most: int) -> list[str]:
    return [chunk.text for chunk in SpokenText((text,), "en").chunks(most)]


PIECES = st.sampled_from(
    ["Maya ran.", "“Oh!”", " ", "\n\n", "\n \n", "—", "…", "word", "x" * 30, "你好。", "<b>", "& "]
)


@given(st.lists(PIECES, min_size=1).map("".join).map(str.strip), st.integers(12, 60))
def test_chunks_are_short_enough_have_something_to_say_and_are_the_text_again(text: str, most: int) -> None:
    chunks = cut(text, most)
    assert "".join(chunks) == text
    assert all(len(chunk) <= most for chunk in chunks)


@given(st.lists(spaced_text, min_size=4, max_size=4))
def test_blocks_show_any_text_as_it_is(texts: list[str]) -> None:
    content = story(*texts)
    blocks = spoken_text(content, "en").blocks()
    words = written_words(content.text)
    first = at = len(written_words(OPENING))
    for name, text in zip(("a", "b", "c", "d"), texts, strict=True):
        bare = re.sub(
            r"</?p>|<span data-w=\"\d+\">|</span>", "", blocks[name].replace("</p><p>", "\n\n").replace("<br>", "\n")
        )
        assert "<" not in bare
        assert html.unescape(bare) == re.sub(r"\n\s*\n", "\n\n", text.strip())
        numbers = [int(number) for number in re.findall(r'data-w="(\d+)"', blocks[name])]
        assert numbers == list(range(at, at + len(numbers)))
        at += len(numbers)
    assert at - first == len(words)


def test_a_cut_comes_after_a_paragraph_before_a_sentence_before_a_word() -> None:
    assert cut("One. Two.\n\nThree four five", 20) == ["One. Two.\n\n", "Three four five"]
    assert cut("One two. “Three!” four five", 20) == ["One two. “Three!” ", "four five"]
    assert cut("one two three four", 10) == ["one two ", "three four"]
    assert cut("一二三。四五六七", 6) == ["一二三。", "四五六七"]
    assert cut("abcdefgh", 5) == ["abcde", "fgh"]


async def test_the_voice_takes_a_longer_breath_where_a_page_turns(context_for: ContextFor, emulator: Emulator) -> None:
    emulator.behave(answers="made")
    content = story("The lantern shone.\n\nThe fox slept.", "The bell rang.")
    words = (await narrate(context_for(), content)).narration.words
    said = [word.txt for word in words]
    paragraph, page = said.index("shone."), said.index("slept.")
    assert words[page + 1].start - words[page].end > words[paragraph + 1].start - words[paragraph].end + 1
    assert " ".join(said).startswith("The Lantern. For everyone. The lantern shone.")
    assert " ".join(said).endswith("The end. You can be afraid and walk on.")


async def test_a_japanese_phrase_is_lit_by_itself(context_for: ContextFor, emulator: Emulator) -> None:
    emulator.behave(answers="canned")
    content = story("さくらは灯台へ行きました。", title="灯台")
    narration = (await narrate(context_for(language="ja"), content)).narration
    assert '<span data-w="3">さくらは</span><span data-w="4">灯台へ</span>' in narration.blocks["a"]
    assert [word.txt for word in narration.words][3:6] == ["さくらは", "灯台へ", "行きました。"]


async def test_a_language_that_the_voice_model_does_not_speak_is_spoken_by_the_one_that_does(
    context_for: ContextFor, emulator: Emulator, wire: Wire
) -> None:
    emulator.behave(answers="canned")
    for language in ("hi", "he"):
        await narrate(context_for(language=language), story("Once."))
    hindi, hebrew = (call.body for call in wire.calls("text-to-speech"))
    assert (hindi["model_id"], hebrew["model_id"]) == ("eleven_multilingual_v2", "eleven_v3")
    assert hebrew["language_code"] == "he"
    assert "<break" not in hebrew["text"]
