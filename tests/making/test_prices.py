"""What a call costs: by the model's exact id, or not at all."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path

import pytest

from storytailor.making import prices
from storytailor.making.prices import cost_of, is_priced
from storytailor.providers.usage import Usage
from storytailor.settings import Settings

MILLION = 1_000_000
LIST = {  # US dollars for a million tokens in, and out
    "gpt-5.2": (1.75, 14.00),
    "gpt-5": (1.25, 10.00),
    "gpt-5-mini": (0.25, 2.00),
    "gpt-5-nano": (0.05, 0.40),
    "gpt-5.4": (5.00, 15.00),  # so many at once go in at its second tier
    "gpt-image-2": (5.00, 30.00),
}


@pytest.mark.parametrize("model", LIST)
def test_a_million_tokens_cost_what_the_provider_lists(model: str) -> None:
    assert (cost_of(Usage(model, input_tokens=MILLION)), cost_of(Usage(model, output_tokens=MILLION))) == LIST[model]


@pytest.mark.parametrize(
    ("snapshot", "model"),
    [
        ("gpt-5.2-2025-12-11", "gpt-5.2"),
        ("gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("gpt-5-nano-2031-01-31", "gpt-5-nano"),
        ("gpt-image-2-2026-04-21", "gpt-image-2"),
        ("gpt-image-2.6-flare-2026-11-04", "gpt-image-2.6-flare"),
    ],
)
def test_a_dated_snapshot_costs_what_its_model_does(snapshot: str, model: str) -> None:
    assert cost_of(Usage(snapshot, 1_000, 1_000)) == cost_of(Usage(model, 1_000, 1_000))


@pytest.mark.parametrize(
    "model",
    [
        "gpt-5-nano-lookalike",  # the library would take it for a gpt-5-nano by its beginning
        "gpt-5.2-turbo",
        "gpt-5.9",
        "gpt-7",
        "gpt-image-2-mini",
        "gpt-image-2-2026",
        "eleven_multilingual_v3",
        "my-moderation-model",
        "openai/gpt-5.2",
        "",
    ],
)
def test_a_model_that_is_on_no_list_has_no_cost_whatever_its_id_begins_with(model: str) -> None:
    assert cost_of(Usage(model, 1_000, 1_000)) is None


def test_an_unknown_price_is_logged_once_with_the_models_name(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger=prices.__name__):
        for _ in range(3):
            cost_of(Usage("somebodys-own-model", output_tokens=5))
    assert [record.getMessage() for record in caplog.records] == [
        "No price is known for the model somebodys-own-model: what it makes has no cost. Its tokens are counted."
    ]


def test_input_from_the_cache_is_billed_as_such() -> None:
    assert cost_of(Usage("gpt-5.2", input_tokens=MILLION, cached_tokens=MILLION)) == pytest.approx(0.175)
    assert cost_of(Usage("gpt-6.2-sol", input_tokens=MILLION, cached_tokens=MILLION)) == pytest.approx(0.10)


@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-2.6-sunburst"])
def test_reference_pictures_cost_more_than_the_words_of_a_prompt(model: str) -> None:
    assert cost_of(Usage(model, input_tokens=MILLION, image_tokens=MILLION)) == pytest.approx(8.00)
    assert cost_of(Usage(model, input_tokens=MILLION, image_tokens=MILLION // 2)) == pytest.approx(6.50)
    assert cost_of(Usage(model, output_tokens=MILLION, output_image_tokens=MILLION)) == pytest.approx(30.00)


def test_a_voice_is_paid_by_the_character_and_moderation_not_at_all() -> None:
    assert cost_of(Usage("eleven_multilingual_v2", characters=3_000)) == pytest.approx(0.24)
    assert cost_of(Usage("eleven_flash_v2_5", characters=3_000)) == pytest.approx(0.12)
    assert cost_of(Usage("omni-moderation-latest", input_tokens=5_000)) == 0.0


def test_every_price_of_ours_says_where_and_when_it_was_read() -> None:
    table = tomllib.loads((Path(prices.__file__).parent / "prices.toml").read_text(encoding="utf-8"))
    assert all(price["source"].startswith("https://") and price["checked"].year >= 2026 for price in table.values())


def test_every_model_the_settings_name_by_default_has_a_price() -> None:
    settings = Settings(_env_file=None)
    named = (
        settings.story_model,
        settings.analysis_model,
        settings.vision_model,
        settings.moderation_model,
        settings.image_model,
        settings.voice_model,
    )
    assert all(is_priced(model) for model in named)
