"""A family, its workers and its operator, doing as they like with stories in a real database; see `money_model`."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from storytailor.catalog import ALL_ASSETS, CATALOG, PICTURES, AssetName, downstream
from storytailor.db import Accounts, Database, Lease, NewStory, Queue, Stories
from storytailor.db.asset_records import DataRecord, PictureRecord
from storytailor.db.orders import Orders
from storytailor.db.story_actions import StoryActions, assets_to_regenerate
from storytailor.errors import AssetBusyError, LeaseLostError, QuotaExceededError
from storytailor.status import JobState
from storytailor.story import StoryType
from tests.db.money_model import StoryModel

T = TypeVar("T")
REMAKES, CREDITS, AT_ONCE = 2, 5, 3
ENDS = ("finish", "finish", "placeholder", "fail", "start")
FAILING = (None, "activities", "audio", "activities", "content", "cover", "scene_2")
ASKED: tuple[AssetName, ...] = (*ALL_ASSETS, "activities", "activities", "audio", "cover")
"""What can be asked for while something else of the story is made comes up more often."""
PLACEHOLDER = PictureRecord(url="u", objects={}, colors=["#112233"] * 3, metadata={"fallback": True})
PICK = st.integers(0, 1_000)


class Money(RuleBasedStateMachine):
    """One family's stories. `url` is the database's."""

    url: ClassVar[str]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.user, self.character = uuid4(), uuid4()
        self.eyes = psycopg.connect(self.url, autocommit=True)
        self.eyes.execute("DELETE FROM users")  # and with them all stories
        self.eyes.execute("INSERT INTO users (id, credits) VALUES (%s, %s)", (self.user, CREDITS))
        self.eyes.execute(
            "WITH library AS (INSERT INTO libraries (owner_user_id, name) VALUES (%s, 'Home') RETURNING id)"
            " INSERT INTO characters (id, library_id, owner_user_id, name) SELECT %s, id, %s, 'Maya' FROM library",
            (self.user, self.character, self.user),
        )
        self.database = self.wait(Database(self.url, max_size=2).open())
        orders = Orders(remakes=REMAKES)
        self.stories = Stories(self.database, orders=orders)
        self.actions = StoryActions(self.database, orders=orders)
        self.queue = Queue(self.database, lease_seconds=600)
        self.models: dict[UUID, StoryModel] = {}
        self.there: list[UUID] = []
        self.leases: list[Lease] = []

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.wait(self.database.close())
        self.eyes.close()
        self.runner.close()

    # what anybody does

    @initialize(whole=st.booleans())
    def first(self, whole: bool) -> None:
        self.create(whole)

    @precondition(lambda self: len(self.there) < AT_ONCE)
    @rule(whole=st.booleans())
    def create(self, whole: bool) -> None:
        new = NewStory([self.character], StoryType.BEDTIME, ["courage"], generate_assets=whole)
        try:
            story_id = self.wait(self.stories.create(self.user, new)).id
        except QuotaExceededError:
            assert self.debits() == 2 + CREDITS
            return
        model = self.models[story_id] = StoryModel()
        self.there.append(story_id)
        model.order(self.states(story_id), {}, REMAKES)

    @precondition(lambda self: self.there)
    @rule(which=PICK)
    def cancel(self, which: int) -> None:
        self.watched(self.story(which), lambda story_id: self.actions.cancel(self.user, story_id), by_family=True)

    @precondition(lambda self: len(self.there) > 1)
    @rule(which=PICK)
    def delete(self, which: int) -> None:
        story_id = self.story(which)
        before = self.states(story_id)
        self.wait(self.actions.delete(self.user, story_id))
        self.there.remove(story_id)
        self.models[story_id].see(before, {}, by_family=True)

    @precondition(lambda self: self.there)
    @rule(which=PICK, assets=st.sets(st.sampled_from(ASKED), min_size=1, max_size=2), cascade=st.booleans())
    def regenerate(self, which: int, assets: set[AssetName], cascade: bool) -> None:
        story_id = self.story(which)
        before, model = self.states(story_id), self.models[story_id]
        jobs, blocked = self.jobs(story_id)
        wanted = set(assets_to_regenerate(assets, jobs, cascade=cascade))
        made = wanted | blocked.intersection(downstream(wanted))
        try:
            self.wait(self.actions.regenerate(self.user, story_id, assets, cascade=cascade))
        except AssetBusyError:
            return
        except QuotaExceededError:
            assert model.needs_debit(made, before)
            assert self.debits() == 2 + CREDITS
            assert self.states(story_id) == before
            return
        model.order(made, before, REMAKES)
        model.see(before, self.states(story_id), by_family=True)

    @precondition(lambda self: self.there)
    @rule(which=PICK, asset=st.sampled_from(ASKED), fails=st.booleans(), stopped=st.booleans())
    def remake(self, which: int, asset: AssetName, fails: bool, stopped: bool) -> None:
        """What waits is made, and one asset anew: to its end, or until it fails or is stopped."""
        self.work_to_the_end(which, None, None)
        self.regenerate(which, {asset}, cascade=False)
        if stopped:
            self.cancel(which)
        else:
            self.work_to_the_end(which, asset if fails else None, None)

    @rule(which=PICK, how=st.sampled_from(ENDS), times=st.integers(1, 6))
    def work(self, which: int, how: str, times: int) -> None:
        """Some assets of a story are made; the last of them may come out otherwise."""
        if lease := self.lease(which):
            for time in range(times):
                self.make_next(lease, how if time == times - 1 else "finish")

    @rule(which=PICK, fails=st.sampled_from(FAILING), placeholder=st.sampled_from((None, *PICTURES)))
    def work_to_the_end(self, which: int, fails: AssetName | None, placeholder: AssetName | None) -> None:
        """All of a story is made, as far as it can be without what fails."""
        while lease := self.lease(which):
            while (asset := self.next_asset(lease)) and lease in self.leases:
                how = "fail" if asset == fails else "placeholder" if asset == placeholder else "finish"
                self.watch_making(lease, asset, how)
            self.forget(lease)
            self.watched(lease.story_id, lambda _, lease=lease: self.queue.release(lease.token), by_family=False)

    @precondition(lambda self: self.leases)
    @rule(which=PICK)
    def lose_worker(self, which: int) -> None:
        lease = self.leases.pop(which % len(self.leases))
        self.watched(lease.story_id, lambda _: self.queue.release(lease.token), by_family=False)

    @precondition(lambda self: self.leases)
    @rule(which=PICK)
    def terminate(self, which: int) -> None:
        lease = self.leases.pop(which % len(self.leases))
        self.watched(lease.story_id, lambda _: self.queue.cancel([lease.token]), by_family=False)

    @precondition(lambda self: self.leases)
    @rule()
    def time_out(self) -> None:
        before = {story_id: self.states(story_id) for story_id in self.there}
        self.wait(self.queue.time_out(-1))
        for story_id, states in before.items():
            self.models[story_id].see(states, self.states(story_id), by_family=False)

    # what holds after every step

    @invariant()
    def the_books_are_right(self) -> None:
        Money.steps += 1
        debits = sum(model.debits for model in self.models.values())
        assert self.debits() == debits
        for story_id in self.there:
            row = self.wait(self.stories.get(self.user, story_id))
            assert row.remakes_left == self.models[story_id].remakes_left()
        astray = self.eyes.execute(
            "SELECT count(*) FROM credit_ledger AS refund WHERE kind = 'refund' AND NOT EXISTS (SELECT FROM"
            " credit_ledger AS debit WHERE kind = 'debit' AND (debit.story_id, debit.turn, debit.source)"
            " = (refund.story_id, refund.turn, refund.source))"
        ).fetchone()
        (credits,) = self.eyes.execute("SELECT credits FROM users").fetchone() or (None,)
        assert astray == (0,)
        allowance = self.wait(Accounts(self.database).allowance(self.user))
        assert credits == CREDITS - allowance.used_credits

    # how it is seen and done

    def story(self, which: int) -> UUID:
        return self.there[which % len(self.there)]

    def debits(self) -> int:
        return self.wait(Accounts(self.database).allowance(self.user)).stories_used

    def states(self, story_id: UUID) -> dict[str, dict[str, Any]]:
        row = self.eyes.execute(
            "SELECT asset_generation_status->'assets' FROM stories WHERE id = %s", (story_id,)
        ).fetchone()
        return row[0] if row else {}

    def jobs(self, story_id: UUID) -> tuple[dict[AssetName, JobState], set[AssetName]]:
        rows = self.eyes.execute(
            "SELECT asset_type, status, blocked_by FROM asset_generation_jobs WHERE story_id = %s", (story_id,)
        ).fetchall()
        return {asset: status for asset, status, _ in rows}, {asset for asset, _, blocked in rows if blocked}

    def watched(self, story_id: UUID, do: Any, *, by_family: bool) -> None:
        before = self.states(story_id)
        self.wait(do(story_id))
        if story_id in self.there:
            self.models[story_id].see(before, self.states(story_id), by_family=by_family)

    def lease(self, which: int) -> Lease | None:
        """One of the leases on a story that is there, once all that waits is claimed."""
        for lease in self.wait(self.queue.claim(in_flight=1_000)):
            self.wait(self.queue.begin(lease))
            self.leases.append(lease)
        of_story = [lease for lease in self.leases if lease.story_id == self.story(which)] if self.there else []
        return of_story[0] if of_story else None

    def next_asset(self, lease: Lease) -> AssetName | None:
        """What of the lease can be made next."""
        states = self.states(lease.story_id)
        for asset in lease.assets:
            needs = set(CATALOG[asset].needs) - set(CATALOG[asset].optional_needs)
            waits = states.get(asset, {}).get("status") in {"pending", "generating"}
            if waits and all(states[need]["status"] == "ready" for need in needs):
                return asset
        return None

    def make_next(self, lease: Lease, how: str) -> None:
        if asset := self.next_asset(lease):
            self.watch_making(lease, asset, how)

    def watch_making(self, lease: Lease, asset: AssetName, how: str) -> None:
        self.watched(lease.story_id, lambda _: self.make(lease, asset, how), by_family=False)

    async def make(self, lease: Lease, asset: AssetName, how: str) -> None:
        try:
            await self.queue.start(lease, asset)
            if how == "fail":
                await self.queue.fail(lease, asset, "No luck.")
            elif how == "placeholder" and asset in PICTURES:
                await self.queue.finish(lease, asset, PLACEHOLDER)
            elif how != "start":
                await self.queue.finish(lease, asset, DataRecord(data={"made": asset}))
        except LeaseLostError:
            self.forget(lease)  # it ended while it was kept: what is there now belongs to another

    def forget(self, lease: Lease) -> None:
        if lease in self.leases:
            self.leases.remove(lease)


def run_money(url: str, *, steps: int, length: int, repeatable: bool) -> None:
    """Let the machine go, again and again, until it has made so many steps."""
    Money.url, Money.steps = url, 0
    while Money.steps < steps:
        how = settings(
            max_examples=2 * steps // length if repeatable else max(1, (steps - Money.steps) // length),
            stateful_step_count=length,
            deadline=None,
            derandomize=repeatable,
            database=None,
            phases=[Phase.generate] if repeatable else [Phase.generate, Phase.shrink],
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(Money, settings=how)
