"""What making an asset used of the models, and what that cost, from the price table in `prices.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from storytailor.providers.usage import Usage


class Price(BaseModel):
    """US dollars for what a model takes in and gives out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_per_million: float = 0.0
    output_per_million: float = 0.0
    per_thousand_characters: float = 0.0

    def of(self, call: Usage) -> float:
        """What this call cost."""
        return (
            call.input_tokens * self.input_per_million / 1e6
            + call.output_tokens * self.output_per_million / 1e6
            + call.characters * self.per_thousand_characters / 1e3
        )


@dataclass
class ModelUsage:
    """All calls to one model together."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    characters: int = 0


@dataclass(frozen=True)
class AssetUsage:
    """What one asset used, by model, in US dollars; `cost_usd` is None where a model's price is not known."""

    models: dict[str, ModelUsage]
    cost_usd: float | None


@cache
def _table() -> dict[str, Price]:
    text = (Path(__file__).parent / "prices.toml").read_text(encoding="utf-8")
    return {model: Price.model_validate(price) for model, price in tomllib.loads(text).items()}


def price_of(model: str) -> Price | None:
    """The price of a model, None for one that is not in the table."""
    known = [name for name in _table() if model.startswith(name)]
    return _table()[max(known, key=len)] if known else None


def summed(calls: Iterable[Usage]) -> AssetUsage:
    """Calls summed by model, and what all of them cost."""
    models: dict[str, ModelUsage] = {}
    cost: float | None = 0.0
    for call in calls:
        total = models.setdefault(call.model, ModelUsage())
        total.calls += 1
        total.input_tokens += call.input_tokens
        total.output_tokens += call.output_tokens
        total.characters += call.characters
        price = price_of(call.model)
        cost = None if cost is None or price is None else cost + price.of(call)
    return AssetUsage(models, None if cost is None else round(cost, 6))
