"""The spoken story: chunks the voice can take, stitched, with each word's time measured."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import dataclass
from typing import Literal

import miniaudio

from storytailor.errors import Transient
from storytailor.making.desk import Desk
from storytailor.providers.elevenlabs import Speech
from storytailor.story import Narration, StoryContent, Word

BLOCKS: tuple[Literal["a", "b", "c", "d"], ...] = ("a", "b", "c", "d")
_WORD = re.compile(r"[^\s—–]*[^\W_][^\s—–]*", re.UNICODE)
"""A narrated word: what stands between spaces or dashes and has a letter or digit in it."""


@dataclass(frozen=True)
class Voice:
    """The narration with its audio."""

    narration: Narration
    mp3: bytes


async def narrate(desk: Desk, content: StoryContent) -> Voice:
    """Speak the story: one chunk after the other, each told of its neighbours, times shifted by measure."""
    text = content.text
    chunks = split_for_voice(text, desk.elevenlabs.most_characters)
    voice_id = desk.brief.voice_id or desk.settings.voice_id
    audio, starts, ends, seconds = b"", [], [], 0.0
    for number, chunk in enumerate(chunks):
        speech, used = await desk.elevenlabs.speak(
            chunk,
            voice_id,
            before="".join(chunks[:number]),
            after="".join(chunks[number + 1 :]),
        )
        desk.used.append(used)
        if "".join(speech.characters) != chunk:
            raise Transient("The voice's timings are for another text.")
        starts += [seconds + start for start in speech.starts]
        ends += [seconds + end for end in speech.ends]
        seconds += await asyncio.to_thread(mp3_seconds, speech)
        audio += speech.mp3
        await desk.progress(round(90 * (number + 1) / len(chunks)), chunks=len(chunks))
    words = timed_words(text, starts, ends)
    return Voice(Narration(words=words, blocks=spoken_blocks(content), seconds=round(seconds, 3)), audio)


def split_for_voice(text: str, most: int) -> list[str]:
    """The text in chunks of at most `most` characters, cut after paragraphs, else sentences, else words.

    Joined they are the text again.
    """
    chunks = []
    while len(text) > most:
        window = text[:most]
        cut = max(
            window.rfind("\n\n") + 2 if "\n\n" in window else 0,
            0,
        ) or max((match.end() for match in re.finditer(r"[.!?…][\"'”’]?\s+", window)), default=0)
        cut = cut or window.rfind(" ") + 1 or most
        chunks.append(text[:cut])
        text = text[cut:]
    return [*chunks, text]


def mp3_seconds(speech: Speech) -> float:
    """The measured length of the audio. Raises Transient for what is not MP3."""
    try:
        return float(miniaudio.mp3_get_info(speech.mp3).duration)
    except miniaudio.DecodeError as error:
        raise Transient("The narration arrived broken.") from error


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


def spoken_blocks(content: StoryContent) -> dict[Literal["a", "b", "c", "d"], str]:
    """The beats as safe HTML, one `<span data-w="i">` a narrated word."""
    blocks: dict[Literal["a", "b", "c", "d"], str] = {}
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
