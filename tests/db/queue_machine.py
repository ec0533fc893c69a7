"""Workers, sensors, a family and an operator, all at one queue in a real database; see `queue_model`.

What two do at the same time happens where it can: somebody holds rows while others sweep (`holding`), a sweep is
overtaken between looking and changing (`meanwhile`), a claim between its snapshot and its locks (`claim_overtaken`),
and a write waits for another's commit (`collide`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal, TypeVar, get_args
from unittest.mock import patch
from uuid import UUID, uuid4

import psycopg
import pytest
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

from storytailor.catalog import ALL_ASSETS, CATALOG, PICTURES, TEXT_ONLY, AssetName, in_order
from storytailor.db import Lease, NewStory, Queue, Stories
from storytailor.db import queue as queue_module
from storytailor.db.asset_records import AssetRecord, DataRecord, FileRecord, PictureRecord
from storytailor.db.leases import StoodInLine
from storytailor.db.story_actions import StoryActions
from storytailor.db.workers import Workers
from storytailor.errors import AssetBusyError, LeaseLostError, NotFoundError
from storytailor.story import StoryType
from tests.db.queue_model import RANKS, Job, Key, QueueModel, Until
from tests.db.queue_view import PLANTED, require_same
from tests.db.watched_database import GATE, Collision, WatchedDatabase

T = TypeVar("T")
Write = Literal["start", "progress", "retry", "finish", "placeholder", "fail"]
Act = Literal["write", "release", "cancel", "take", "regenerate"]
Held = Literal["nothing", "story", "job"]
Overtaken = Literal["nothing", "renew", "run out", "release", "grow old"]
AT_ONCE = 4
SECONDS: dict[Until, float] = {"waiting": 600, "working": 6_000}
"""Long enough for a machine as slow as may be: what runs out is what a rule lets run out."""
PICK = st.integers(0, 1_000)
WRITES = st.sampled_from(get_args(Write))
ACTS = st.sampled_from(("write", *get_args(Act)))
HELD = st.sampled_from(get_args(Held))
FEW = st.sets(PICK, max_size=2)
OVERTAKEN = st.sampled_from(get_args(Overtaken))
ENDS = ("terminate", "fail", "fail", "finish", "time out", "nothing")
FAILING = st.sets(st.sampled_from(("cover", "palette", "audio", "activities", *ALL_ASSETS)), max_size=2)
ASSETS = st.sets(st.sampled_from(ALL_ASSETS), min_size=1, max_size=3)


class Queues(RuleBasedStateMachine):
    """One family's stories and whoever makes them. `url` is the database's, of which `prepare` was told."""

    url: ClassVar[str]
    runner: ClassVar[asyncio.Runner]
    database: ClassVar[WatchedDatabase]
    eyes: ClassVar[psycopg.Connection[Any]]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.user, self.character = uuid4(), uuid4()
        self.eyes.execute("DELETE FROM users")  # and with them all stories
        self.eyes.execute("DELETE FROM workers")
        self.eyes.execute("DELETE FROM object_removals")
        self.eyes.execute("INSERT INTO users (id, credits) VALUES (%s, 1000)", (self.user,))
        self.eyes.execute(
            "WITH library AS (INSERT INTO libraries (owner_user_id, name) VALUES (%s, 'Home') RETURNING id)"
            " INSERT INTO characters (id, library_id, owner_user_id, name) SELECT %s, id, %s, 'Maya' FROM library",
            (self.user, self.character, self.user),
        )
        self.stories, self.actions = Stories(self.database), StoryActions(self.database)
        self.queue = Queue(self.database, lease_seconds=SECONDS["working"])
        self.model = QueueModel()
        self.leases: list[Lease] = []
        """All there ever were, the newest last."""

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    # what a family asks for

    @initialize(whole=st.booleans(), made=st.sampled_from((False, True, True)), fails=FAILING)
    def first(self, whole: bool, made: bool, fails: set[AssetName]) -> None:
        self.create(True, "normal")
        if made:
            self.work(0, fails, None)
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
        story_id = self.story(which)
        self.wait(self.actions.cancel(self.user, story_id))
        self.model.cancel(story_id)

    @precondition(lambda self: len(self.model.stories) > 1)
    @rule(which=PICK)
    def delete(self, which: int) -> None:
        story_id = self.story(which)
        self.wait(self.actions.delete(self.user, story_id))
        self.model.delete(story_id)

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, assets=ASSETS, cascade=st.booleans())
    def regenerate(self, which: int, assets: set[AssetName], cascade: bool) -> None:
        story_id = self.story(which)
        self.wait(self.try_to_regenerate(story_id, assets, cascade=cascade))

    async def try_to_regenerate(self, story_id: UUID, assets: set[AssetName], *, cascade: bool) -> None:
        try:
            await self.actions.regenerate(self.user, story_id, assets, cascade=cascade)
            queued = True
        except AssetBusyError:
            queued = False
        assert queued == self.model.regenerate(story_id, assets, cascade=cascade)

    # what sensors and workers do

    @rule(
        in_flight=st.sampled_from((1, 2, 3, 50)),
        batch=st.integers(1, 3),
        waiting=st.sampled_from((None, 1, 2)),
        held=HELD,
        which=PICK,
    )
    def claim(self, in_flight: int, batch: int, waiting: int | None, held: Held, which: int) -> None:
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
                await self.actions.cancel(self.user, story_id)
                self.model.cancel(story_id)
            else:
                await self.actions.delete(self.user, story_id)
                self.model.delete(story_id)

        leases = self.wait(self.claim_while(overtake))
        self.see_claims(leases, [claim for claim in expected if self.is_still_free(*claim[:2])])

    def let_claims_go_so_that_this_story_waits(self, story_id: UUID) -> None:
        tokens = {job.token for job in self.model.stories[story_id].jobs.values() if job.token}
        self.wait(self.queue.release(*tokens, uncounted=True))
        self.model.release(tokens, uncounted=True)

    def is_still_free(self, story_id: UUID, assets: set[AssetName]) -> bool:
        jobs = self.model.stories[story_id].jobs if story_id in self.model.stories else {}
        return all(asset in jobs and jobs[asset].is_free for asset in assets)

    async def claim_while(self, overtake: Callable[[], Awaitable[None]]) -> list[Lease]:
        self.eyes.execute("SELECT pg_advisory_lock(%s)", (GATE,))
        try:
            claiming = asyncio.create_task(self.queue.claim(in_flight=50, batch=9, waiting=9))
            while not self.is_anybody_waiting():  # noqa: ASYNC110  the server tells nobody
                await asyncio.sleep(0.001)
            await overtake()
        finally:
            self.eyes.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
        return await claiming

    @precondition(lambda self: self.leases)
    @rule(which=PICK, stale=st.booleans())
    def begin(self, which: int, stale: bool) -> None:
        lease = self.lease(which, stale)
        began = self.wait(self.took_effect(self.queue.begin(lease)))
        assert began == self.model.begin(lease.token)

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, fails=FAILING, stops=st.sampled_from((None, *ALL_ASSETS)))
    def work(self, which: int, fails: set[AssetName], stops: AssetName | None) -> None:
        """A worker makes all that it can of a lease, up to an asset; whatever can be begun then is under way."""
        if (lease := self.working_lease(which)) is None:
            return
        stopped = False
        for asset in lease.assets:
            if self.may_start(lease, asset):
                stopped = stopped or asset == stops
                self.write_under(lease, asset, "start")
                if not stopped:
                    self.write_under(lease, asset, "fail" if asset in fails else "finish")

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

    def write_under(self, lease: Lease, asset: AssetName, how: Write, *, anew: bool = True) -> None:
        self.wait(self.try_to_write(lease, asset, how, anew=anew))

    async def try_to_write(self, lease: Lease, asset: AssetName, how: Write, *, anew: bool = True) -> None:
        story = self.model.stories.get(lease.story_id)
        before = story.objects.get(asset) if story and not anew else None
        key = before or f"{asset}-{uuid4()}"
        if how in ("finish", "placeholder"):
            await self.see_finish(lease, asset, _record(asset, key, how == "placeholder", self.orphans(key)))
            return
        if how == "start":
            done = await self.took_effect(self.queue.start(lease, asset))
            assert done == self.model.start(lease, asset)
        elif how == "fail":
            done = await self.took_effect(self.queue.fail(lease, asset, "No luck."))
            assert done == self.model.fail(lease, asset)
        else:
            state: Literal["generating", "retrying"] = "retrying" if how == "retry" else "generating"
            done = await self.took_effect(self.queue.progress(lease, asset, 50, status=state))
            assert done == self.model.progress(lease, asset, state)

    async def see_finish(self, lease: Lease, asset: AssetName, record: AssetRecord) -> None:
        try:
            replaced = (await self.queue.finish(lease, asset, record)).replaced
        except LeaseLostError:
            replaced = None
        key, orphans = (record.objects[asset], record.orphans[:1]) if isinstance(record, FileRecord) else (None, [])
        placeholder = bool(record.metadata.get("fallback"))
        assert replaced == self.model.finish(lease, asset, placeholder=placeholder, key=key, orphans=orphans)

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

    def act(self, act: Act, lease: Lease, asset: AssetName, how: Write) -> Callable[[], Awaitable[None]]:
        """What may collide on a lease's story."""
        if act == "release":
            return lambda: self.do_release([lease.token], uncounted=False)
        if act == "cancel":
            return lambda: self.do_cancel(lease.story_id)
        if act == "take":
            return lambda: self.try_to_take(lease.story_id, {asset})
        if act == "regenerate":
            return lambda: self.try_to_regenerate(lease.story_id, {asset}, cascade=False)
        write: Write = "fail" if how == "start" and not self.may_start(lease, asset) else how
        return lambda: self.try_to_write(lease, asset, write)

    def is_anybody_waiting(self) -> bool:
        return self.eyes.execute("SELECT FROM pg_locks WHERE NOT granted").rowcount > 0

    async def do_release(self, tokens: Collection[UUID], *, uncounted: bool) -> None:
        released = await self.queue.release(*tokens, uncounted=uncounted)
        assert sorted(released) == sorted(asset for _, asset in self.model.release(tokens, uncounted=uncounted))

    async def do_cancel(self, story_id: UUID) -> None:
        await self.actions.cancel(self.user, story_id)
        self.model.cancel(story_id)

    @precondition(lambda self: self.leases)
    @rule(which=PICK, stale=st.booleans(), uncounted=st.booleans())
    def release(self, which: int, stale: bool, uncounted: bool) -> None:
        self.wait(self.do_release([self.lease(which, stale).token], uncounted=uncounted))

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

    # what the database's clock does

    @precondition(lambda self: self.model.open_leases())
    @rule(which=PICK, whole=st.booleans())
    def run_out(self, which: int, whole: bool) -> None:
        """A lease runs out, or so much of it as a renewal has left out."""
        keys = list(self.model.held(self.lease(which, stale=False).token))
        self.let_run_out(keys if whole else keys[which % len(keys) :][:1])

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
        if lease := self.working_lease(which):
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

    @precondition(lambda self: self.model.stories)
    @rule(late=PICK, received=st.booleans(), slots=st.sampled_from((0, 9)), held=HELD, story=PICK)
    def keep_waiting(self, late: int, received: bool, slots: int, held: Held, story: int) -> None:
        """A claim runs out on its way, or in a worker's line, while nobody has a place free or somebody has many."""
        self.claim(50, 50, None, "nothing", story)
        if not (unbegun := sorted(self.model.unbegun())):
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

    # by hand

    @precondition(lambda self: self.model.stories)
    @rule(which=PICK, assets=ASSETS)
    def take(self, which: int, assets: set[AssetName]) -> None:
        self.wait(self.try_to_take(self.story(which), assets))

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

    async def try_to_take(self, story_id: UUID, assets: set[AssetName]) -> None:
        with pytest.raises(NotFoundError):
            await self.queue.take(uuid4(), assets)  # of a story that is not there
        try:
            lease = await self.queue.take(story_id, assets)
        except AssetBusyError:
            assert not self.model.take(story_id, uuid4(), assets)
        else:
            assert self.model.take(story_id, lease.token, assets)
            self.leases.append(lease)

    # what holds after every step

    @invariant()
    def nothing_contradicts_anything(self) -> None:
        Queues.steps += 1
        require_same(self.eyes, self.model)

    def ask(self) -> None:
        """Who asks for the leases is told the same."""
        assert set(self.wait(self.queue.open_leases())) == self.model.open_leases()
        assert set(self.wait(self.queue.unbegun_leases())) == self.model.unbegun()
        seconds = self.wait(self.queue.next_expiry())
        told = "none" if seconds is None else "past" if seconds < 0 else "later"
        assert told == self.model.next_expiry()
        for lease in self.leases[-3:]:
            assert self.wait(self.rank_of(lease)) == self.model.age(lease.token)

    async def rank_of(self, lease: Lease) -> int | None:
        try:
            age = await self.queue.age(lease)
        except LeaseLostError:
            return None
        assert age.since is not None
        return age.rank

    # how it is done

    def story(self, which: int) -> UUID:
        stories = list(self.model.stories)
        return stories[which % len(stories)]

    def standing(self) -> list[Lease]:
        """The leases that have not ended, in the order they were given."""
        tokens = self.model.open_leases()
        return [lease for lease in self.leases if lease.token in tokens]

    def lease(self, which: int, stale: bool) -> Lease:
        """One that has ended, if there is one and it is asked for, else one that stands; the newest first."""
        standing = self.standing()
        ended = [lease for lease in self.leases if lease not in standing]
        leases = (ended if stale else standing) or self.leases
        return leases[-1 - which % len(leases)]

    def tokens(self, which: set[int]) -> set[UUID]:
        """Of so many leases, most of which stand."""
        leases = self.standing() or self.leases
        return {(self.leases if one % 4 == 0 else leases)[one % len(leases)].token for one in which if leases}

    def working_lease(self, which: int) -> Lease | None:
        """A lease that a worker has begun; what waits is claimed and begun first."""
        if not self.standing():
            expected = self.model.to_claim(in_flight=50, batch=50, waiting=None)
            self.see_claims(self.wait(self.queue.claim(in_flight=50)), expected)
        standing = self.standing()
        if not standing:
            return None
        lease = standing[which % len(standing)]
        if lease.token in self.model.unbegun():
            self.wait(self.queue.begin(lease))
            self.model.begin(lease.token)
        return lease

    def may_start(self, lease: Lease, asset: AssetName) -> bool:
        """Whether all that it needs has ended, as far as the same lease makes it."""
        return not any(self.model.of_lease(lease, need) for need in CATALOG[asset].needs)

    def see_claims(self, leases: list[Lease], expected: list[tuple[UUID, set[AssetName], int]]) -> None:
        assert [(lease.story_id, set(lease.assets), lease.claim) for lease in leases] == expected
        tokens = [lease.token for lease in [*self.leases, *leases]]
        assert len(tokens) == len(set(tokens)), "two leases with one token"
        for lease in leases:
            self.model.claim(lease)
            self.leases.append(lease)

    async def took_effect(self, write: Awaitable[None]) -> bool:
        try:
            await write
        except LeaseLostError:
            return False
        return True

    def orphans(self, key: str) -> list[int]:
        """A file that is about to be stored, and one of another key, by mistake; beside somebody else's."""
        mine, mistaken, others = self.eyes.execute(
            "INSERT INTO object_removals (owner_user_id, prefix)"
            " SELECT %s, prefix FROM unnest(%s::text[]) AS prefix RETURNING id",
            (PLANTED, [key, "another", key]),
        ).fetchall()
        self.model.orphans.update((*mine, *mistaken, *others))
        return [*mine, *mistaken]

    def let_run_out(self, keys: Collection[Key]) -> None:
        self.eyes.execute(
            "UPDATE asset_generation_jobs SET lease_expires_at = now() - interval '1 hour'"
            " WHERE (story_id, asset_type) IN (SELECT * FROM unnest(%s::uuid[], %s::text[]))",
            ([story_id for story_id, _ in keys], [asset for _, asset in keys]),
        )
        for key in keys:
            self.model.jobs[key].until = "past"

    def let_grow_old(self, which: int) -> None:
        """One of those that are being made has been so for long."""
        keys = [key for key, job in self.model.jobs.items() if job.status == "generating"]
        if keys:
            self.grow_old(keys[which % len(keys)])

    def grow_old(self, key: Key) -> None:
        self.eyes.execute(
            "UPDATE asset_generation_jobs SET started_at = now() - interval '16 minutes' - paused"
            " WHERE story_id = %s AND asset_type = %s",
            key,
        )
        self.model.jobs[key].started = "long ago"

    @contextmanager
    def holding(self, what: Held, which: int, among: Collection[UUID] = ()) -> Iterator[None]:
        """Somebody has locked a story, or one of its jobs, and does not let go meanwhile."""
        stories = [story_id for story_id in self.model.stories if not among or story_id in among]
        if what == "nothing" or not stories:
            yield
            return
        story_id = stories[which % len(stories)]
        with psycopg.connect(self.url) as other:
            if what == "story":
                other.execute("SELECT FROM stories WHERE id = %s FOR UPDATE", (story_id,))
                self.model.locked = {story_id}
            else:
                assets = in_order(self.model.stories[story_id].jobs)
                asset = assets[which % len(assets)]
                other.execute(
                    "SELECT FROM asset_generation_jobs WHERE (story_id, asset_type) = (%s, %s) FOR UPDATE",
                    (story_id, asset),
                )
                self.model.locked = {(story_id, asset)}
            try:
                yield
            finally:
                other.rollback()
                self.model.locked = set()

    @contextmanager
    def sweeping(
        self, which_jobs: Callable[[Job], bool], between: Overtaken, held: Held, which: int
    ) -> Iterator[set[UUID]]:
        """What the sweep finds, while somebody holds some of it, or does something quickly once it has looked."""
        found = self.model.stories_with(which_jobs)

        async def overtake(told: set[UUID]) -> None:
            assert told == found
            await self.do_quickly(between if held == "nothing" else "nothing", which)

        with self.holding(held, which, among=found):
            self.database.overtake = overtake
            yield found
        self.database.overtake = None

    def stuck(self) -> list[UUID]:
        return [job.token for job in self.model.jobs.values() if job.token and self.model.is_stuck(job)]

    async def do_quickly(self, how: Overtaken, which: int) -> None:
        leases = [lease.token for lease in self.standing()]
        if not leases or how == "nothing":
            return
        token = leases[which % len(leases)]
        if how == "renew":
            assert await self.queue.renew(leases) == self.model.renew(leases)
        elif how == "run out":
            self.let_run_out(list(self.model.held(*self.stuck(), token)))
        elif how == "release":
            await self.do_release([token], uncounted=False)
        else:
            self.let_grow_old(which)


def _record(asset: AssetName, key: str, placeholder: bool, orphans: list[int]) -> AssetRecord:
    """What is left of a finished asset: a file where the catalog has one, else data."""
    if asset in PICTURES:
        metadata = {"fallback": True} if placeholder else {}
        return PictureRecord(url="u", objects={asset: key}, colors=["#112233"] * 3, metadata=metadata, orphans=orphans)
    if CATALOG[asset].extension:
        return FileRecord(url="u", objects={asset: key}, orphans=orphans)
    return DataRecord(data={"made": asset})


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
