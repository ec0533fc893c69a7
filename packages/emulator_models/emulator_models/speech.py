"""Speech: a sentence said aloud by hibari's neural voice, and when each character of it sounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from hibari import Hibari, dsp
from hibari.g2p import Tok
from hibari.voices import DEFAULT, voice_path

from emulator_models import pronunciation
from emulator_models.alignment import Times, Token, character_times, mapped
from emulator_models.reading import as_read, as_read_in, letters_of
from emulator_models.sound import Sound, silence

RATE = Hibari.sample_rate
_SOUND_PER_UNIT = 600  # the durations inside the model count 25 ms
_LEAD_SECONDS = 0.075  # the sound comes three units before the durations say: as in Kokoro, and measured
_MOST_PHONEMES = 400  # the model was not trained on longer input
_MUTE = frozenset(';:,.!?—…"“”() ')
_CLAUSE_END = frozenset(",;:—…")
_CLAUSE_PAUSE_SECONDS = 0.12
_UNREADABLE_SECONDS = 0.08  # a letter of a sentence that cannot be read
_ONSET, _MARGIN_SECONDS = 0.01, 0.03
_WORD_OR_MARK = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\S")
_MARKS = {"«": "“", "»": "”", "„": "“", "‹": "“", "›": "”", "–": "—", "¿": "", "¡": "", "-": ""}
_DURATIONS = "/Clip_output_0"  # hibari-tts 0.2.1: units of each phoneme


@dataclass(frozen=True)
class Utterance:
    """A sentence said: its sound at `RATE`, and the seconds each character starts and ends.

    `read` is the sentence as it was read, with dates, units and the like written out.
    """

    sound: Sound
    starts: Times
    ends: Times
    read: str
    read_starts: Times
    read_ends: Times


class Speaker:
    """The voice, loaded once. Not for use from two threads at a time."""

    def __init__(self) -> None:
        # The session behind `model` takes a model's bytes as well as its path.
        model = Path(voice_path(DEFAULT)).read_bytes() + _one_more_output(_DURATIONS)
        self._hibari = Hibari(model=model)

    def sentences(self, text: str) -> list[tuple[int, int]]:
        """Where each sentence of the text starts and ends."""
        spans, at = [], 0
        for sentence in self._hibari.split_sentences(text):
            start = text.index(sentence, at)
            at = start + len(sentence)
            spans.append((start, at))
        return spans

    def say(self, sentence: str, speed: float, seed: int, language: str = "en") -> Utterance:
        """The sentence at that speed; `seed` fixes the breath in the voice.

        A language that has rules of pronunciation is read by them, all else as English; another script by its Latin
        letters. What cannot be read (a picture character) takes no time; of a sentence of nothing else each letter is
        silent for as long as one takes.
        """
        own_rules = language in pronunciation.LANGUAGES
        read, tokens = self._tokens_in(sentence, language) if own_rules else self._tokens(sentence)
        random = np.random.default_rng(seed)
        sounds: list[Sound] = []
        heard: list[tuple[float, float] | None] = [None] * len(tokens)
        seconds = 0.0
        for chunk in _chunks(tokens):
            if sounds:
                sounds.append(silence(_CLAUSE_PAUSE_SECONDS, RATE))
                seconds += _CLAUSE_PAUSE_SECONDS
            sound, spans = self._say_chunk(chunk, speed, random)
            for index, (start, end) in spans.items():
                known = heard[index]
                heard[index] = (known[0] if known else seconds + start, seconds + end)
            sounds.append(sound)
            seconds += len(sound) / RATE
        if not sounds:
            return _unreadable(sentence)
        starts, ends = character_times(read, tokens, heard, seconds)
        reading = partial(as_read_in, language=language) if own_rules else as_read
        own = mapped(sentence, read, starts, ends, reading)
        return Utterance(np.concatenate(sounds), *own, read, starts, ends)

    def _tokens(self, sentence: str) -> tuple[str, list[Token]]:
        try:
            found = self._phonemised(as_read(sentence))
        except (ValueError, IndexError, KeyError):  # hibari's number reader trips over the likes of "¹A"
            found = self._phonemised(letters_of(sentence))
        read, tokens = "", []
        for token in found:
            phonemes = "".join(p for p in token.phonemes or "" if p in self._hibari.vocab)
            tokens.append(Token(len(read), len(read) + len(token.text), phonemes, bool(token.whitespace)))
            read += token.text + token.whitespace
        return read, tokens

    def _tokens_in(self, sentence: str, language: str) -> tuple[str, list[Token]]:
        """Words by the language's own rules, and marks as they are; English's dictionary is not even loaded."""
        read = as_read_in(sentence, language)
        tokens = []
        for found in _WORD_OR_MARK.finditer(read):
            word = found[0]
            sounds = pronunciation.phonemes(word, language) if word[0].isalpha() else _MARKS.get(word, word)
            if not sounds and word[0].isalpha():  # a letter alone, which a word would have mute
                sounds = "".join(token.phonemes or "" for token in self._phonemised(word))
            known = "".join(sound for sound in sounds if sound in self._hibari.vocab)
            tokens.append(Token(found.start(), found.end(), known, read[found.end() : found.end() + 1].isspace()))
        return read, tokens

    def _phonemised(self, text: str) -> list[Tok]:
        g2p = self._hibari.g2p
        return list(g2p.phonemize_tokens(g2p.tokenize(text)))

    def _say_chunk(
        self, phonemes: list[tuple[int, str]], speed: float, random: np.random.Generator
    ) -> tuple[Sound, dict[int, tuple[float, float]]]:
        """The sound of (token, phoneme) pairs, its silent ends cut off, and each token's span in it."""
        ids = self._hibari.ids("".join(phoneme for _, phoneme in phonemes))
        *spectrum, units = self._hibari.sess.run(
            None, {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)}
        )
        sound: Sound = dsp.synth(*(part[0] for part in spectrum), random)
        onset, offset = _audible(sound)
        margin = round(_MARGIN_SECONDS * RATE)
        first, last = max(onset - margin, 0), min(offset + margin, len(sound))
        ends = np.cumsum(units.reshape(-1)) * (_SOUND_PER_UNIT / RATE) - _LEAD_SECONDS
        starts = np.concatenate(([0.0], ends[:-1]))
        sounding = [at for at, (_, phoneme) in enumerate(phonemes, start=1) if phoneme not in _MUTE]
        starts[sounding[0]], ends[sounding[-1]] = onset / RATE, offset / RATE
        spans: dict[int, tuple[float, float]] = {}
        for at in sounding:
            index = phonemes[at - 1][0]
            start, end = np.clip((starts[at], ends[at]), onset / RATE, offset / RATE) - first / RATE
            spans[index] = (spans.get(index, (float(start), 0))[0], float(end))
        return sound[first:last], spans


