"""What an asset used: its calls summed."""

from __future__ import annotations

import pytest

from storytailor.making.usage import ModelUsage, summed
from storytailor.providers.usage import Usage


def test_calls_are_summed_by_model_and_priced() -> None:
    bill = summed(
        [
            Usage("gpt-5.2", input_tokens=1_000_000, output_tokens=100_000, cached_tokens=400_000),
            Usage("gpt-5.2", input_tokens=1_000_000),
            Usage("eleven_multilingual_v2", characters=3_000),
        ]
    )
    assert bill.models["gpt-5.2"] == ModelUsage(
        calls=2, input_tokens=2_000_000, output_tokens=100_000, cached_tokens=400_000
    )
    assert bill.cost_usd == pytest.approx(1.6 * 1.75 + 0.4 * 0.175 + 1.40 + 3 * 0.08)


def test_one_call_to_a_model_without_a_price_makes_the_sum_unknown_and_is_counted_all_the_same() -> None:
    bill = summed([Usage("gpt-5.2", output_tokens=5), Usage("something-new", output_tokens=7)])
    assert bill.cost_usd is None
    assert bill.models["something-new"].output_tokens == 7
