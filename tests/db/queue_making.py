"""Rules by which one thing follows another: what a family asks for, and what workers, or people by hand, make of it."""

from __future__ import annotations

from typing import Any, get_args
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from storytailor.catalog import ALL_ASSETS, TEXT_ONLY, AssetName
from storytailor.db import Lease, NewStory
from storytailor.db.workers import Workers
from storytailor.story import StoryType
from tests.db.queue_acts import Acts, Write
from tests.db.queue_model import RANKS, Key

AT_ONCE = 4
PICK = st.integers(0, 1_000)
WRITES = st.sampled_from(get_args(Write))
FAILING = st.sets(st.sampled_from(("cover", "palette", "audio", "activities", *ALL_ASSETS)), max_size=2)
FAILURES = st.sampled_from(("fail", "placeholder"))
ASSETS = st.sets(st.sampled_from(ALL_ASSETS), min_size=1, max_size=3)


class Making(Acts):
    """A family and whoever makes its stories, with nobody in the way."""

    # what a family asks for

    @initialize(whole=st.booleans(), made=st.sampled_from((False, True, True)), fails=FAILING)
    def first(self, whole: bool, made: bool, fails: set[AssetName]) -> None:
        self.create(True, "normal")
        if made:
            self.work(0, fails, None, "fail")
        self.create(whole, "normal")

    @precondition(lambda self: len(self.model.stories) < AT_ONCE)
    @rule(whole=st.booleans(), priority=st.sampled_from(("normal", "high", "urgent")))
    def create(self, whole: bool, priority: Any) -> None:
        new = NewStory([self.character], StoryType.BEDTIME, ["courage"], generate_assets=whole, priority=priority)
        story_id = self.wait(self.stories.create(self.user, new)).id
        self.model.create(story_id, ALL_ASSETS if whole else TEXT_ONLY, RANKS[priority])

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK)
    def cancel(self, which: int) -> None:
        self.wait(self.do_cancel(self.story(which)))

    @precondition(lambda self: len(self.model.stories) > 1)
    @rule(which=PICK)
    def delete(self, which: int) -> None:
        self.wait(self.do_delete(self.story(which)))

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, assets=ASSETS, cascade=st.booleans())
    def regenerate(self, which: int, assets: set[AssetName], cascade: bool) -> None:
        self.wait(self.try_to_regenerate(self.story(which), assets, cascade=cascade))

    # what workers do

    @rule(slots=st.sampled_from((0, 0, 1, 2)))
    def workers(self, slots: int) -> None:
        """One comes, or dies."""
        if slots:
            worker = uuid4()
            self.wait(Workers(self.database).announce(worker, "worker", slots, 600))
            self.model.slots[worker] = slots
        elif self.model.slots:
            worker, _ = self.model.slots.popitem()
            self.eyes.execute("UPDATE workers SET expires_at = now() - interval '1 hour' WHERE id = %s", (worker,))

    @precondition(lambda self: self.leases)
    @rule(which=PICK, stale=st.booleans())
    def begin(self, which: int, stale: bool) -> None:
        lease = self.lease(which, stale)
        began = self.wait(self.took_effect(self.queue.begin(lease)))
        assert began == self.model.begin(lease.token)

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, fails=FAILING, stops=st.none() | st.sampled_from(ALL_ASSETS), how=FAILURES)
    def work(self, which: int, fails: set[AssetName], stops: AssetName | None, how: Write) -> None:
        """A worker makes all that it can of a lease, up to an asset; whatever can be begun then is under way."""
        if (lease := self.working_lease(which)) is None:
            return
        stopped = False
        for asset in lease.assets:
            if self.may_start(lease, asset):
                stopped = stopped or asset == stops
                self.write_under(lease, asset, "start")
                if not stopped:
                    self.write_under(lease, asset, how if asset in fails else "finish")

    @precondition(lambda self: self.leases)
    @rule(which=PICK, stale=st.booleans(), astray=st.booleans(), how=WRITES, asset=PICK, same=st.booleans())
    def write(self, which: int, stale: bool, astray: bool, how: Write, asset: int, same: bool) -> None:
        """A write under a lease, a stale one too, of this asset or another, or of another story's by mistake."""
        lease = self.lease(which, stale)
        assets = [asset for asset in lease.assets if self.model.of_lease(lease, asset)] or list(ALL_ASSETS)
        if astray:
            lease = Lease(self.story(which), lease.token, lease.assets)
        elif lease.token in self.model.unbegun():
            return  # a worker begins before it writes
        chosen = assets[asset % len(assets)] if same else ALL_ASSETS[asset % len(ALL_ASSETS)]
        if how != "start" or self.may_start(lease, chosen):
            self.write_under(lease, chosen, how, anew=asset % 3 > 0)

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, one=PICK, how=WRITES, astray=st.booleans())
    def write_wrongly(self, which: int, one: int, how: Write, astray: bool) -> None:
        """What is being made is written for another story by mistake, or by a worker that has lost it to another."""
        lease = self.working_lease(which)
        if lease is None or not (mine := list(self.model.held_by(lease))):
            return
        asset = mine[one % len(mine)]
        if self.may_start(lease, asset):
            self.write_under(lease, asset, "start")
        if astray:
            lease = Lease(self.story(which + 1), lease.token, lease.assets)
        else:
            self.wait(self.do_release([lease.token], uncounted=True))
            self.start_anew(lease.story_id, asset)
        if how != "start" or self.may_start(lease, asset):
            self.write_under(lease, asset, how)

    @precondition(lambda self: self.leases)
    @rule(which=PICK, stale=st.booleans(), uncounted=st.booleans())
    def release(self, which: int, stale: bool, uncounted: bool) -> None:
        self.wait(self.do_release([self.lease(which, stale).token], uncounted=uncounted))

    # by hand

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, assets=ASSETS)
    def take(self, which: int, assets: set[AssetName]) -> None:
        self.wait(self.try_to_take(self.story(which), assets))

    @precondition(lambda self: self.hopeless())
    @rule(which=PICK, how=st.sampled_from(("finish", "finish", "placeholder", "fail", "start")))
    def mend(self, which: int, how: Write) -> None:
        """What has failed by itself is made by hand after all, and what had failed for lack of it follows."""
        story_id, asset = self.hopeless()[which % len(self.hopeless())]
        self.wait(self.try_to_take(story_id, {asset}))
        if self.model.of_lease(self.leases[-1], asset):
            self.write_under(self.leases[-1], asset, "start")
            self.write_under(self.leases[-1], asset, how)

    def hopeless(self) -> list[Key]:
        return [key for key, job in self.model.jobs.items() if job.status == "failed" and not job.blocked_by]
