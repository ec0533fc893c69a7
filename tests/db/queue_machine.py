"""Workers, sensors, a family and an operator, all at one queue in a real database; see `queue_model`."""

from __future__ import annotations

import asyncio
from typing import ClassVar, get_args
from unittest.mock import patch

import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from storytailor.catalog import ALL_ASSETS, AssetName
from storytailor.db import queue as queue_module
from storytailor.db.leases import StoodInLine
from tests.db.queue_acts import SECONDS, Act, Write
from tests.db.queue_hands import Hands, Held, Overtaken
from tests.db.queue_making import PICK, WRITES, Making
from tests.db.queue_view import require_same
from tests.db.watched_database import Collision, WatchedDatabase

ACTS = st.sampled_from(("write", *get_args(Act)))
HELD = st.sampled_from(get_args(Held))
FEW = st.sets(PICK, max_size=2)
OVERTAKEN = st.sampled_from(get_args(Overtaken))
ENDS = ("terminate", "fail", "fail", "finish", "time out", "nothing")


class Queues(Making, Hands):
    """The rules by which two meet or time passes, with those of Making; and what holds after every step."""

    steps: ClassVar[int] = 0

    # claims and writes that meet something else

    @rule(
        in_flight=st.sampled_from((1, 2, 3, 50)),
        batch=st.integers(1, 3),
        waiting=st.sampled_from((None, 1, 2)),
        held=HELD,
        which=PICK,
        all_wait=st.booleans(),
    )
    def claim(
        self, in_flight: int, batch: int, waiting: int | None, held: Held, which: int, all_wait: bool = False
    ) -> None:
        if all_wait:
            self.wait(self.do_release(self.model.open_leases(), uncounted=True))
        claimable = [story_id for story_id, *_ in self.model.to_claim(in_flight=50, batch=3, waiting=None)]
        with self.holding(held, which, among=claimable):
            expected = self.model.to_claim(in_flight=in_flight, batch=batch, waiting=waiting)
            leases = self.wait(self.queue.claim(in_flight=in_flight, batch=batch, waiting=waiting))
        self.see_claims(leases, expected)

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, by=st.sampled_from(("take", "cancel", "delete", "regenerate")), asset=st.sampled_from(ALL_ASSETS))
    def claim_overtaken(self, which: int, by: str, asset: AssetName) -> None:
        """Somebody is quicker, when the claim has looked and not yet locked what it claims."""
        story_id = self.story(which)
        self.let_claims_go_so_that_this_story_waits(story_id)
        expected = self.model.to_claim(in_flight=50, batch=9, waiting=9)
        if by == "delete" and len(self.model.stories) == 1:
            by = "cancel"

        async def overtake() -> None:
            if by == "take":
                await self.try_to_take(story_id, {asset})
            elif by == "regenerate":
                await self.try_to_regenerate(story_id, {asset}, cascade=False)
            elif by == "cancel":
                await self.do_cancel(story_id)
            else:
                await self.do_delete(story_id)

        leases = self.wait(self.claim_while(overtake))
        self.see_claims(leases, [claim for claim in expected if self.is_still_free(*claim[:2])])

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, first=ACTS, second=ACTS, one=PICK, other=PICK, how=WRITES, then=WRITES)
    def collide(self, which: int, first: Act, second: Act, one: int, other: int, how: Write, then: Write) -> None:
        """Something waits for the commit of something else that is done to the same story, and then sees it."""
        lease = self.working_lease(which)
        if lease is None or not (mine := list(self.model.held_by(lease))):
            return
        assets = mine[one % len(mine)], mine[other % len(mine)] if other % 3 else ALL_ASSETS[other % len(ALL_ASSETS)]
        for asset in assets:
            if self.may_start(lease, asset):
                self.write_under(lease, asset, "start")
        earlier, later = (
            self.act(act, lease, asset, write)
            for act, asset, write in zip((first, second), assets, (how, then), strict=True)
        )
        self.wait(Collision(self.database, self.is_anybody_waiting).run(earlier, later))

    # what the database's clock does

    @precondition(lambda self: self.model.open_leases())
    @rule(which=PICK, whole=st.booleans())
    def run_out(self, which: int, whole: bool) -> None:
        """A lease runs out, or so much of it as a renewal has left out."""
        keys = list(self.model.held(self.lease(which, stale=False).token))
        self.let_run_out(keys if whole else keys[which % len(keys) :][:1])

    @precondition(lambda self: self.leases)
    @rule(which=st.sets(PICK, min_size=1, max_size=3), late=st.booleans(), held=HELD, story=PICK)
    def renew(self, which: set[int], late: bool, held: Held, story: int) -> None:
        tokens = self.tokens(which)
        if late:  # the database was away, or the worker
            self.let_grow_old(story)
            self.let_run_out(list(self.model.held(*tokens)))
        with self.holding(held, story, among=self.model.stories_with(lambda job: job.token in tokens)):
            assert self.wait(self.queue.renew(tokens)) == self.model.renew(tokens)
        self.ask()

    @precondition(lambda self: self.model.stories)
    @rule(late=PICK, received=st.booleans(), slots=st.sampled_from((0, 9)), held=HELD, story=PICK)
    def keep_waiting(self, late: int, received: bool, slots: int, held: Held, story: int) -> None:
        """A claim runs out on its way, or in a worker's line, while nobody has a place free or somebody has many."""
        self.claim(50, 50, None, "nothing", story)
        if not (unbegun := [lease.token for lease in self.standing() if lease.token in self.model.unbegun()]):
            return
        one = unbegun[late % len(unbegun)]
        if received:
            assert self.wait(self.queue.renew([one])) == self.model.renew([one])
        self.let_run_out(list(self.model.held(one)))
        self.workers(slots)
        with self.holding(held, story, among=self.model.stories_with(lambda job: job.token in unbegun)):
            self.wait(self.queue.keep_waiting())
            self.model.keep_waiting()
        self.workers(0)

    @precondition(lambda self: self.model.stories_with(lambda job: job.status == "generating"))
    @rule(which=PICK, other=PICK)
    def stand_in_line(self, which: int, other: int) -> None:
        """One that has been made for long stood in line for all of it."""
        made = [key for key, job in self.model.jobs.items() if job.status == "generating"]
        story_id, asset = made[which % len(made)]
        token = self.model.jobs[story_id, asset].token
        assert token
        for name in self.model.stories[story_id].jobs:
            if other % 2 and (story_id, name) in made:
                self.grow_old((story_id, name))
        self.wait(self.queue.stood_in_line([StoodInLine(token, asset, 3_600)]))
        self.model.stood_in_line(token, asset)

    # sweeps, and who comes between

    @rule(run_out=FEW, held=HELD, which=PICK, between=OVERTAKEN)
    def release_expired(self, run_out: set[int], held: Held, which: int, between: Overtaken) -> None:
        self.let_run_out(list(self.model.held(*self.tokens(run_out))))
        with self.sweeping(self.model.expired, between, held, which) as found:
            lost = self.wait(self.queue.release_expired())
            assert {lease.token for lease in lost} == self.model.release_expired(found)

    @precondition(lambda self: self.leases)
    @rule(which=st.sets(PICK, min_size=1, max_size=3), held=HELD, story=PICK, between=OVERTAKEN)
    def terminate(self, which: set[int], held: Held, story: int, between: Overtaken) -> None:
        """The operator cancels runs in Dagster's UI."""
        tokens = self.tokens(which)
        with self.sweeping(lambda job: job.token in tokens, between, held, story) as found:
            cancelled = self.wait(self.queue.cancel(tokens))
            assert cancelled == self.model.cancel_leases(found, tokens)

    @precondition(lambda self: self.model.stories)
    @rule(
        old=st.sets(PICK, min_size=1, max_size=2),
        run_out=st.sampled_from((False, False, True)),
        held=st.sampled_from(("nothing", "nothing", *get_args(Held))),
        which=PICK,
        between=st.sampled_from(("run out", *get_args(Overtaken))),
    )
    def time_out(self, old: set[int], run_out: bool, held: Held, which: int, between: Overtaken) -> None:
        for lease in filter(None, (self.working_lease(which), self.working_lease(which + 1))):
            for asset in lease.assets:
                if self.may_start(lease, asset):
                    self.write_under(lease, asset, "start")
                    if asset == "content":
                        self.write_under(lease, asset, "finish")
        for one in sorted(old):
            self.let_grow_old(one)
        if run_out and (stuck := self.stuck()):
            self.let_run_out(list(self.model.held(stuck[which % len(stuck)])))
        with self.sweeping(self.model.is_stuck, between, held, which) as found:
            ended = self.wait(self.queue.time_out(15))
            assert {story.story_id: set(story.tokens) for story in ended} == self.model.time_out(found)

    # what befalls an asset made by hand

    @precondition(lambda self: self.model.stories)
    @rule(
        which=PICK,
        asset=st.sampled_from(("audio", "audio", "cover", *ALL_ASSETS)),
        then=st.sampled_from(("claim", "claim", *ENDS)),
    )
    def take_one(self, which: int, asset: AssetName, then: str) -> None:
        """One asset is made by hand, beside whatever else is made of the story; and something befalls it."""
        story_id = self.story(which)
        self.take(which, {asset})
        lease = self.leases[-1] if self.leases else None
        if lease is None or lease.story_id != story_id or not self.model.of_lease(lease, asset):
            return
        if then == "claim":
            self.claim(50, 3, None, "nothing", which)
            return
        self.write_under(lease, asset, "start")
        if then == "terminate":
            assert self.wait(self.queue.cancel([lease.token]))
            self.model.cancel_leases({story_id}, [lease.token])
        elif then == "fail":
            self.write_under(lease, asset, "fail")
        elif then == "finish":
            self.write_under(lease, asset, "finish", anew=which % 3 > 0)
        elif then == "time out":
            self.grow_old((story_id, asset))
            self.time_out(set(), False, "nothing", which, "nothing")

    # what holds after every step

    @invariant()
    def nothing_contradicts_anything(self) -> None:
        Queues.steps += 1
        require_same(self.eyes, self.model)


def run_queue(url: str, *, steps: int, length: int, repeatable: bool, shrink: bool = True) -> None:
    """Let the machine go, again and again, until it has made so many steps. `prepare` was told of the database."""
    Queues.url, Queues.steps = url, 0
    with (
        asyncio.Runner() as Queues.runner,
        psycopg.connect(url, autocommit=True) as Queues.eyes,
        patch.object(queue_module, "BEGIN_SECONDS", SECONDS["waiting"]),
    ):
        Queues.database = WatchedDatabase(url, min_size=3, max_size=3)
        Queues.runner.run(Queues.database.open())
        try:
            while Queues.steps < steps:
                run_state_machine_as_test(Queues, settings=_settings(steps, length, repeatable, shrink))
        finally:
            Queues.runner.run(Queues.database.close())


def _settings(steps: int, length: int, repeatable: bool, shrink: bool) -> settings:
    return settings(
        max_examples=2 * steps // length if repeatable else max(1, (steps - Queues.steps) // length),
        stateful_step_count=length,
        deadline=None,
        derandomize=repeatable,
        database=None,
        phases=[Phase.generate, Phase.shrink] if shrink and not repeatable else [Phase.generate],
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
