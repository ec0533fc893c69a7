"""Ordering work for a story: what it takes of the family's debits, and whether there is money left for it today.

What a piece of work takes and what becomes of it is decided in the database (`price_of`, `order_assets` and the trigger
`account_for_story` in migration 0013), for whoever writes. docs/decisions/0014-what-a-debit-buys.md has the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, Protocol
from uuid import UUID

from pydantic import ValidationError

from storytailor.catalog import CATALOG, AssetName
from storytailor.db.accounts import Allowance, ensure_user
from storytailor.db.budgets import Budgets, enforce_budgets
from storytailor.db.connection import Connection, ask_values, fetch_all, json, send
from storytailor.db.portraits import KeptPortrait
from storytailor.db.rows import BriefJson
from storytailor.story import StoryBrief

Price = Literal["nothing", "owed", "remake", "story", "remakes"]
JUDGING_USD = 0.01
"""What judging a character or a picture is expected to cost at most."""
REMAKES_USED_UP = "This story's remakes are used up, and you've reached your story limit. Upgrade to make more of it."


class ExpectCosts(Protocol):
    """Says what each asset of a story is expected to cost at most, in US dollars; None when a price is not known.

    `portraits` are the (character, hash of looks) of which there is a portrait.
    """

    def __call__(self, brief: StoryBrief, portraits: Collection[tuple[UUID, str]]) -> Mapping[AssetName, float] | None:
        """The costs by asset."""


class Orders:
    """On what terms work is ordered: how many remakes a debit buys, what may be spent, and what work will cost.

    Without `expect_costs` nothing is expected to cost anything.
    """

    def __init__(
        self, *, remakes: int = 3, budgets: Budgets | None = None, expect_costs: ExpectCosts | None = None
    ) -> None:
        self._remakes = remakes
        self._budgets = budgets or Budgets()
        self._expect_costs = expect_costs

    async def place(
        self,
        connection: Connection,
        user_id: UUID,
        story_id: UUID,
        brief: BriefJson,
        assets: Collection[AssetName],
        allowance: Allowance | None = None,
    ) -> None:
        """Order these assets of the user's story, in the transaction that queues them, with the story locked.

        `allowance` is what `ensure_user` gave, if it was asked already. Raises QuotaExceededError when the user has
        nothing left to pay with, or has spent a day's budget; ServiceUnavailableError when the house has.
        """
        priced = await ask_values(connection, str, "orders/price", story_id=story_id, assets=list(assets))
        costs = await self._costs(connection, story_id, brief, assets)
        price = await priced.fetchone()
        if price == "nothing":
            return
        source = None
        if price in {"story", "remakes"} or self._budgets.any:
            allowance = allowance or await ensure_user(connection, user_id)
            if price in {"story", "remakes"}:
                source = allowance.pay(REMAKES_USED_UP if price == "remakes" else None)
            expected = None if costs is None else sum(costs.values())
            await enforce_budgets(connection, user_id, allowance, self._budgets, expected)
        await send(
            connection,
            "orders/order",
            story_id=story_id,
            assets=list(assets),
            source=source,
            remakes=self._remakes,
            costs=json(costs or {}),
        )

    async def require_budget(
        self,
        connection: Connection,
        user_id: UUID,
        brief: BriefJson,
        assets: Collection[AssetName],
        allowance: Allowance,
    ) -> None:
        """Raise what `place` would for a day's budget, for a story that is not there yet; nothing is held."""
        if self._budgets.any:
            costs = await self._costs(connection, UUID(int=0), brief, assets)
            expected = None if costs is None else sum(costs.values())
            await enforce_budgets(connection, user_id, allowance, self._budgets, expected, hold=False)

    async def require_room(self, connection: Connection, user_id: UUID, allowance: Allowance) -> None:
        """Raise what `place` would where nothing is left of a day's budget, for what is judged and makes no story."""
        if self._budgets.any:
            await enforce_budgets(connection, user_id, allowance, self._budgets, JUDGING_USD, hold=False)

    async def _costs(
        self, connection: Connection, story_id: UUID, brief: BriefJson, assets: Collection[AssetName]
    ) -> Mapping[AssetName, float] | None:
        """What these assets are expected to cost; book files ask nobody."""
        if self._expect_costs is None:
            return {}
        try:
            asked = StoryBrief.model_validate({**brief, "story_id": story_id, "assets": tuple(CATALOG)})
        except ValidationError:  # a story that did not come by the API
            return None
        ids = [character.id for character in asked.characters]
        kept = await fetch_all(connection, KeptPortrait, "portraits/of_characters", ids=ids)
        costs = self._expect_costs(asked, {(portrait.character_id, portrait.sheet_hash) for portrait in kept})
        return None if costs is None else {asset: cost for asset, cost in costs.items() if asset in assets}
