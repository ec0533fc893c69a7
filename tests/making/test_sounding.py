"""Until when something is heard in a recording, whatever its length and whatever comes after the voice."""

from __future__ import annotations

import numpy as np
import pytest

from storytailor.making.mp3 import sounding
from tests.making.beeping import RATE, encoded


def recording(spoken: float, silent: float, *, noise: float = 0.0) -> bytes:
    """So many seconds of speech, a tone with a pause in each second, and then so many of silence, noisy or not."""
    at = np.arange(round((spoken + silent) * RATE)) / RATE
    is_heard = (at < spoken) & (at % 1 < 0.8)
    hiss = np.random.default_rng(7).normal(0, noise, len(at))
    return encoded(np.clip(np.sin(2 * np.pi * 300 * at) * is_heard * 0.4 + hiss, -1, 1))


@pytest.mark.parametrize("noise", [0.0, 0.004])
@pytest.mark.parametrize(
    ("spoken", "silent"),
    [(4.8, 0.2), (20.8, 4), (70.8, 3), (90.8, 0), (100.8, 24), (70.8, 60), (12.8, 120)],
    ids=lambda seconds: f"{seconds:g} s",
)
def test_the_end_of_a_voice_is_heard_in_short_and_long_recordings_and_before_any_silence(
    spoken: float, silent: float, noise: float
) -> None:
    measured = sounding(recording(spoken, silent, noise=noise))
    assert measured.seconds == pytest.approx(spoken + silent, abs=0.15)
    assert measured.heard_until == pytest.approx(spoken, abs=0.15)
