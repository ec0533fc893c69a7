"""A database where others come between: a sweep's two looks, a claim's look and its locks, a write and its commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar
from uuid import UUID

import psycopg

from storytailor.db import Database
from storytailor.db.connection import Connection

T = TypeVar("T")
Hook = Callable[[], Awaitable[None]]
FINDS = {"queue/expired_stories", "queue/stuck_stories", "queue/leased_stories"}
"""What a sweep looks with."""
GATE = 7
"""The advisory lock of GATED, before which claims stop, between their snapshot and the rows they lock."""
GATED = """
ALTER FUNCTION worker_capacity() RENAME TO counted_workers;
CREATE FUNCTION worker_capacity() RETURNS TABLE (workers BIGINT, slots BIGINT, busy BIGINT) LANGUAGE sql STABLE AS $$
    SELECT counted.* FROM counted_workers() AS counted, pg_advisory_xact_lock_shared(7) $$;
"""
LOCK_TIMEOUT = "5s"
"""Whoever is to wait for nobody, and does, hears of it then."""


def prepare(url: str) -> None:
    """Let claims stop at the gate, and let whoever waits for a lock too long hear of it."""
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET lock_timeout = '{LOCK_TIMEOUT}'".encode())
        connection.execute(GATED.encode())


class WatchedDatabase(Database):
    """Calls each hook once, at the next occasion.

    `overtake` is given the stories that a sweep has found, before it locks them. `before_commit` is called within the
    next work's transaction, `after_commit` when that is over and its result not yet handed on.
    """

    overtake: Callable[[set[UUID]], Awaitable[None]] | None = None
    before_commit: Hook | None = None
    after_commit: Hook | None = None

    async def fetch_values(self, value: type[T], name: str, /, **params: object) -> list[T]:
        values = await super().fetch_values(value, name, **params)
        if name in FINDS and (overtake := self.overtake):
            self.overtake = None
            await overtake({UUID(str(value)) for value in values})
        return values

    async def in_transaction(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        with self._hooks() as (before, after):
            return await _then(super().in_transaction(lambda connection: _then(work(connection), before)), after)

    @asynccontextmanager
    async def as_user(self, user_id: UUID) -> AsyncIterator[Connection]:
        with self._hooks() as (before, after):
            async with super().as_user(user_id) as connection:
                yield connection
                await before()
            await after()

    async def _run(self, name: str, work: Callable[[Connection], Awaitable[T]]) -> T:
        with self._hooks() as (before, after):
            return await _then(super()._run(name, lambda connection: _then(work(connection), before)), after)

    @contextmanager
    def _hooks(self) -> Iterator[tuple[Hook, Hook]]:
        hooks = self.before_commit or _nothing, self.after_commit or _nothing
        self.before_commit = self.after_commit = None
        yield hooks


async def _nothing() -> None:
    pass


async def _then(work: Awaitable[T], hook: Hook) -> T:
    try:
        return await work
    finally:
        await hook()


class Collision:
    """Two pieces of work, of which the second begins when the first is done and not committed."""

    def __init__(self, database: WatchedDatabase, is_anybody_waiting: Callable[[], bool]) -> None:
        self._database = database
        self._is_anybody_waiting = is_anybody_waiting
        self._done, self._commit, self._answered = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._first: asyncio.Future[None] | None = None

    async def run(self, first: Hook, second: Hook) -> None:
        """Raises what either does. The second's answer is told after the first's, if it had to wait for that."""
        self._database.before_commit = self._hold
        self._first = asyncio.ensure_future(first())
        await self._until(self._done.is_set, self._first)
        self._database.before_commit = None
        self._database.after_commit = self._hand_on
        later = asyncio.ensure_future(second())
        await self._until(lambda: self._answered.is_set() or self._is_anybody_waiting(), later)
        self._database.after_commit = None
        self._commit.set()
        await asyncio.gather(self._first, later)

    async def _hold(self) -> None:
        self._done.set()
        await self._commit.wait()

    async def _hand_on(self) -> None:
        self._answered.set()
        if self._commit.is_set() and self._first:
            await asyncio.wait([self._first])

    async def _until(self, happened: Callable[[], bool], work: asyncio.Future[None]) -> None:
        while not happened() and not work.done():  # noqa: ASYNC110  the server tells nobody that it waits
            await asyncio.sleep(0.001)
