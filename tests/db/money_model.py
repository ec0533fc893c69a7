"""The rules of docs/decisions/0014-what-a-debit-buys.md as tickets: what a family may have made, and who paid for it.

A ticket lets one asset be delivered once. Debits buy tickets; whatever is delivered without one was had for nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from storytailor.catalog import ALL_ASSETS, CATALOG, AssetName

PAID = frozenset(asset for asset in ALL_ASSETS if CATALOG[asset].group != "book")
UNDER_WAY = frozenset({"pending", "generating", "retrying"})
States = Mapping[str, Mapping[str, Any]]
Ticket = Literal["due", "owed", "spent", "void"]


@dataclass
class Purchase:
    """One debit: it stands until it is given back."""

    remakes: int
    of_story: bool
    stands: bool = True


@dataclass
class Work:
    """What was ordered at once, a ticket an asset."""

    tickets: dict[str, Ticket]
    is_remake: bool
    paid_by: Purchase | None
    open: bool = True
    given_back: bool = False

    @property
    def delivered(self) -> bool:
        return "spent" in self.tickets.values()


@dataclass
class StoryModel:
    """One story: what was bought for it, ordered and delivered."""

    purchases: list[Purchase] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    was_readable: bool = False
    gave_back_in_part: bool = False

    @property
    def debits(self) -> int:
        return sum(purchase.stands for purchase in self.purchases)

    def remakes_left(self) -> int:
        return sum(self._left(purchase) for purchase in self.purchases if purchase.stands)

    def _left(self, purchase: Purchase) -> int:
        used = [work for work in self.works if work.paid_by is purchase and work.is_remake and not work.given_back]
        return purchase.remakes - len(used)

    def _work_on(self, asset: str) -> Work | None:
        """What the asset was ordered with last, of what was not given back."""
        return next((work for work in reversed(self.works) if asset in work.tickets and not work.given_back), None)

    def _is_owed(self, asset: str, states: States) -> bool:
        state = states.get(asset, {})
        if state.get("metadata", {}).get("fallback"):
            return True
        work = self._work_on(asset)
        return state.get("status") == "failed" and work is not None and work.tickets[asset] == "owed"

    def needs_debit(self, assets: Collection[str], states: States) -> bool:
        wanted = PAID.intersection(assets)
        return not all(self._is_owed(asset, states) for asset in wanted) and self.remakes_left() == 0

    def order(self, assets: Collection[str], states: States, remakes: int) -> None:
        """Order these assets, which are about to be queued."""
        wanted = PAID.intersection(assets)
        if all(self._is_owed(asset, states) for asset in wanted):
            for asset in wanted:
                work = self._work_on(asset)
                if work is None:  # a placeholder of a story that was given back
                    self.works.append(Work({asset: "owed"}, False, None))
                else:
                    work.tickets[asset] = "owed"
            return
        with_left = [purchase for purchase in self.purchases if purchase.stands and self._left(purchase) > 0]
        if with_left:
            paid_by, is_remake = with_left[0], True
        else:
            is_remake = self.debits > 0
            paid_by = Purchase(max(remakes, 1) if is_remake else remakes, not is_remake)
            self.purchases.append(paid_by)
        self.works.append(Work(dict.fromkeys(wanted, "due"), is_remake, paid_by))

    def see(self, before: States, after: States, *, by_family: bool) -> None:
        """The story went from one state to another; `after` is empty when it was deleted."""
        for asset in PAID.intersection(before):
            was, now = before[asset]["status"], after.get(asset, {"status": "failed"})["status"]
            if was != "ready" and now == "ready":
                self._deliver(asset)
            elif was in UNDER_WAY and now == "failed":
                self._fail(asset, by_family=by_family)
        required = {asset for asset in after if CATALOG[_named(asset)].required}
        if after and not any(state["status"] in UNDER_WAY for state in after.values()):
            self.was_readable |= all(after[asset]["status"] == "ready" for asset in required)
        self._settle(after)

    def _deliver(self, asset: str) -> None:
        work = self._work_on(asset)
        assert work is not None, f"{asset} was delivered, and nobody ordered it"
        assert work.tickets[asset] in {"due", "owed"}, f"{asset} was delivered with a ticket that is gone"
        work.tickets[asset] = "spent"

    def _fail(self, asset: str, *, by_family: bool) -> None:
        work = self._work_on(asset)
        if work and work.tickets[asset] == "due":
            work.tickets[asset] = "void" if by_family else "owed"

    def _settle(self, states: States) -> None:
        def under_way(work: Work) -> bool:
            return any(states.get(asset, {}).get("status") in UNDER_WAY for asset in work.tickets)

        for work in self.works:
            if work.open and work.is_remake and not under_way(work):
                work.open, work.given_back = False, not work.delivered
        for work in self.works:
            if not (work.open and not work.is_remake):
                continue
            of_debit = [other for other in self.works if other.paid_by is work.paid_by]
            if under_way(work) or any(other.open and other.is_remake for other in of_debit):
                continue
            work.open = False
            if work.paid_by is None:
                continue
            own = any(ticket == "owed" for asset, ticket in work.tickets.items() if CATALOG[_named(asset)].required)
            delivered = any(other.delivered for other in of_debit)
            if not delivered or (own and not self.was_readable and not self.gave_back_in_part):
                self.gave_back_in_part |= work.delivered
                for other in of_debit:
                    other.given_back = True
                work.paid_by.stands = False
        for purchase in self.purchases:
            of_debit = [work for work in self.works if work.paid_by is purchase]
            if all(work.given_back for work in of_debit):
                purchase.stands = False


def _named(asset: str) -> AssetName:
    return next(name for name in ALL_ASSETS if name == asset)
