"""Sound as arrays: resampling, even loudness, and what goes over the wire (MP3, PCM).

Sound is mono float32, full scale at 1. Loudness is ITU-R BS.1770-4's, in LUFS.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd

import lameenc
import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

LOUDNESS = -18.0  # LUFS: where audiobooks and podcasts for phones lie
CEILING = 10 ** (-2 / 20)  # leaves the MP3 coder 1 dB to overshoot below a true peak of -1 dBFS
MP3_DELAY = 1105  # samples a decoder plays before the first one encoded: LAME's 576 + a decoder's 529
_BLOCK_SECONDS, _HOP_SECONDS = 0.4, 0.1
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_LIMITER_STEP_SECONDS = 0.004


def silence(seconds: float, rate: int) -> Sound:
    """That much of nothing."""
    return np.zeros(max(round(seconds * rate), 0), np.float32)


def resampled(sound: Sound, rate: int, to_rate: int) -> Sound:
    """The same sound at another rate, band-limited exactly (by its spectrum).

    The sound should begin and end in silence: a spectrum takes it for a loop.
    """
    if rate == to_rate or not len(sound):
        return sound
    step = rate // gcd(rate, to_rate)
    padded = np.pad(sound, (0, -len(sound) % step))
    length = len(padded) // step * (to_rate // gcd(rate, to_rate))
    return (np.fft.irfft(np.fft.rfft(padded), length) * (length / len(padded))).astype(np.float32)


def loudness(sound: Sound, rate: int) -> float:
    """The gated loudness in LUFS; -inf for silence. A sound under 0.4 s counts as one block."""
    power = np.cumsum(np.concatenate(([0.0], _k_weighted(sound, rate) ** 2)))
    block, hop = round(_BLOCK_SECONDS * rate), round(_HOP_SECONDS * rate)
    if len(sound) < block:
        means = power[-1:] / max(len(sound), 1)
    else:
        starts = np.arange(0, len(sound) - block + 1, hop)
        means = (power[starts + block] - power[starts]) / block
    loud = means[_lufs(means) > _ABSOLUTE_GATE]
    if not len(loud):
        return float("-inf")
    loud = loud[_lufs(loud) > _lufs(loud.mean()) + _RELATIVE_GATE]
    return float(_lufs(loud.mean()))


def levelled(sound: Sound, rate: int) -> Sound:
    """The sound at `LOUDNESS`, its peaks held under `CEILING`."""
    measured = loudness(sound, rate)
    if not np.isfinite(measured):
        return sound
    return _limited(sound * np.float32(10 ** ((LOUDNESS - measured) / 20)), rate)


def mp3(sound: Sound, rate: int, kilobits: int) -> bytes:
    """The sound as a constant-rate MP3 whose decoded samples lie where `sound` has them.

    For that the first `MP3_DELAY` samples are left out: they must be silence.
    """
    encoder = lameenc.Encoder()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(rate)
    encoder.set_out_sample_rate(rate)
    encoder.set_bit_rate(kilobits)
    encoder.set_quality(5)
    encoder.silence()
    return bytes(encoder.encode(pcm(sound[MP3_DELAY:])) + encoder.flush())


def pcm(sound: Sound) -> bytes:
    """The sound as 16-bit little-endian samples."""
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def _lufs(mean_square: NDArray[np.float64]) -> NDArray[np.float64]:
    return -0.691 + 10 * np.log10(np.maximum(mean_square, 1e-12))


def _k_weighted(sound: Sound, rate: int) -> NDArray[np.float64]:
    length = 1 << max(len(sound) - 1, 1).bit_length()
    weighted = np.fft.irfft(np.fft.rfft(sound, length) * _k_response(length, rate), length)
    return weighted[: len(sound)].astype(np.float64)


@lru_cache(maxsize=8)
def _k_response(length: int, rate: int) -> NDArray[np.float32]:
    """BS.1770's two filters at each bin; their phase changes no loudness, so it is left out."""
    z = np.exp(2j * np.pi * np.arange(length // 2 + 1) / length)
    return np.abs(_shelf(z, rate) * _cut(z, rate)).astype(np.float32)


def _shelf(z: NDArray[np.complex128], rate: int) -> NDArray[np.complex128]:
    """The head's effect: about 4 dB more above 1.7 kHz. The numbers are libebur128's."""
    k, quality = np.tan(np.pi * 1681.974450955533 / rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    side = high**0.4996667741545416 * k / quality
    top: NDArray[np.complex128] = (high + side + k * k) * z * z + 2 * (k * k - high) * z + (high - side + k * k)
    return top / _denominator(z, k, quality)


def _cut(z: NDArray[np.complex128], rate: int) -> NDArray[np.complex128]:
    """The ear's deafness below 38 Hz."""
    k, quality = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    top: NDArray[np.complex128] = (z - 1) ** 2 * (1 + k / quality + k * k)
    return top / _denominator(z, k, quality)


def _denominator(z: NDArray[np.complex128], k: float, quality: float) -> NDArray[np.complex128]:
    return (1 + k / quality + k * k) * z * z + 2 * (k * k - 1) * z + (1 - k / quality + k * k)


def _limited(sound: Sound, rate: int) -> Sound:
    """Gain turned down around what would pass the ceiling, smoothly."""
    step = max(round(_LIMITER_STEP_SECONDS * rate), 1)
    peaks = np.abs(np.pad(sound, (0, -len(sound) % step))).reshape(-1, step).max(axis=1)
    if peaks.max() <= CEILING:
        return sound
    needed = np.pad(np.minimum(1.0, CEILING / np.maximum(peaks, CEILING)), 2, mode="edge")
    held = np.lib.stride_tricks.sliding_window_view(needed, 5).min(axis=1)
    smooth = np.convolve(np.pad(held, 1, mode="edge"), (0.25, 0.5, 0.25), "valid")
    at = (np.arange(len(held)) + 0.5) * step
    return (sound * np.interp(np.arange(len(sound)), at, smooth)).astype(np.float32)
