"""A story's changes as they happen: one LISTEN a process, fanned out to whoever watches a story."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from storytailor.db.connection import Row
from storytailor.db.listener import STORY_CHANGED, listen
from storytailor.errors import NotFound, ServiceUnavailable

log = logging.getLogger("storytailor.api")


@dataclass(frozen=True)
class Pace:
    """The timing of a stream, in seconds."""

    keep_alive: float = 15.0
    recheck: float = 30.0
    """A row is read again after so long without news: a LISTEN can go deaf without noticing."""
    lifetime: float = 30 * 60.0
    patience: float = 2.0
    """Between tries when the database does not answer."""


ANY_STORY = "*"
"""Where mailboxes for the changes of all stories hang."""


class Letterbox(Protocol):
    """Takes notes of changed stories."""

    def put(self, story_id: str) -> None:
        """Leave the note that this story changed; "" when any may have."""


class Mailbox:
    """Room for one note: something changed. Its owner reads the latest row, so more room is never needed."""

    def __init__(self) -> None:
        self._note = asyncio.Event()
        self._note.set()  # what happened before the mailbox hung was missed

    def put(self, story_id: str = "") -> None:
        """Leave the note."""
        self._note.set()

    async def take(self, seconds: float) -> None:
        """Wait for the note, so long at the most, and take it."""
        try:
            async with asyncio.timeout(seconds):
                await self._note.wait()
        except TimeoutError:
            return
        self._note.clear()


class StoryFeed:
    """Tells watchers that a story changed."""

    def __init__(self, database_url: str, *, patience: float = 2.0) -> None:
        self._url = database_url
        self._patience = patience
        self._mailboxes: defaultdict[str, set[Letterbox]] = defaultdict(set)
        self._reads: dict[str, dict[UUID, asyncio.Task[Row]]] = {}

    async def run(self) -> None:
        """Listen until cancelled; connect again when the connection is lost, and have everyone read again."""
        while True:
            try:
                async for story_id in listen(self._url, STORY_CHANGED):
                    self._tell(story_id)
            except ServiceUnavailable:
                log.warning("The ear for story changes is deaf; trying again in %g s.", self._patience)
            await asyncio.sleep(self._patience)

    @contextmanager
    def watch(self, story_id: UUID) -> Iterator[Mailbox]:
        """A mailbox for this story's changes. It starts with a note in it."""
        mailbox = Mailbox()
        with self.hang(mailbox, [str(story_id)]):
            yield mailbox

    @contextmanager
    def hang(self, mailbox: Letterbox, names: Collection[str]) -> Iterator[None]:
        """Have notes of these stories (ids, or ANY_STORY) put into the mailbox."""
        for name in names:
            self._mailboxes[name].add(mailbox)
        try:
            yield
        finally:
            for name in names:
                self._mailboxes[name].discard(mailbox)
                if not self._mailboxes[name]:
                    del self._mailboxes[name]

    async def read_once(
        self, story_id: UUID, user_id: UUID, read: Callable[[], Coroutine[None, None, Row]]
    ) -> Row:
        """What `read` gives, read once for all who ask on this user's behalf while the read is under way.

        A note of the story's change ends that: who asks after it gets a read that began after it.
        """
        reads = self._reads.setdefault(str(story_id), {})
        task = reads.get(user_id)
        if task is None:
            task = reads[user_id] = asyncio.create_task(read())
            task.add_done_callback(lambda task: self._read(str(story_id), user_id, task))
        return await asyncio.shield(task)

    @property
    def watchers(self) -> int:
        """How many mailboxes hang."""
        return sum(map(len, self._mailboxes.values()))

    def _read(self, name: str, user_id: UUID, task: asyncio.Task[Row]) -> None:
        """Forget a read that is done, unless a note had it forgotten already."""
        if not task.cancelled():
            task.exception()  # taken, though all who asked may have gone
        reads = self._reads.get(name, {})
        if reads.get(user_id) is task:
            del reads[user_id]
            if not reads:
                del self._reads[name]

    def _tell(self, story_id: str) -> None:
        """A note to this story's watchers; "" is the ear just opened, and a note to all."""
        if story_id:
            self._reads.pop(story_id, None)
        else:
            self._reads.clear()
        names = (story_id, ANY_STORY) if story_id else tuple(self._mailboxes)
        for name in names:
            for mailbox in self._mailboxes.get(name, ()):
                mailbox.put(story_id)


def is_over(row: Row) -> bool:
    """Whether nothing of the story is under way any more."""
    return bool(row["asset_generation_status"]["overall"] != "generating")


async def changes(
    feed: StoryFeed, row: Row, read: Callable[[], Awaitable[Row]], pace: Pace, lifetime: float
) -> AsyncGenerator[Row]:
    """`row`, then the story's latest row after each change, until it is over, gone, or `lifetime` has passed.

    Changes that come faster than the rows are taken coalesce: the latest wins.
    """
    ends = asyncio.get_running_loop().time() + lifetime
    with feed.watch(row["id"]) as mailbox:
        newest: Row | None = row
        while newest is not None:
            yield newest
            if is_over(newest):
                return
            newest = await _next(mailbox, newest["revision"], read, pace, ends)


async def _next(
    mailbox: Mailbox, revision: int, read: Callable[[], Awaitable[Row]], pace: Pace, ends: float
) -> Row | None:
    """The row once it has another revision; None when it is gone or time is up."""
    clock = asyncio.get_running_loop().time
    while (left := ends - clock()) > 0:
        await mailbox.take(min(left, pace.recheck))
        try:
            row = await read()
        except NotFound:
            return None
        except ServiceUnavailable:
            await asyncio.sleep(min(left, pace.patience))
            mailbox.put()
            continue
        if row["revision"] != revision:
            return row
    return None
