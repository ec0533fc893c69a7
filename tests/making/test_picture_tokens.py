"""How many tokens a picture is, against the prices by size and quality that are listed for it."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from emulator import image_tokens
from storytailor.making.picture_tokens import drawn_tokens, seen_tokens, sides

OUTPUT_DOLLARS_A_TOKEN = 30 / 1e6
LISTED = [  # US dollars a picture, as fal.ai lists it and LiteLLM 1.110.2 repeats it
    ("gpt-image-2", "1024x1024", "low", 0.006),
    ("gpt-image-2", "1024x1024", "medium", 0.053),
    ("gpt-image-2", "1024x1024", "high", 0.211),
    ("gpt-image-2", "1024x1536", "medium", 0.042),
    ("gpt-image-2", "1920x1080", "high", 0.158),
    ("gpt-image-2", "3840x2160", "high", 0.401),
    ("gpt-image-2.5-flare", "1024x1024", "low", 0.00588),
    ("gpt-image-2.5-flare", "1024x1024", "medium", 0.01317),
    ("gpt-image-2.5-flare", "1024x1536", "high", 0.04116),
    ("gpt-image-2.5-flare", "1024x768", "xhigh", 0.0642),
    ("gpt-image-2.5-sunburst", "2560x1440", "medium", 0.01434),
    ("gpt-image-2.5-sunburst", "3840x2160", "max", 0.40026),
]


@pytest.mark.parametrize(("model", "size", "quality", "dollars"), LISTED)
def test_a_picture_costs_what_is_listed_for_its_size_and_quality(
    model: str, size: str, quality: str, dollars: float
) -> None:
    tokens = drawn_tokens(model, size, quality)
    assert tokens is not None
    rounding = 0.00002 if dollars * 1e5 % 100 else 0.001  # a part of the list is rounded up to a tenth of a cent
    assert tokens[0] * OUTPUT_DOLLARS_A_TOKEN == pytest.approx(dollars, abs=rounding)


@pytest.mark.parametrize(("model", "size", "quality", "dollars"), LISTED)
def test_the_emulator_bills_the_same_tokens(model: str, size: str, quality: str, dollars: float) -> None:
    assert drawn_tokens(model, size, quality) == (image_tokens.drawn_tokens(model, sides(size), quality),) * 2


@pytest.mark.parametrize(
    ("size", "tokens"), [("1024x1024", 1024), ("512x512", 256), ("100x40", 8), ("2048x2048", 1536)]
)
def test_a_reference_picture_is_a_token_a_patch_and_at_most_1536(size: str, tokens: int) -> None:
    picture = io.BytesIO()
    Image.new("RGB", sides(size)).save(picture, "png")
    assert seen_tokens(size) == image_tokens.seen_tokens(picture.getvalue()) == tokens


def test_a_model_that_chooses_its_quality_may_take_the_lowest_or_the_highest() -> None:
    assert drawn_tokens("gpt-image-2", "1024x1024", "auto") == (196, 7024)


@pytest.mark.parametrize(
    ("model", "quality"), [("gpt-image-3", "medium"), ("gpt-image-2-mini", "medium"), ("gpt-image-2", "max")]
)
def test_what_a_picture_takes_is_not_guessed(model: str, quality: str) -> None:
    assert drawn_tokens(model, "1024x1024", quality) is None
