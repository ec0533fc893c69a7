"""The spoken story: chunks the voice can take, stitched, with each word's time measured."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import dataclass
from string import ascii_lowercase

from storytailor.errors import TransientError
from storytailor.making.alignment import Span
from storytailor.making.context import AssetContext
from storytailor.making.mp3 import BrokenMp3Error, join_recordings, sounding
from storytailor.making.word_times import WORD, character_times, stitched, timed_words
from storytailor.providers.elevenlabs import Speech
from storytailor.story import STORY_BEATS, Narration, StoryContent

BLOCKS = tuple(ascii_lowercase[:STORY_BEATS])
"""The names of the text's blocks, one a beat: a to d."""
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
    recordings: list[bytes] = []
    times: list[list[Span]] = []
    for number, chunk in enumerate(chunks):
        before, after = "".join(chunks[:number]), "".join(chunks[number + 1 :])
        speech = await ctx.speak(chunk, voice_id, before=before, after=after)
        times.append(await asyncio.to_thread(_times_in_sound, chunk, speech))
        recordings.append(speech.mp3)
        await ctx.progress(round(90 * (number + 1) / len(chunks)), chunks=len(chunks))
    audio, lengths = await asyncio.to_thread(join_recordings, recordings)
    words = timed_words(text, stitched(times, lengths))
    narration = Narration(words=words, blocks=spoken_blocks(content), seconds=round(sum(lengths), 3))
    return RecordedNarration(narration, audio)


def _times_in_sound(text: str, speech: Speech) -> list[Span]:
    """When each code point of the text is heard in its recording; before the next one is paid for."""
    try:
        return character_times(text, speech, sounding(speech.mp3))
    except BrokenMp3Error as error:
        raise TransientError("The narration arrived broken.", remedy=f"The voice's sound is no MP3: {error}") from error


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
    for match in WORD.finditer(paragraph):
        parts.append(html.escape(paragraph[reached : match.start()]))
        parts.append(f'<span data-w="{number}">{html.escape(match.group())}</span>')
        number += 1
        reached = match.end()
    return "".join([*parts, html.escape(paragraph[reached:])]), number
