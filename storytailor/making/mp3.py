"""MP3, frame by frame: several recordings are joined into one that is evenly loud and of known length.

A recording comes as a file: tags, and maybe an index frame ("Xing", "Info") that tells players how long it
is. Were the files put one behind the other, the first one's index would be wrong for the whole, and each
later one would be a moment of silence that no time counts. So only the frames with sound are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import miniaudio
import numpy as np
from numpy.typing import NDArray

STEP_DB = 1.5
"""What one step of a frame's gain is worth, in dB."""
MAX_STEPS = 8
"""A recording that differs by more is no speech, or none that can be mended."""
_KILOBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
INDEX_MARKS = (b"Xing", b"Info", b"VBRI")
_ANALYSIS_RATE, _BLOCK = 16_000, 800  # loudness is measured at this rate, in blocks of 50 ms
_END_SECONDS = 20  # of a recording: in which its last sound is looked for
_EXCERPTS, _EXCERPT_SECONDS = 10, 2  # by which it is known how loud a recording is
_PAUSE_DB = -25.0  # a block this far below the loudest is a pause, and not counted


class BrokenMp3Error(ValueError):
    """The bytes hold no MP3 with sound in it."""


class Frame(NamedTuple):
    """One frame: 1152 samples of MPEG 1, 576 of MPEG 2 and 2.5. A tuple, since a story's sound has ten thousand."""

    data: bytes
    sample_rate: int

    @property
    def seconds(self) -> float:
        """Its length."""
        return (1152 if self._is_mpeg_1 else 576) / self.sample_rate

    @property
    def is_index(self) -> bool:
        """Whether it describes the file instead of holding sound."""
        at = self._side_info + self._side_info_length
        return self.data[at : at + 4] in INDEX_MARKS[:2] or self.data[36:40] == INDEX_MARKS[2]

    def amplified(self, steps: int) -> Frame:
        """The same sound `steps` times 1.5 dB louder; a frame under a checksum is left as it is."""
        if not self.data[1] & 1:
            return self
        bits = int.from_bytes(self.data)
        for place in self._gain_bits():
            shift = len(self.data) * 8 - place - 8
            gain = bits >> shift & 0xFF
            bits += (min(max(gain + steps, 0), 255) - gain) << shift
        return Frame(bits.to_bytes(len(self.data)), self.sample_rate)

    @property
    def _is_mpeg_1(self) -> bool:
        return self.data[1] >> 3 & 3 == 3

    @property
    def _is_mono(self) -> bool:
        return self.data[3] >> 6 == 3

    @property
    def _side_info(self) -> int:
        return 4 if self.data[1] & 1 else 6

    @property
    def _side_info_length(self) -> int:
        if self._is_mpeg_1:
            return 17 if self._is_mono else 32
        return 9 if self._is_mono else 17

    def _gain_bits(self) -> Iterator[int]:
        """The bit at which each granule's and channel's `global_gain` begins (ISO 11172-3, 13818-3)."""
        if self._is_mpeg_1:
            first, each, count = (39, 59, 2) if self._is_mono else (41, 59, 4)
        else:
            first, each, count = (30, 63, 1) if self._is_mono else (31, 63, 2)
        return (self._side_info * 8 + first + each * number for number in range(count))


def frames_of(mp3: bytes) -> list[Frame]:
    """The frames with sound, in order; tags, index and a last half frame are left out. Raises BrokenMp3Error."""
    indexed_until = max(mp3.rfind(mark) for mark in INDEX_MARKS)
    found = [frame for at, frame in _scan(mp3) if at > indexed_until or not frame.is_index]
    if not found:
        raise BrokenMp3Error("There is no MP3 frame in it.")
    return found


def seconds_of(frames: Sequence[Frame]) -> float:
    """How long a decoder plays them: all samples of all frames."""
    alike = Counter((frame.data[1], frame.sample_rate) for frame in frames)
    return sum(count * Frame(bytes((0, version, 0, 0)), rate).seconds for (version, rate), count in alike.items())


@dataclass(frozen=True)
class Sounding:
    """How long a recording is, and until when something is heard in it, in seconds."""

    seconds: float
    heard_until: float


def sounding(recording: bytes) -> Sounding:
    """Measure a recording. Raises BrokenMp3Error. Takes processor time: call it in a thread."""
    frames = frames_of(recording)
    seconds = seconds_of(frames)
    a_second = len(frames) / seconds
    silence = None
    if seconds > _END_SECONDS + _EXCERPTS * _EXCERPT_SECONDS:
        silence = _silent_blocks(frames[-round(_END_SECONDS * a_second) :], _excerpts(frames, a_second))
    if silence is None:
        silence = _silent_blocks(frames, []) or 0
    return Sounding(seconds, seconds - silence * _BLOCK / _ANALYSIS_RATE)


