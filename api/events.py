"""A story's changes as they happen: one LISTEN connection a process, fanned out to all who subscribed."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from api.limits import StreamTimings
from api.shared_reads import SharedReads
from storytailor.db.announcements import STORY_CHANGED, Announcements
from storytailor.errors import NotFoundError, ServiceUnavailableError
from storytailor.tasks import Lasting


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
        self.reads = SharedReads()
        """What subscribers read when they are notified."""

    async def run(self) -> None:
        """Listen until cancelled; connect again when the connection is lost, and have everyone read again."""
        listening = Lasting("listener for story changes")
        while True:
            with listening.turn():
                async for note in self._announcements.listen(STORY_CHANGED):
                    self._notify(note)
            await asyncio.sleep(self._reconnect_seconds)

    @contextmanager
    def subscribe(self, subscriber: Subscriber, names: Collection[str]) -> Iterator[None]:
        """Notify the subscriber of changes of these stories (ids, or as `name_of` gives them) until the block ends."""
        for name in names:
            self._subscribers[name].add(subscriber)
        try:
            yield
        finally:
            for name in names:
                self._subscribers[name].discard(subscriber)
                if not self._subscribers[name]:
                    del self._subscribers[name]

    @property
    def subscriptions(self) -> int:
        """How many subscriptions there are."""
        return sum(map(len, self._subscribers.values()))

    def _notify(self, note: str) -> None:
        """Notify those whom this note concerns: a story's id and its owner's; "", after (re)connecting, is for all."""
        story_id, _, owner = note.partition(" ")
        if story_id and owner:
            self.reads.changed(UUID(owner))
            names: Collection[str] = (story_id, name_of(UUID(owner)), name_of(UUID(owner), UUID(story_id)))
        else:
            self.reads.anything_changed()
            names, story_id = tuple(self._subscribers), ""
        for name in names:
            for subscriber in self._subscribers.get(name, ()):
                subscriber.notify(story_id)


def name_of(owner: UUID, story_id: UUID | None = None) -> str:
    """The name under which to subscribe to this story as far as it is this user's, or to all of theirs."""
    return f"{owner}/{story_id or '*'}"


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
