"""One joined channel: what its user may read of what it subscribed to, told as it changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from uuid import UUID

from api.auth import Caller
from api.events import ANY_STORY, StoryFeed
from api.realtime.changes import Change, View
from api.realtime.frames import Frame, Payload
from api.realtime.inbox import ANY, Inbox
from api.realtime.limits import Limits
from api.realtime.subscriptions import Subscription
from storytailor.db.realtime import StoryRows
from storytailor.errors import ServiceUnavailable

EXPIRED = "The bearer token has expired. Sign in again."


class Channel:
    """A topic a client has joined, from its join to its end."""

    def __init__(
        self,
        join: Frame,
        subscriptions: Sequence[Subscription],
        rows: StoryRows,
        send: Callable[[Frame], Awaitable[None]],
        limits: Limits,
    ) -> None:
        self.topic = join.topic
        self.join_ref = join.join_ref or join.ref
        self.token: str | None = None
        self._subscriptions = subscriptions
        self._rows = rows
        self._send = send
        self._limits = limits
        self._caller: Caller | None = None
        self._view: View | None = None
        self._inbox = Inbox(limits.waiting)
        self._hanging = ExitStack()

    @property
    def story_ids(self) -> set[UUID] | None:
        """The stories subscribed to; None for all of the user's."""
        ids = {subscription.story_id for subscription in self._subscriptions}
        return None if None in ids else {story_id for story_id in ids if story_id}

    def hang(self, feed: StoryFeed) -> None:
        """Hear of changes from now on, until `close`."""
        ids = self.story_ids
        names = [ANY_STORY] if ids is None else [str(story_id) for story_id in ids]
        self._hanging.enter_context(feed.hang(self._inbox, names))

    def close(self) -> None:
        """Hear of nothing any more."""
        self._hanging.close()

    async def sign_in(self, caller: Caller | None, token: str | None) -> None:
        """Read as this user from now on, and for nobody not at all. Raises ServiceUnavailable."""
        if caller is None:
            self._view = None
        elif self._subscriptions and (self._view is None or self._view.user_id != caller.user_id):
            view = View(self._rows, caller.user_id, self.story_ids)
            await view.open()
            self._view = view
        self._caller, self.token = caller, token
        self._inbox.put(ANY)  # wakes `run`, which minds the new token's end

    async def run(self) -> None:
        """Tell of changes until the token expires."""
        while True:
            await self._inbox.wait(self._patience())
            if self._caller and not self._caller.seconds_left:
                await self.end(EXPIRED)
                return
            note = self._inbox.take()
            if note is None or self._view is None:
                continue
            try:
                await self._follow_up(self._view, note)
            except ServiceUnavailable:
                self._inbox.put(note)
                await asyncio.sleep(self._limits.patience)

    async def end(self, why: str) -> None:
        """Say why the channel ends, and close it on the client's side."""
        await self.say("system", "error", why)
        await self._send(Frame(self.topic, "phx_close", {}, self.join_ref, self.join_ref))

    async def say(self, extension: str, status: str, message: str) -> None:
        """A `system` message."""
        await self._push(
            "system",
            {
                "extension": extension,
                "status": status,
                "message": message,
                "channel": self.topic.partition(":")[2],
            },
        )

    async def _follow_up(self, view: View, note: str) -> None:
        """Read what a note is about, and tell of it."""
        for story_id in await view.changed() if note == ANY else [UUID(note)]:
            change = await view.change(story_id)
            if view is not self._view:  # somebody else has signed in meanwhile
                return
            if change is not None:
                await self._tell(view, change)

    async def _tell(self, view: View, change: Change) -> None:
        wanting = [subscription.number for subscription in self._subscriptions if subscription.wants(change)]
        if wanting:
            await self._push("postgres_changes", {"ids": wanting, "data": change.data(view.columns)})
        view.saw(change)

    async def _push(self, event: str, payload: Payload) -> None:
        await self._send(Frame(self.topic, event, payload, None, self.join_ref))

    def _patience(self) -> float:
        left = self._caller.seconds_left if self._caller else self._limits.recheck
        return min(self._limits.recheck, left)
