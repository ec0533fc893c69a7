"""What making an asset used of the models, and what that cost."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from storytailor.db.rows import UsageJson
from storytailor.making.prices import cost_of, is_priced
from storytailor.providers.usage import Usage


@dataclass
class ModelUsage:
    """All calls to one model together; the counts are those of `Usage`."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    characters: int = 0
    cached_tokens: int = 0
    image_tokens: int = 0
    output_image_tokens: int = 0

    def add(self, call: Usage) -> None:
        """Count one more call."""
        self.calls += 1
        self.input_tokens += call.input_tokens
        self.output_tokens += call.output_tokens
        self.characters += call.characters
        self.cached_tokens += call.cached_tokens
        self.image_tokens += call.image_tokens
        self.output_image_tokens += call.output_image_tokens


@dataclass(frozen=True)
class AssetUsage:
    """What one asset used, by model, in US dollars; `cost_usd` is None where a model's price is not known."""

    models: dict[str, ModelUsage]
    cost_usd: float | None

    @property
    def unpriced(self) -> list[str]:
        """The models whose price is not known."""
        return [model for model in self.models if not is_priced(model)]


def summed(calls: Iterable[Usage]) -> AssetUsage:
    """Calls summed by model, and what all of them cost: each is priced by itself, as the provider does."""
    models: dict[str, ModelUsage] = {}
    cost: float | None = 0.0
    for call in calls:
        models.setdefault(call.model, ModelUsage()).add(call)
        price = cost_of(call)
        cost = None if cost is None or price is None else cost + price
    return AssetUsage(models, None if cost is None else round(cost, 6))


def uncounted(usage: object) -> str:
    """The end of a log line on a try that cannot be written down any more: what it used, which is counted nowhere."""
    return f" Used and not counted: {json.dumps(usage)}" if usage is not None else ""


def cost_of_story(usage: UsageJson) -> float | None:
    """US dollars for all assets of a story together; None where the cost of one is not known."""
    total = 0.0
    for used in usage.values():
        cost = used.get("cost_usd")
        if not isinstance(cost, int | float):
            return None
        total += cost
    return round(total, 6)
