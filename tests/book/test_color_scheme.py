from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from storytailor.book.color_scheme import READABLE, color_scheme, title_colors
from storytailor.book.pictures import mean_color, with_scrim
from storytailor.colors import contrast, from_channels
from storytailor.story import PaletteStep
from tests.book.sample_book import PALETTE


@given(st.lists(st.from_regex(r"\A#[0-9a-f]{6}\Z"), min_size=3, max_size=5))
@settings(max_examples=60, deadline=None)
def test_every_text_can_be_read_on_its_background_in_any_palette(colors: list[str]) -> None:
    scheme = color_scheme(PaletteStep(name="any", colors=colors))
    pairs = [
        (scheme.text, scheme.background),
        (scheme.accent, scheme.background),
        (scheme.text_on_dark, scheme.dark_background),
        (scheme.text_on_sun, scheme.sun),
        (scheme.sun, scheme.dark_background),
    ]
    assert all(contrast(text, background) >= READABLE for text, background in pairs)


@pytest.mark.parametrize("shade", ["#000000", "#777777", "#8fb8de", "#ffffff"])
@pytest.mark.parametrize("step", PALETTE.steps, ids=lambda step: step.name)
def test_a_title_can_be_read_on_its_scrim_over_any_picture(step: PaletteStep, shade: str) -> None:
    image = Image.new("RGB", (50, 50), shade)
    background, text = title_colors(step, mean_color(image, "top"))
    red, green, blue = with_scrim(image, background, "top", 0.4, 0.2).tobytes()[:3]
    assert contrast(from_channels(red, green, blue), text) >= READABLE
