"""What a story costs, from the price table."""

from __future__ import annotations

import pytest

from storytailor.making.usage import ModelUsage, price_of, summed
from storytailor.providers.usage import Usage
from storytailor.settings import Settings


def test_calls_are_summed_by_model_and_priced() -> None:
    bill = summed(
        [
            Usage("gpt-5.2", input_tokens=1_000_000, output_tokens=100_000),
            Usage("gpt-5.2", input_tokens=1_000_000),
            Usage("eleven_multilingual_v2", characters=3_000),
        ]
    )
    assert bill.models["gpt-5.2"] == ModelUsage(calls=2, input_tokens=2_000_000, output_tokens=100_000)
    assert bill.cost_usd == pytest.approx(2 * 1.75 + 1.40 + 3 * 0.18)


def test_the_longest_name_that_fits_gives_the_price() -> None:
    assert price_of("gpt-5-mini-2026-01-01") != price_of("gpt-5.2")


def test_a_model_nobody_knows_the_price_of_makes_the_cost_unknown() -> None:
    assert summed([Usage("something-new", output_tokens=5)]).cost_usd is None


def test_every_model_the_settings_name_by_default_has_a_price() -> None:
    settings = Settings(_env_file=None)
    named = (
        settings.story_model,
        settings.analysis_model,
        settings.vision_model,
        settings.image_model,
        settings.voice_model,
    )
    assert all(price_of(model) for model in named)
