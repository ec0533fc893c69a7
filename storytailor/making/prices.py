"""What a call to a model costs, by the model's exact id.

Prices come from `prices.toml` where a model stands in it, else from the kept library `genai-prices`, whose table is in
its wheel: nothing is fetched. A dated snapshot ("gpt-5.2-2025-12-11") that is in neither costs what its model does. Any
other id is unknown, and so is its cost: a price is never guessed from how an id begins.
"""

from __future__ import annotations

import logging
import re
import tomllib
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

import genai_prices
from genai_prices.types import ClauseEquals, ClauseOr, MatchLogic
from pydantic import BaseModel, ConfigDict

from storytailor.providers.usage import Usage

log = logging.getLogger(__name__)

SNAPSHOT_DATE = re.compile(r"-20\d\d-[01]\d-[0-3]\d$")
LISTED_PROVIDER = "openai"
"""Whose list prices are looked up in the library. What it does not list stands in `prices.toml`."""


class Price(BaseModel):
    """US dollars for what a model takes in and gives out, where it was read, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    checked: date
    input_per_million: float = 0.0
    cached_per_million: float | None = None
    image_per_million: float | None = None
    output_per_million: float = 0.0
    per_thousand_characters: float = 0.0

    def of(self, call: Usage) -> float:
        """What this call cost."""
        cached = self.input_per_million if self.cached_per_million is None else self.cached_per_million
        image = self.input_per_million if self.image_per_million is None else self.image_per_million
        plain = call.input_tokens - call.cached_tokens - call.image_tokens
        millionths = (
            plain * self.input_per_million
            + call.cached_tokens * cached
            + call.image_tokens * image
            + call.output_tokens * self.output_per_million
        )
        return millionths / 1e6 + call.characters * self.per_thousand_characters / 1e3


def cost_of(call: Usage) -> float | None:
    """What this call cost in US dollars; None for a model whose price is not known, which is logged once."""
    for model in dict.fromkeys((call.model, SNAPSHOT_DATE.sub("", call.model))):
        if price := _own_prices().get(model):
            return price.of(call)
        if (listed := _listed(model, call)) is not None:
            return listed
    _tell_unknown(call.model)
    return None


def is_priced(model: str) -> bool:
    """Whether the price of this model is known."""
    return cost_of(Usage(model)) is not None


@cache
def _own_prices() -> dict[str, Price]:
    text = (Path(__file__).parent / "prices.toml").read_text(encoding="utf-8")
    return {model: Price.model_validate(price) for model, price in tomllib.loads(text).items()}


@lru_cache(maxsize=4096)
def _listed(model: str, call: Usage) -> float | None:
    """The cost by the library's list; None when it does not list this very model.

    Remembered: a story's estimate asks some thirty times for a handful of calls, in a request that somebody waits for,
    and the library takes longer for one than our database for a statement.
    """
    used = genai_prices.Usage(
        input_tokens=call.input_tokens,
        cache_read_tokens=call.cached_tokens,
        input_image_tokens=call.image_tokens,
        output_tokens=call.output_tokens,
        output_image_tokens=call.output_image_tokens,
    )
    try:
        priced = genai_prices.calc_price(used, model, provider_id=LISTED_PROVIDER)
    except LookupError:
        return None
    return float(priced.total_price) if _names(priced.model.match, model) else None


def _names(match: MatchLogic, model: str) -> bool:
    """Whether the library's entry has this id by name: it also matches some by their beginning."""
    match match:
        case ClauseEquals(equals=name):
            return name == model
        case ClauseOr(or_=clauses):
            return any(_names(clause, model) for clause in clauses)
        case _:
            return False


@cache
def _tell_unknown(model: str) -> None:
    log.warning("No price is known for the model %s: what it makes has no cost. Its tokens are counted.", model)
