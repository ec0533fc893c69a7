"""Leases are renewed whatever their worker is busy with, and what has lost its lease stops."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

import pytest

from storytailor.db import Database, Lease, Queue
from storytailor.errors import LeaseLostError
from storytailor.leases import LeaseKeeper
from storytailor.settings import Settings
from tests.dagster.conftest import StoryMaker


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Short leases, so that a second is a long time."""
    return settings.model_copy(update={"lease_seconds": 2.0, "lease_renewal_seconds": 0.4})


def begun(maker: StoryMaker) -> Lease:
    maker.ask()
    (lease,) = maker.claim()
    maker.loop.call(maker.services.queue.begin(lease))
    maker.services.leases.hold(lease.token)
    return lease


def lost(url: str) -> list[UUID]:
    """The tokens whose leases another process finds run out."""

    async def look() -> list[UUID]:
        database = await Database(url).open()
        try:
            return [lease.token for lease in await Queue(database, lease_seconds=2).release_expired()]
        finally:
            await database.close()

    return asyncio.run(look())


def test_a_worker_whose_makers_loop_is_busy_for_long_loses_no_lease(maker: StoryMaker) -> None:
    begun(maker)

    async def compute() -> None:
        time.sleep(5)  # noqa: ASYNC251  # as a picture does that somebody encodes on the loop

    maker.loop.call(compute())
    assert lost(maker.services.settings.database) == []


def test_a_process_that_stood_still_past_its_lease_asks_for_it_before_anything_that_costs(maker: StoryMaker) -> None:
    lease = begun(maker)
    keeper = LeaseKeeper(Queue(maker.services.database, lease_seconds=0.3))  # with nobody who renews meanwhile
    keeper.hold(lease.token)
    time.sleep(0.4)
    maker.loop.call(keeper.require(lease.token))
    maker.execute("UPDATE asset_generation_jobs SET lease_token = NULL, lease_expires_at = NULL")
    maker.loop.call(keeper.require(lease.token))  # it cannot have run out yet: nobody is asked
    time.sleep(0.4)
    with pytest.raises(LeaseLostError):
        maker.loop.call(keeper.require(lease.token))


def test_work_stops_within_moments_of_losing_its_lease(maker: StoryMaker) -> None:
    lease = begun(maker)

    async def work() -> float:
        with pytest.raises(LeaseLostError):
            async with maker.services.leases.work_under(lease.token):
                await asyncio.sleep(30)
        return time.monotonic()

    maker.execute("UPDATE asset_generation_jobs SET lease_token = NULL, lease_expires_at = NULL")
    began = time.monotonic()
    assert maker.loop.call(work()) - began < 10
