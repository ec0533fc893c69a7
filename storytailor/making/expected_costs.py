"""What each asset of a story is expected to cost at most, for whoever keeps a budget."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from storytailor.catalog import AssetName
from storytailor.making.estimate import generous_calls
from storytailor.making.portraits import without_portrait
from storytailor.making.usage import summed
from storytailor.settings import Settings
from storytailor.story import StoryBrief


class ExpectedCosts:
    """The `high` of the estimate by asset, with these settings' models."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, brief: StoryBrief, portraits: Collection[tuple[UUID, str]]) -> Mapping[AssetName, float] | None:
        """US dollars; None when the price of one is not known."""
        calls = generous_calls(brief, without_portrait(brief.characters, portraits), self._settings)
        if calls is None:
            return None
        costs = {asset: summed(of_asset).cost_usd for asset, of_asset in calls.items()}
        known = {asset: cost for asset, cost in costs.items() if cost is not None}
        return known if len(known) == len(costs) else None
