"""One joined channel: sends its user the changes of the stories it subscribed to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from uuid import UUID

from api.auth import Caller
from api.events import ANY_STORY, StoryFeed
from api.limits import SocketLimits
from api.realtime.changes import Change, ChangeTracker
from api.realtime.frames import Frame, Payload
from api.realtime.pending_changes import ANY, PendingChanges
from api.realtime.subscriptions import Subscription
from storytailor.db.realtime import StoryRecords
from storytailor.errors import ServiceUnavailableError

EXPIRED = "The bearer token has expired. Sign in again."


class Channel:
    """A topic a client has joined, from its join to its end."""

    def __init__(
        self,
        join: Frame,
        subscriptions: Sequence[Subscription],
        records: StoryRecords,
        send: Callable[[Frame], Awaitable[None]],
        limits: SocketLimits,
    ) -> None:
        self.topic = join.topic
        self.join_ref = join.join_ref or join.ref
        self.token: str | None = None
        self._subscriptions = subscriptions
        self._records = records
        self._send = send
        self._limits = limits
        self._caller: Caller | None = None
        self._tracker: ChangeTracker | None = None
        self._pending = PendingChanges(limits.pending_changes)
        self._subscribed = ExitStack()

    @property
    def story_ids(self) -> set[UUID] | None:
        """The stories subscribed to; None for all of the user's."""
        ids = {subscription.story_id for subscription in self._subscriptions}
        return None if None in ids else {story_id for story_id in ids if story_id}

    def subscribe(self, feed: StoryFeed) -> None:
        """Be notified of changes from now on, until `close`."""
        ids = self.story_ids
        names = [ANY_STORY] if ids is None else [str(story_id) for story_id in ids]
        self._subscribed.enter_context(feed.subscribe(self._pending, names))

    def close(self) -> None:
        """End the subscription."""
        self._subscribed.close()

    async def sign_in(self, caller: Caller | None, token: str | None) -> None:
        """Read as this user from now on, and nothing for None. Raises ServiceUnavailableError."""
        if caller is None:
            self._tracker = None
        elif self._subscriptions and (self._tracker is None or self._tracker.user_id != caller.user_id):
            tracker = ChangeTracker(self._records, caller.user_id, self.story_ids)
            await tracker.open()
            self._tracker = tracker
        self._caller, self.token = caller, token
        self._pending.notify(ANY)  # wakes `run`, which waits for the old token's end

    async def run(self) -> None:
        """Send changes until the token expires."""
        while True:
            await self._pending.wait(self._seconds_to_wait())
            if self._caller and not self._caller.seconds_left:
                await self.end(EXPIRED)
                return
            changed = self._pending.pop()
            if changed is None or self._tracker is None:
                continue
            try:
                await self._send_changes(self._tracker, changed)
            except ServiceUnavailableError:
                self._pending.notify(changed)
                await asyncio.sleep(self._limits.reconnect_seconds)

    async def end(self, why: str) -> None:
        """Send the reason why the channel ends, and close it on the client's side."""
        await self.send_system("system", "error", why)
        await self._send(Frame(self.topic, "phx_close", {}, self.join_ref, self.join_ref))

    async def send_system(self, extension: str, status: str, message: str) -> None:
        """Send a `system` message."""
        await self._push(
            "system",
            {
                "extension": extension,
                "status": status,
                "message": message,
                "channel": self.topic.partition(":")[2],
            },
        )

    async def _send_changes(self, tracker: ChangeTracker, changed: str) -> None:
        """Read the row of a changed story, or of all that changed for ANY, and send what happened to it."""
        for story_id in await tracker.changed() if changed == ANY else [UUID(changed)]:
            change = await tracker.change(story_id)
            if tracker is not self._tracker:  # another user has signed in meanwhile
                return
            if change is not None:
                await self._send_change(tracker, change)

    async def _send_change(self, tracker: ChangeTracker, change: Change) -> None:
        matching = [subscription.number for subscription in self._subscriptions if subscription.matches(change)]
        if matching:
            await self._push("postgres_changes", {"ids": matching, "data": change.data(tracker.columns)})
        tracker.sent(change)

    async def _push(self, event: str, payload: Payload) -> None:
        await self._send(Frame(self.topic, event, payload, None, self.join_ref))

    def _seconds_to_wait(self) -> float:
        left = self._caller.seconds_left if self._caller else self._limits.recheck
        return min(self._limits.recheck, left)