def _excerpts(frames: Sequence[Frame], a_second: float) -> list[Sequence[Frame]]:
    """Pieces from all over a recording: to decode all of five minutes takes a third of a second."""
    length = round(_EXCERPT_SECONDS * a_second)
    return [frames[at : at + length] for at in range(0, len(frames) - length, len(frames) // _EXCERPTS)]


def _silent_blocks(end: Sequence[Frame], excerpts: Sequence[Sequence[Frame]]) -> int | None:
    """How many blocks at its end are a pause, beside what is loud in the excerpts; None where all of it is.

    Counted from the last, since a decoder leaves out the first frames of a piece: they go on from what it has not got.
    """
    powers, *others = (_block_powers(_samples(piece)) for piece in (end, *excerpts))
    loudest = max(float(some.max(initial=0)) for some in (powers, *others))
    loud = np.flatnonzero(powers >= loudest * 10 ** (_PAUSE_DB / 10))
    return int(len(powers) - 1 - loud[-1]) if len(loud) else None


def join_recordings(recordings: Sequence[bytes]) -> tuple[bytes, list[float]]:
    """One MP3 of several, evenly loud, and each one's length in it in seconds. Raises BrokenMp3Error.

    One alone is left as it came. Takes processor time: call it in a thread.
    """
    parts = [frames_of(recording) for recording in recordings]
    lengths = [seconds_of(part) for part in parts]
    if len(parts) == 1:
        return recordings[0], lengths
    steps = _leveling_steps([_level_and_headroom(part) for part in parts])
    level = chain.from_iterable(
        (frame.amplified(step).data for frame in part) if step else (frame.data for frame in part)
        for part, step in zip(parts, steps, strict=True)
    )
    return b"".join(level), lengths


def _scan(mp3: bytes) -> Iterator[tuple[int, Frame]]:
    """All whole frames, the index among them, and where each begins."""
    at = _after_tag(mp3)
    while 0 <= at < len(mp3) - 3:
        frame = _frame_at(mp3, at)
        if frame:
            yield at, frame
            at += len(frame.data)
        else:
            at = mp3.find(b"\xff", at + 1)


def _after_tag(mp3: bytes) -> int:
    """Where the frames begin: after an ID3v2 tag, if there is one."""
    if mp3[:3] != b"ID3" or len(mp3) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(mp3[6:10], (21, 14, 7, 0), strict=True))


def _frame_at(mp3: bytes, at: int) -> Frame | None:
    """The layer III frame that begins at this byte, if one does and is whole."""
    length, hertz = _length_and_rate(mp3[at : at + 3])
    return Frame(mp3[at : at + length], hertz) if length and at + length <= len(mp3) else None


@lru_cache(maxsize=256)
def _length_and_rate(head: bytes) -> tuple[int, int]:
    """Bytes and sample rate of a frame that begins so; no bytes where none does."""
    sync, version, layer = head[0] << 3 | head[1] >> 5, head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    if sync != 0x7FF or version == 1 or layer != 1 or bit_rate in (0, 15) or sample_rate == 3:
        return 0, 0
    hertz = _RATES[version][sample_rate]
    bits = (144_000 if version == 3 else 72_000) * _KILOBITS[version == 3][bit_rate]
    return bits // hertz + (head[2] >> 1 & 1), hertz


def _level_and_headroom(frames: Sequence[Frame]) -> tuple[float, float]:
    """How loud the speech is, pauses left out, and how much louder it could be; in dB."""
    samples = _samples(frames)
    powers = _block_powers(samples)
    return _decibels(float(powers[_is_loud(powers)].mean())), -2 * _decibels(float(np.abs(samples).max()))


def _samples(frames: Sequence[Frame]) -> NDArray[np.float32]:
    """The sound, from -1 to 1, at the rate it is measured at."""
    try:
        sound = miniaudio.decode(b"".join(frame.data for frame in frames), nchannels=1, sample_rate=_ANALYSIS_RATE)
    except miniaudio.DecodeError as error:
        raise BrokenMp3Error("It cannot be decoded.") from error
    return np.frombuffer(sound.samples, np.int16).astype(np.float32) / np.float32(32_768)


def _block_powers(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    blocks = np.pad(samples, (0, -len(samples) % _BLOCK)).reshape(-1, _BLOCK)
    powers: NDArray[np.float32] = np.square(blocks).mean(axis=1)
    return powers


def _is_loud(powers: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which blocks are no pause."""
    loud: NDArray[np.bool_] = powers >= powers.max() * 10 ** (_PAUSE_DB / 10)
    return loud


def _decibels(power: float) -> float:
    return float(10 * np.log10(power + 1e-10))


def _leveling_steps(measured: Sequence[tuple[float, float]]) -> list[int]:
    """Steps of gain that bring all to their median level, or as near to it as none clips."""
    levels = [level for level, _ in measured]
    target = min(float(np.median(levels)), *(level + headroom for level, headroom in measured))
    return [min(max(round((target - level) / STEP_DB), -MAX_STEPS), MAX_STEPS) for level in levels]
