"""What is done to a queue in a real database and held against `queue_model`, and to which story or lease."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any, ClassVar, Literal, TypeVar
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis.stateful import RuleBasedStateMachine

from storytailor.catalog import CATALOG, PICTURES, AssetName
from storytailor.db import Lease, Queue, Stories
from storytailor.db.asset_records import AssetRecord, DataRecord, FileRecord, PictureRecord
from storytailor.db.story_actions import StoryActions
from storytailor.errors import AssetBusyError, LeaseLostError, NotFoundError
from tests.db.queue_model import QueueModel, Until
from tests.db.queue_view import PLANTED
from tests.db.watched_database import WatchedDatabase

T = TypeVar("T")
Write = Literal["start", "progress", "retry", "finish", "placeholder", "fail"]
Act = Literal["write", "release", "cancel", "take", "regenerate"]
SECONDS: dict[Until, float] = {"waiting": 600, "working": 6_000}
"""Long enough for a machine as slow as may be: what runs out is what a rule lets run out."""

STEP_SECONDS = 60.0
"""Whoever waits longer waits for ever: that is noticed as well."""


class Acts(RuleBasedStateMachine):
    """One family's stories, and what may be done at them. `url` is the database's, of which `prepare` was told."""

    url: ClassVar[str]
    runner: ClassVar[asyncio.Runner]
    database: ClassVar[WatchedDatabase]
    eyes: ClassVar[psycopg.Connection[Any]]

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
        return self.runner.run(asyncio.wait_for(work, STEP_SECONDS))

    # what a family does

    async def do_cancel(self, story_id: UUID) -> None:
        await self.actions.cancel(self.user, story_id)
        self.model.cancel(story_id)

    async def do_delete(self, story_id: UUID) -> None:
        await self.actions.delete(self.user, story_id)
        self.model.delete(story_id)

    async def try_to_regenerate(self, story_id: UUID, assets: set[AssetName], *, cascade: bool) -> None:
        try:
            await self.actions.regenerate(self.user, story_id, assets, cascade=cascade)
            queued = True
        except AssetBusyError:
            queued = False
        assert queued == self.model.regenerate(story_id, assets, cascade=cascade)

    # what workers do

    def see_claims(self, leases: list[Lease], expected: list[tuple[UUID, set[AssetName], int]]) -> None:
        assert [(lease.story_id, set(lease.assets), lease.claim) for lease in leases] == expected
        tokens = [lease.token for lease in [*self.leases, *leases]]
        assert len(tokens) == len(set(tokens)), "two leases with one token"
        for lease in leases:
            self.model.claim(lease)
            self.leases.append(lease)

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

    async def do_release(self, tokens: Collection[UUID], *, uncounted: bool) -> None:
        released = await self.queue.release(*tokens, uncounted=uncounted)
        assert sorted(released) == sorted(asset for _, asset in self.model.release(tokens, uncounted=uncounted))

    # by hand

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

    # any of it

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

    # what is told of leases

    def ask(self) -> None:
        """Who asks for the leases is told the same."""
        assert set(self.wait(self.queue.open_leases())) == self.model.open_leases()
        assert set(self.wait(self.queue.unbegun_leases())) == self.model.unbegun()
        held = self.model.stories_with(lambda job: job.token is not None)
        for asked in (list(self.model.stories)[:1], [*self.model.stories, uuid4()]):
            assert self.wait(self.queue.held(asked)) == held.intersection(asked)
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

    # to which story or lease

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
            self.claim_all()
        standing = self.standing()
        if not standing:
            return None
        lease = standing[which % len(standing)]
        if lease.token in self.model.unbegun():
            self.begin_unbegun(lease)
        return lease

    def claim_all(self) -> None:
        """Whatever waits."""
        expected = self.model.to_claim(in_flight=50, batch=50, waiting=None)
        self.see_claims(self.wait(self.queue.claim(in_flight=50)), expected)

    def begin_unbegun(self, lease: Lease) -> None:
        self.wait(self.queue.begin(lease))
        self.model.begin(lease.token)

    def start_anew(self, story_id: UUID, asset: AssetName) -> None:
        """Whatever waits is claimed, and of this story begun, and the asset under way, if it can be."""
        self.claim_all()
        for lease in self.standing():
            if lease.story_id == story_id and lease.token in self.model.unbegun():
                self.begin_unbegun(lease)
                if self.model.of_lease(lease, asset) and self.may_start(lease, asset):
                    self.write_under(lease, asset, "start")

    def may_start(self, lease: Lease, asset: AssetName) -> bool:
        """Whether all that it needs has ended, as far as the same lease makes it."""
        return not any(self.model.of_lease(lease, need) for need in CATALOG[asset].needs)


def _record(asset: AssetName, key: str, placeholder: bool, orphans: list[int]) -> AssetRecord:
    """What is left of a finished asset: a file where the catalog has one, else data."""
    if asset in PICTURES:
        metadata = {"fallback": True} if placeholder else {}
        return PictureRecord(url="u", objects={asset: key}, colors=["#112233"] * 3, metadata=metadata, orphans=orphans)
    if CATALOG[asset].extension:
        return FileRecord(url="u", objects={asset: key}, orphans=orphans)
    return DataRecord(data={"made": asset})
