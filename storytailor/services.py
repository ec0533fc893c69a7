"""The studio: what one process needs to make stories, opened once and shared by all of them."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from storytailor.db import Database, Queue, Stories
from storytailor.db.orphaned_objects import Removals
from storytailor.db.portraits import Portraits
from storytailor.leases import LeaseKeeper
from storytailor.making.context import Desk, Progress
from storytailor.providers.elevenlabs import ElevenLabs
from storytailor.providers.object_store import ObjectStore, open_store
from storytailor.providers.openai import OpenAI
from storytailor.settings import Settings
from storytailor.story import StoryBrief
from storytailor.tasks import start, stop

POOL = 12


@dataclass(frozen=True)
class Studio:
    """Warm, pooled and bound to one event loop."""

    settings: Settings
    queue: Queue
    stories: Stories
    portraits: Portraits
    leases: LeaseKeeper
    removals: Removals
    openai: OpenAI
    elevenlabs: ElevenLabs
    store: ObjectStore

    def desk(self, brief: StoryBrief, progress: Progress, attempts: int) -> Desk:
        """A desk for one asset of one story."""
        return Desk(
            brief,
            self.settings,
            self.openai,
            self.elevenlabs,
            self.store,
            progress,
            self.portraits,
            functools.partial(self.stories.activities, brief.story_id),
            attempts=attempts,
        )


@asynccontextmanager
async def open_studio(settings: Settings) -> AsyncIterator[Studio]:
    """A studio on the running loop, renewing its leases; at the end they are given back."""
    async with AsyncExitStack() as stack:
        database = await Database(settings.database, most=POOL).open()
        stack.push_async_callback(database.close)
        queue = Queue(database, lease_seconds=settings.lease_seconds)
        studio = Studio(
            settings,
            queue,
            Stories(database),
            Portraits(database),
            LeaseKeeper(queue),
            Removals(database),
            await stack.enter_async_context(OpenAI(settings)),
            await stack.enter_async_context(ElevenLabs(settings)),
            open_store(settings),
        )
        keeping = start(studio.leases.keep(), "keeper of leases")
        try:
            yield studio
        finally:
            await stop([keeping])
            await studio.leases.give_all_back()
