from __future__ import annotations

import numpy as np
import pytest
from coloraide import Color
from hypothesis import given
from hypothesis import strategies as st

from storytailor.colors import (
    contrast,
    distance,
    from_channels,
    from_oklab,
    from_oklch,
    pixels_to_oklab,
    to_channels,
    to_oklch,
)

colors = st.from_regex(r"\A#[0-9a-f]{6}\Z")


def oklab(color: str) -> list[float]:
    return Color(color).convert("oklab").coords()


@given(colors)
def test_a_color_is_the_same_after_every_conversion_and_back(color: str) -> None:
    assert from_channels(*to_channels(color)) == color
    assert from_oklch(*to_oklch(color)) == color
    assert from_oklab(pixels_to_oklab(np.array([to_channels(color)], np.uint8))[0]) == color


def test_pixels_are_converted_as_single_colors_are() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (500, 3), dtype=np.uint8)
    expected = [oklab(from_channels(*pixel)) for pixel in pixels.tolist()]
    assert pixels_to_oklab(pixels) == pytest.approx(np.array(expected), abs=1e-6)


@pytest.mark.parametrize("lab", [(0.45, 0.3, 0.1), (0.3, 0.0, -0.4), (0.6, -0.35, 0.3)])
def test_a_color_that_no_screen_can_show_keeps_its_hue_and_lightness(lab: tuple[float, float, float]) -> None:
    lightness, green_red, blue_yellow = oklab(from_oklab(np.array(lab)))
    assert lightness == pytest.approx(lab[0], abs=0.01)
    assert np.arctan2(blue_yellow, green_red) == pytest.approx(np.arctan2(lab[2], lab[1]), abs=0.1)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_nearer_color_is_the_one_that_looks_more_alike() -> None:
    assert distance("#ff0000", "#ee1111") < distance("#ff0000", "#00ff00")
    assert distance("#123456", "#123456") == 0
