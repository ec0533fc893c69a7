"""Hands on the queue's rows and time: who keeps rows locked, lets leases run out, or is quicker than another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Literal
from uuid import UUID

import psycopg

from storytailor.catalog import AssetName, in_order
from storytailor.db import Lease
from tests.db.queue_acts import Acts
from tests.db.queue_model import Job, Key
from tests.db.watched_database import GATE

Held = Literal["nothing", "story", "job"]
Overtaken = Literal["nothing", "renew", "run out", "release", "grow old"]


class Hands(Acts):
    """Somebody who comes between what the rules do."""

    # rows

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

    # time

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

    def stuck(self) -> list[UUID]:
        return [job.token for job in self.model.jobs.values() if job.token and self.model.is_stuck(job)]

    # who is quicker

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
            while not self.is_anybody_waiting() and not claiming.done():  # noqa: ASYNC110  the server tells nobody
                await asyncio.sleep(0.001)
            await overtake()
        finally:
            self.eyes.execute("SELECT pg_advisory_unlock(%s)", (GATE,))
        return await claiming

    def is_anybody_waiting(self) -> bool:
        return self.eyes.execute("SELECT FROM pg_locks WHERE NOT granted").rowcount > 0