def _unreadable(sentence: str) -> Utterance:
    """A silence, in which every letter has its time."""
    ends = np.cumsum([_UNREADABLE_SECONDS * character.isalnum() for character in sentence])
    starts = np.concatenate(([0.0], ends[:-1]))
    return Utterance(silence(float(ends[-1]), RATE), starts, ends, sentence, starts, ends)


def _one_more_output(tensor: str) -> bytes:
    """Protobuf that, behind a model's bytes, adds a tensor inside it to the graph's outputs.

    Two occurrences of a message field are merged: so this holds nothing but a graph (field 7) with
    one output (12) with a name (1).
    """
    message = tensor.encode()
    for number in (1, 12, 7):
        message = bytes([number << 3 | 2, len(message)]) + message
    return message


def _chunks(tokens: list[Token]) -> list[list[tuple[int, str]]]:
    """The (token, phoneme) pairs in pieces the model takes, cut after a clause, else a word, if possible."""
    pairs: list[tuple[int, str]] = []
    for index, token in enumerate(tokens):
        pairs += [(index, phoneme) for phoneme in token.phonemes]
        if token.spaced and pairs:
            pairs.append((index, " "))
    chunks = []
    while any(phoneme not in _MUTE for _, phoneme in pairs):
        cut = len(pairs)
        if cut > _MOST_PHONEMES:
            spaces = [i for i in range(1, _MOST_PHONEMES) if pairs[i][1] == " "]
            clauses = [i for i in spaces if pairs[i - 1][1] in _CLAUSE_END]
            cut = max(clauses or spaces or [_MOST_PHONEMES])
        chunks.append(pairs[:cut])
        pairs = pairs[cut:]
        while pairs and pairs[0][1] == " ":
            pairs = pairs[1:]
    return chunks


def _audible(sound: Sound) -> tuple[int, int]:
    """The samples where the sound starts and stops being heard."""
    step = RATE // 100
    levels = np.sqrt((sound[: len(sound) // step * step].reshape(-1, step) ** 2).mean(axis=1))
    loud = np.flatnonzero(levels > levels.max(initial=0) * _ONSET)
    return (int(loud[0]) * step, int(loud[-1] + 1) * step) if len(loud) else (0, len(sound))
