"""A story's changes as they happen: one LISTEN connection a process, fanned out to all who subscribed."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from api.limits import StreamTimings
from storytailor.db.announcements import STORY_CHANGED, Announcements
from storytailor.errors import NotFoundError, ServiceUnavailableError

log = logging.getLogger("storytailor.api")

ANY_STORY = "*"
"""The id under which to subscribe to the changes of all stories."""


@dataclass(frozen=True)
class StoryEvent:
    """A story's latest revision. `over`: nothing of it is under way any more; `json`: as GET shows it."""

    story_id: UUID
    revision: int
    over: bool
    json: str


class Subscriber(Protocol):
    """Is told which stories changed."""

    def notify(self, story_id: str) -> None:
        """This story changed; "" when any may have."""


class StorySubscriber:
    """Waits for changes of one story. It remembers only that something changed: its owner reads the latest row."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._changed.set()  # what happened before it subscribed was missed

    def notify(self, story_id: str = "") -> None:
        """The story changed."""
        self._changed.set()

    async def wait(self, seconds: float) -> None:
        """Wait for a change since the last call, so long at most."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()


class StoryFeed:
    """Tells subscribers that a story changed."""

    def __init__(self, announcements: Announcements, *, reconnect_seconds: float = 2.0) -> None:
        self._announcements = announcements
        self._reconnect_seconds = reconnect_seconds
        self._subscribers: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self._reads: dict[str, dict[UUID, asyncio.Task[StoryEvent]]] = {}

    async def run(self) -> None:
        """Listen until cancelled; connect again when the connection is lost, and have everyone read again."""
        while True:
            try:
                async for story_id in self._announcements.listen(STORY_CHANGED):
                    self._notify(story_id)
            except ServiceUnavailableError:
                log.warning(
                    "Story changes: lost the LISTEN connection, reconnecting in %g s.",
                    self._reconnect_seconds,
                )
            await asyncio.sleep(self._reconnect_seconds)

    @contextmanager
    def subscribe(self, subscriber: Subscriber, story_ids: Collection[str]) -> Iterator[None]:
        """Notify the subscriber of changes of these stories (ids, or ANY_STORY) until the block ends."""
        for story_id in story_ids:
            self._subscribers[story_id].add(subscriber)
        try:
            yield
        finally:
            for story_id in story_ids:
                self._subscribers[story_id].discard(subscriber)
                if not self._subscribers[story_id]:
                    del self._subscribers[story_id]

    async def read_once(
        self, story_id: UUID, user_id: UUID, read: Callable[[], Coroutine[None, None, StoryEvent]]
    ) -> StoryEvent:
        """What `read` gives, read once for all who ask on this user's behalf while the read is under way.

        A change of the story ends that: who asks after it gets a read that began after it.
        """
        reads = self._reads.setdefault(str(story_id), {})
        task = reads.get(user_id)
        if task is None:
            task = reads[user_id] = asyncio.create_task(read())
            task.add_done_callback(lambda task: self._forget_read(str(story_id), user_id, task))
        return await asyncio.shield(task)

    @property
    def subscriptions(self) -> int:
        """How many subscriptions there are."""
        return sum(map(len, self._subscribers.values()))

    def _forget_read(self, story_id: str, user_id: UUID, task: asyncio.Task[StoryEvent]) -> None:
        """Forget a read that is done, unless a change had it forgotten already."""
        if not task.cancelled():
            task.exception()  # taken, though all who asked may have gone
        reads = self._reads.get(story_id, {})
        if reads.get(user_id) is task:
            del reads[user_id]
            if not reads:
                del self._reads[story_id]

    def _notify(self, story_id: str) -> None:
        """Notify this story's subscribers; "", when the connection has just been opened, notifies all."""
        if story_id:
            self._reads.pop(story_id, None)
        else:
            self._reads.clear()
        subscribed = (story_id, ANY_STORY) if story_id else tuple(self._subscribers)
        for name in subscribed:
            for subscriber in self._subscribers.get(name, ()):
                subscriber.notify(story_id)


async def changes(
    feed: StoryFeed,
    event: StoryEvent,
    read: Callable[[], Awaitable[StoryEvent]],
    timings: StreamTimings,
    lifetime: float,
) -> AsyncGenerator[StoryEvent]:
    """`event`, then the story's latest after each change, until it is over, gone, or `lifetime` has passed.

    Changes that come faster than the events are taken coalesce: the latest wins.
    """
    ends = asyncio.get_running_loop().time() + lifetime
    subscriber = StorySubscriber()
    with feed.subscribe(subscriber, [str(event.story_id)]):
        latest: StoryEvent | None = event
        while latest is not None:
            yield latest
            if latest.over:
                return
            latest = await _next(subscriber, latest.revision, read, timings, ends)


async def _next(
    subscriber: StorySubscriber,
    revision: int,
    read: Callable[[], Awaitable[StoryEvent]],
    timings: StreamTimings,
    ends: float,
) -> StoryEvent | None:
    """The event once the story has another revision; None when it is gone or time is up."""
    clock = asyncio.get_running_loop().time
    while (left := ends - clock()) > 0:
        await subscriber.wait(min(left, timings.recheck))
        try:
            event = await read()
        except NotFoundError:
            return None
        except ServiceUnavailableError:
            await asyncio.sleep(min(left, timings.reconnect_seconds))
            subscriber.notify()
            continue
        if event.revision != revision:
            return event
    return None
