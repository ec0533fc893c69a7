"""The spoken story: chunks the voice can take, stitched, with each word's time measured."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from string import ascii_lowercase

from storytailor.errors import TransientError
from storytailor.making.context import AssetContext
from storytailor.making.mp3 import BrokenMp3Error, join_recordings
from storytailor.providers.elevenlabs import Speech
from storytailor.story import STORY_BEATS, Narration, StoryContent, Word

BLOCKS = tuple(ascii_lowercase[:STORY_BEATS])
"""The names of the text's blocks, one a beat: a to d."""
_WORD = re.compile(r"(?<![^\s—–])[^\s—–]*[^\W_][^\s—–]*")
"""A narrated word: what stands between spaces or dashes and has a letter or digit in it.

Where a word may begin is said for speed: a run of a thousand exclamation marks is looked at once.
"""
_PARAGRAPH_END = re.compile(r"\S\s*\n\s*\n\s*")
_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)]*\s+|[。！？]['\"”’」』]*\s*")
_WORD_END = re.compile(r"\S\s+")


@dataclass(frozen=True)
class RecordedNarration:
    """The narration with its recording."""

    narration: Narration
    mp3: bytes


async def narrate(ctx: AssetContext, content: StoryContent) -> RecordedNarration:
    """Speak the story: one chunk after the other, each told of its neighbours, times shifted by measure."""
    text = content.text
    chunks = split_for_voice(text, ctx.elevenlabs.most_characters)
    voice_id = ctx.brief.voice_id or await ctx.elevenlabs.voice_for(ctx.brief.language)
    spoken: list[Speech] = []
    for number, chunk in enumerate(chunks):
        before, after = "".join(chunks[:number]), "".join(chunks[number + 1 :])
        speech = await ctx.speak(chunk, voice_id, before=before, after=after)
        if "".join(speech.characters) != chunk:
            raise TransientError("The voice's timings are for another text.")
        spoken.append(speech)
        await ctx.progress(round(90 * (number + 1) / len(chunks)), chunks=len(chunks))
    try:
        audio, lengths = await asyncio.to_thread(join_recordings, [speech.mp3 for speech in spoken])
    except BrokenMp3Error as error:
        raise TransientError("The narration arrived broken.") from error
    words = timed_words(text, *stitched_times(spoken, lengths))
    narration = Narration(words=words, blocks=spoken_blocks(content), seconds=round(sum(lengths), 3))
    return RecordedNarration(narration, audio)


def split_for_voice(text: str, most: int) -> list[str]:
    """The text in chunks of at most `most` characters, cut after paragraphs, else sentences, else words.

    Joined they are the text again.
    """
    chunks = []
    while len(text) > most:
        window = text[:most]
        ends = (
            max((match.end() for match in pattern.finditer(window)), default=0)
            for pattern in (_PARAGRAPH_END, _SENTENCE_END, _WORD_END)
        )
        cut = next(filter(None, ends), most)
        chunks.append(text[:cut])
        text = text[cut:]
    return [*chunks, text]


def stitched_times(spoken: Sequence[Speech], lengths: Sequence[float]) -> tuple[list[float], list[float]]:
    """When each character of the whole text starts and ends, where the recordings follow one another.

    Raises TransientError for times that do not belong to their characters.
    """
    starts: list[float] = []
    ends: list[float] = []
    for shift, speech in zip(accumulate(lengths, initial=0.0), spoken, strict=False):
        if not len(speech.characters) == len(speech.starts) == len(speech.ends):
            raise TransientError("The voice's timings do not belong to its text.")
        for character, start, end in zip(speech.characters, speech.starts, speech.ends, strict=True):
            # one entry may stand for several code points, such as a flag's
            starts += [shift + start] * len(character)
            ends += [shift + end] * len(character)
    return starts, ends


def timed_words(text: str, starts: list[float], ends: list[float]) -> list[Word]:
    """Each narrated word with the times of its first and last character, in order and never overlapping."""
    words: list[Word] = []
    spoken_until = 0.0
    for match in _WORD.finditer(text):
        start = max(starts[match.start()], spoken_until)
        end = max(ends[match.end() - 1], start)
        words.append(Word(txt=match.group(), start=round(start, 3), end=round(end, 3)))
        spoken_until = words[-1].end
    return words


def spoken_blocks(content: StoryContent) -> dict[str, str]:
    """The beats as safe HTML, one `<span data-w="i">` a narrated word."""
    blocks: dict[str, str] = {}
    number = 0
    for name, beat in zip(BLOCKS, content.beats, strict=True):
        paragraphs = []
        for paragraph in re.split(r"\n\s*\n", beat.text.strip()):
            marked, number = _marked(paragraph, number)
            paragraphs.append(f"<p>{marked}</p>")
        blocks[name] = "".join(paragraphs)
    return blocks


def _marked(paragraph: str, number: int) -> tuple[str, int]:
    parts, reached = [], 0
    for match in _WORD.finditer(paragraph):
        parts.append(html.escape(paragraph[reached : match.start()]))
        parts.append(f'<span data-w="{number}">{html.escape(match.group())}</span>')
        number += 1
        reached = match.end()
    return "".join([*parts, html.escape(paragraph[reached:])]), number
