"""Claims as workers take them, and the assets made under them."""

from __future__ import annotations

from uuid import UUID

from storytailor.catalog import ALL_ASSETS, AssetName
from storytailor.db import Lease, Queue
from storytailor.db.asset_records import DataRecord
from tests.db.conftest import CreateStory


async def claim_one(queue: Queue) -> Lease:
    (lease,) = await queue.claim(in_flight=1_000, batch=1)
    return lease


async def begin_one(queue: Queue) -> Lease:
    """Claim a story, and take it up as a worker does."""
    lease = await claim_one(queue)
    await queue.begin(lease)
    return lease


async def make_asset(queue: Queue, lease: Lease, asset: AssetName) -> None:
    await queue.start(lease, asset)
    await queue.finish(lease, asset, DataRecord(data={"made": asset}))


async def whole_story(create_story: CreateStory, queue: Queue) -> UUID:
    """A story with all its assets made."""
    story_id = await create_story()
    lease = await begin_one(queue)
    for asset in ALL_ASSETS:
        await make_asset(queue, lease, asset)
    return story_id
