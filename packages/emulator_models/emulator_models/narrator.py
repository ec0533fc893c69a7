"""The narrator: a text read aloud, unhurried, with the time of every character of it.

A sentence at a time, so that pauses, loudness and times are exact; an MP3's delay is taken out.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from emulator_models import sound, speech
from emulator_models.answers import Alignment, AudioFormat, Narration
from emulator_models.pronunciation.telling import language_of

_PACE = 0.72  # of the voice's own speed: about 150 words a minute with the pauses
_LEAD_SECONDS, _TAIL_SECONDS = 0.15, 0.3
_SENTENCE_PAUSE, _LINE_PAUSE, _PARAGRAPH_PAUSE = 0.3, 0.45, 0.7
_BREAK = re.compile(r'<break time="(\d+(?:\.\d+)?)s" ?/>')
"""A pause as ElevenLabs lets one be asked for."""
_LONGEST_BREAK = 3.0


@dataclass(frozen=True)
class Voice:
    """A voice: the one neural voice, its pitch and body scaled together."""

    id: str
    name: str
    scale: float
    description: str


VOICES = (
    Voice("EXAVITQu4vr4xnSDxMaL", "Sarah", 1.0, "A clear, warm American woman"),
    Voice("21m00Tcm4TlvDq8ikWAM", "Rachel", 1.0625, "A bright young American woman"),
    Voice("JBFqnCBsd6RMkjVDRZzb", "George", 0.875, "A deep, calm storyteller"),
    Voice("XB0fDUnXU5powFXDhCwA", "Charlotte", 0.9375, "A low, gentle woman"),
)


def voice(voice_id: str) -> Voice:
    """The voice of that id; an unknown id always gets the same one."""
    for known in VOICES:
        if known.id == voice_id:
            return known
    return VOICES[hashlib.sha256(voice_id.encode()).digest()[0] % len(VOICES)]


def narrate(
    text: str, voice_id: str, form: AudioFormat, *, speed: float = 1.0, seed: int = 0, language: str = ""
) -> Narration:
    """The text read aloud, in its language or the one that is named (an ISO 639-1 code).

    Takes a second of CPU for some 30 s of speech; one thread at a time.
    """
    language = language or language_of(text)
    speaker, scale = _speaker(), voice(voice_id).scale
    track = _Track(form.rate)
    at = 0
    spoken = _BREAK.sub(lambda mark: " " * len(mark[0]), text)  # a mark is neither read nor part of a sentence
    for number, (start, end) in enumerate(speaker.sentences(spoken)):
        if number:
            track.pause(_pause(text[at:start]))
        track.silent(text[at:start], " " if number else "")
        said = speaker.say(text[start:end], _PACE * speed / scale, seed + number, language)
        track.say(text[start:end], said, scale)
        at = end
    track.silent(text[at:], "")
    whole = track.whole()
    audio = sound.pcm(whole) if form.kilobits is None else sound.mp3(whole, form.rate, form.kilobits)
    return Narration(audio, len(whole) / form.rate, track.written.alignment(), track.read.alignment())


class _Times:
    """Characters and their times, as they come."""

    def __init__(self) -> None:
        self._characters: list[str] = []
        self._starts: list[NDArray[np.float64]] = []
        self._ends: list[NDArray[np.float64]] = []

    def add(self, text: str, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> None:
        self._characters += text
        self._starts.append(starts)
        self._ends.append(ends)

    def alignment(self) -> Alignment:
        starts = np.maximum.accumulate(np.concatenate([*self._starts, np.zeros(0)]))
        ends = np.maximum(np.concatenate([*self._ends, np.zeros(0)]), starts)
        ends[:-1] = np.minimum(ends[:-1], starts[1:])
        return Alignment(self._characters, np.round(starts, 3).tolist(), np.round(ends, 3).tolist())


class _Track:
    """The recording under way."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._parts = [sound.silence(_LEAD_SECONDS, rate)]
        self._length = len(self._parts[0])
        self._spoken_until = self._length / rate
        self.written, self.read = _Times(), _Times()

    def pause(self, seconds: float) -> None:
        self._add(sound.silence(seconds, self._rate))

    def silent(self, text: str, as_read: str) -> None:
        """Text between sentences: white space fills the pause, all else takes no time."""
        now = self._length / self._rate
        for times, characters in ((self.written, text), (self.read, as_read)):
            spaces = np.array([c.isspace() for c in characters], float)
            ends = self._spoken_until + np.cumsum(spaces) / max(spaces.sum(), 1) * (now - self._spoken_until)
            times.add(characters, np.concatenate(([self._spoken_until], ends))[: len(ends)], ends)

    def say(self, text: str, said: speech.Utterance, scale: float) -> None:
        """A sentence. Played `scale` times as fast as it was spoken, its pitch and body change with it."""
        now = self._length / self._rate
        self.written.add(text, now + said.starts / scale, now + said.ends / scale)
        self.read.add(said.read, now + said.read_starts / scale, now + said.read_ends / scale)
        spoken_rate = round(speech.RATE * scale)
        self._add(sound.levelled(sound.resampled(said.sound, spoken_rate, self._rate), self._rate))
        self._spoken_until = self._length / self._rate

    def whole(self) -> sound.Sound:
        return np.concatenate([*self._parts, sound.silence(_TAIL_SECONDS, self._rate)])

    def _add(self, part: sound.Sound) -> None:
        self._parts.append(part)
        self._length += len(part)


def _pause(gap: str) -> float:
    lines = gap.count("\n")
    asked = sum(min(float(mark[1]), _LONGEST_BREAK) for mark in _BREAK.finditer(gap))
    return asked + (_PARAGRAPH_PAUSE if lines > 1 else _LINE_PAUSE if lines else _SENTENCE_PAUSE)


@cache
def _speaker() -> speech.Speaker:
    return speech.Speaker()
