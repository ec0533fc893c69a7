"""Doing a piece of work on the database once and for certain, whatever becomes of the connection meanwhile.

A connection that breaks leaves a question: was the work committed? Before COMMIT is sent it was not, and may be done
again. After that the server is asked for the transaction by its id, and what was committed is not done a second time.
So this holds for writes that are not idempotent too: counting a try, adding up what it used, making a lease's token.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Generic, TypeVar

import psycopg
from psycopg.errors import DeadlockDetected, DiskFull, ReadOnlySqlTransaction, SerializationFailure
from psycopg_pool import PoolTimeout

from storytailor.db.connecting import Connection

log = logging.getLogger(__name__)

T = TypeVar("T")
CONFLICTS = 5
"""So often a transaction is done again that the server has rolled back because of others."""
LONGEST_WAIT = 0.2
PAUSE = 0.2
"""Before a broken connection's work is tried on another one."""
FULL_PAUSE = 1.0
"""Before what a full disk did not take is written again: somebody, or a vacuum, has to make room."""
SILENCE = 5.0
"""Seconds without an answer, after which others will have missed the database as well."""
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|patch_story_assets)\b")


@cache
def only_reads(sql: str) -> bool:
    """Whether this statement of ours changes nothing, so that it may be repeated without a question."""
    return not WRITES.search(re.sub(r"--.*", "", sql))


class Work(Generic[T]):
    """A piece of work that may be begun several times, and is committed once."""

    def __init__(self, work: Callable[[Connection], Awaitable[T]], *, reads: bool, patience: float) -> None:
        self._work = work
        self._reads = reads
        self._ends = time.monotonic() + patience
        self._conflicts = 0
        self._committing: tuple[str, T] | None = None

    @property
    def seconds_left(self) -> float:
        """For which the database is still waited for."""
        return self._ends - time.monotonic()

    async def on(self, connection: Connection) -> T:
        """Do it on this connection, unless an earlier connection has committed it."""
        if self._committing is not None:
            transaction, result = self._committing
            if await _is_committed(connection, transaction):
                return result
            self._committing = None
        if self._reads:
            return await self._work(connection)
        async with connection.transaction():
            result = await self._work(connection)
            if (transaction_id := await _transaction_id(connection)) is not None:
                self._committing = (transaction_id, result)
        if connection.closed:  # psycopg ends a transaction on a dead connection without a word
            raise psycopg.OperationalError("The connection was lost before COMMIT.")
        return result

    async def pause_after(self, error: psycopg.Error, connection: Connection | None) -> bool:
        """Whether to go on after this error, once a little time has passed.

        It is so when the connection is gone, none was to be had or the disk is full, as long as there is patience left;
        and when the server has rolled the transaction back in favour of another.
        """
        if isinstance(error, DeadlockDetected | SerializationFailure):
            self._conflicts += 1
            self._committing = None
            await asyncio.sleep(random.uniform(0, LONGEST_WAIT))  # so that two do not meet again
            return self._conflicts <= CONFLICTS
        pause = FULL_PAUSE if has_no_room(error) else PAUSE
        if self.seconds_left <= pause or not (has_no_room(error) or _is_lost(error, connection)):
            return False
        await asyncio.sleep(pause)
        return True


def has_no_room(error: psycopg.Error) -> bool:
    """Whether the server takes no write just now, though it answers: its disk is full. What is to be written waits."""
    return isinstance(error, DiskFull)


def _is_lost(error: psycopg.Error, connection: Connection | None) -> bool:
    return isinstance(error, PoolTimeout) or connection is None or connection.closed


def _what_is_wrong(error: psycopg.Error) -> str:
    if has_no_room(error):
        return "has no room on its disk"
    return "is read-only" if isinstance(error, ReadOnlySqlTransaction) else "does not answer"


async def _transaction_id(connection: Connection) -> str | None:
    """The id of this transaction; None as long as it has written nothing."""
    cursor = await connection.execute("SELECT pg_current_xact_id_if_assigned()::text")
    ((transaction,),) = await cursor.fetchall()
    return None if transaction is None else str(transaction)


async def _is_committed(connection: Connection, transaction: str) -> bool:
    """What became of it; waits while its connection's own process has not heard yet that nobody is there any more.

    A standby is not asked, and this connection left: what it has not heard of yet it may have when it is promoted. Not
    provided for is a server that crashed, lost the tail of its log and has given the id to somebody else before it is
    asked: only a row of our own for each transaction could tell.
    """
    cursor = await connection.execute("SELECT pg_is_in_recovery()")
    if (await cursor.fetchall())[0][0]:
        await connection.close()
        raise psycopg.OperationalError("A standby does not know yet what was committed.")
    while True:
        try:
            cursor = await connection.execute("SELECT pg_xact_status(%s::text::xid8)", (transaction,))
        except psycopg.errors.InvalidParameterValue:  # a server that took over before it had heard of it
            return False
        ((status,),) = await cursor.fetchall()
        if status != "in progress":
            return bool(status == "committed")
        await asyncio.sleep(PAUSE)


class Presence:
    """Since when the database has answered without a gap, as far as this process has noticed."""

    def __init__(self) -> None:
        self._since = float("-inf")
        self._missed = False

    @property
    def seconds(self) -> float:
        """How long it has answered; 0 while it does not."""
        return 0.0 if self._missed else time.monotonic() - self._since

    def miss(self, error: psycopg.Error, connection: Connection | None) -> None:
        """Note of a failed statement if the database does not answer, or does and takes no writes."""
        if not (has_no_room(error) or _is_lost(error, connection)):
            return
        if not self._missed:
            log.warning("The database %s; waiting for it.", _what_is_wrong(error))
        self._missed = True

    def see(self, asked: float) -> None:
        """It has answered what was asked at that time of the monotonic clock."""
        now = time.monotonic()
        if self._missed or now - asked > SILENCE:
            self._since = now
        self._missed = False
