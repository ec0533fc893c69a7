"""Reads of the database that serve all who ask for the same on one user's behalf."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar, cast
from uuid import UUID

T = TypeVar("T")

KEPT_SECONDS = 1.0
"""For those who ask a moment later, while nothing of the user's has changed."""


class SharedReads:
    """What is being read, or was a moment ago, for each user.

    A change of the user's stories ends that: who asks after it gets a read that began after it.
    """

    def __init__(self) -> None:
        self._reads: dict[UUID, dict[Hashable, asyncio.Task[Any]]] = {}

    async def once(self, user_id: UUID, what: Hashable, read: Callable[[], Coroutine[None, None, T]]) -> T:
        """What `read` gives. `what` names it among this user's reads. One that fails is not kept."""
        reads = self._reads.setdefault(user_id, {})
        task = reads.get(what)
        if task is None:
            task = reads[what] = asyncio.create_task(read())
            task.add_done_callback(lambda task: self._keep_for_a_moment(user_id, what, task))
        return cast("T", await asyncio.shield(task))

    def changed(self, user_id: UUID) -> None:
        """Something of this user's changed."""
        self._reads.pop(user_id, None)

    def anything_changed(self) -> None:
        """Something of anybody's may have."""
        self._reads.clear()

    def _keep_for_a_moment(self, user_id: UUID, what: Hashable, task: asyncio.Task[Any]) -> None:
        if task.cancelled() or task.exception():  # taken, though all who asked may have gone
            self._forget(user_id, what, task)
        else:
            asyncio.get_running_loop().call_later(KEPT_SECONDS, self._forget, user_id, what, task)

    def _forget(self, user_id: UUID, what: Hashable, task: asyncio.Task[Any]) -> None:
        """Forget a read, unless a change had it forgotten already."""
        reads = self._reads.get(user_id, {})
        if reads.get(what) is task:
            del reads[what]
            if not reads:
                del self._reads[user_id]
