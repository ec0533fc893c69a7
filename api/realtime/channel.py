"""One joined channel: sends its user the changes of the stories it subscribed to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from uuid import UUID

from api.auth import Caller
from api.events import name_of
from api.realtime.changes import Change, ChangeTracker
from api.realtime.context import ConnectionContext
from api.realtime.frames import Frame, Payload
from api.realtime.pending_changes import ANY, PendingChanges
from api.realtime.subscriptions import Subscription
from storytailor.errors import ServiceUnavailableError

EXPIRED = "The bearer token has expired. Sign in again."


class Channel:
    """A topic a client has joined, from its join to its end."""

    def __init__(
        self,
        join: Frame,
        subscriptions: Sequence[Subscription],
        service: ConnectionContext,
        send: Callable[[Frame], Awaitable[None]],
    ) -> None:
        self.topic = join.topic
        self.join_ref = join.join_ref or join.ref
        self.token: str | None = None
        self._subscriptions = subscriptions
        self._service = service
        self._send = send
        self._limits = service.limits
        self._caller: Caller | None = None
        self._tracker: ChangeTracker | None = None
        self._pending = PendingChanges(service.limits.pending_changes)
        self._held = ExitStack()

    @property
    def story_ids(self) -> set[UUID] | None:
        """The stories subscribed to; None for all of the user's."""
        ids = {subscription.story_id for subscription in self._subscriptions}
        return None if None in ids else {story_id for story_id in ids if story_id}

    def close(self) -> None:
        """End the subscription."""
        self._held.close()

    async def sign_in(self, caller: Caller | None, token: str | None) -> None:
        """Read as this user from now on, and nothing for None.

        Raises ServiceUnavailableError, and RateLimitedError when the user has too many channels.
        """
        if caller is None or self._caller is None or caller.user_id != self._caller.user_id:
            self._tracker = self._caller = None
            self._held.close()
            if caller is not None:
                await self._begin_as(caller.user_id)
        self._caller, self.token = caller, token
        self._pending.notify(ANY)  # wakes `run`, which waits for the old token's end

    async def _begin_as(self, user_id: UUID) -> None:
        """Be notified of this user's changes from now on, until `close`."""
        self._held.enter_context(self._service.channels.one(user_id))
        if self._subscriptions:
            ids = self.story_ids
            names = [name_of(user_id)] if ids is None else [name_of(user_id, story_id) for story_id in ids]
            self._held.enter_context(self._service.feed.subscribe(self._pending, names))
            tracker = ChangeTracker(self._service.records, user_id, ids)
            await tracker.open()
            self._tracker = tracker

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
