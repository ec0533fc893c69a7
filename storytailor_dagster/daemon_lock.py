"""Only one daemon works: the one that holds a lock in Dagster's database, which ends with its process.

Two of them would launch every backfill twice. Dagster itself looks at heartbeats, notices a second one half a minute
later, and lets it go on.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from concurrent.futures import Future
from functools import lru_cache
from typing import Literal

from storytailor.db.daemon_session import ANSWER_SECONDS, DaemonSession
from storytailor.errors import ServiceUnavailableError
from storytailor.settings import get_settings

log = logging.getLogger(__name__)

TRY_SECONDS = 1.0
AT_ONCE_SECONDS = 3.0
"""A killed daemon's session lives on for a moment; who must not wait tries for so long."""
TAKE_OVER_SECONDS = 2 * (TRY_SECONDS + ANSWER_SECONDS)
"""A daemon whose session was cut knows it within this time: whoever waited for the lock leaves it that time to end."""


class DaemonLock:
    """The lock, asked for and watched by a thread of its own. A process that loses it to another ends at once."""

    def __init__(self, url: str) -> None:
        self._session = DaemonSession(url, f"{socket.gethostname()}:{os.getpid()}")
        self._taken: Future[bool] = Future()
        self._starting = threading.Lock()
        self._started = False

    def take(self, *, wait: bool) -> bool:
        """Whether this process has the lock: at once, or as soon as no other has it. The first call decides."""
        with self._starting:
            if not self._started:
                threading.Thread(target=self._run, args=(wait,), name="daemon lock", daemon=True).start()
                self._started = True
        return self._taken.result()

    def _run(self, wait: bool) -> None:
        try:
            asyncio.run(self._take_and_keep(wait))
        except Exception as failure:
            if self._taken.done():
                log.critical("The lock of the daemons cannot be watched: this one ends.", exc_info=True)
                os._exit(1)
            self._taken.set_exception(failure)

    async def _take_and_keep(self, wait: bool) -> None:
        self._taken.set_result(await (self._wait() if wait else self._try_for(AT_ONCE_SECONDS)))
        while self._taken.result():
            await asyncio.sleep(TRY_SECONDS)
            if not await self._session.is_alive():
                log.warning("The connection that holds the daemons' lock was lost; asking for the lock again.")
                await self._take_again()

    async def _wait(self) -> Literal[True]:
        if await self._try_for(AT_ONCE_SECONDS):
            return True
        log.warning("Another daemon is running (%s). This one does nothing until that one ends.", await self._holder())
        while await self._try() is not True:  # noqa: ASYNC110, the database notifies nobody
            await asyncio.sleep(TRY_SECONDS)
        await asyncio.sleep(TAKE_OVER_SECONDS)
        log.warning("The other daemon has ended: this one takes over.")
        return True

    async def _try_for(self, seconds: float) -> bool:
        """Whether this process gets the lock within so many seconds."""
        ends = asyncio.get_running_loop().time() + seconds
        while await self._try() is not True:
            if asyncio.get_running_loop().time() > ends:
                return False
            await asyncio.sleep(TRY_SECONDS / 5)
        return True

    async def _take_again(self) -> None:
        while (taken := await self._try()) is None:  # noqa: ASYNC110, likewise
            await asyncio.sleep(TRY_SECONDS)
        if not taken:
            log.critical("Another daemon (%s) has taken over meanwhile: this one ends.", await self._holder())
            os._exit(1)  # in order, it would go on for half a minute
        log.warning("This daemon has the lock again.")

    async def _try(self) -> bool | None:
        """Whether this process has the lock; None when the database does not answer."""
        try:
            return await self._session.take()
        except ServiceUnavailableError as down:
            log.warning("The daemons' lock cannot be asked for: %s", down.__cause__)
            return None

    async def _holder(self) -> str:
        try:
            return await self._session.holder()
        except ServiceUnavailableError:
            return "it cannot be asked which"


@lru_cache(maxsize=1)
def the_daemon_lock() -> DaemonLock:
    """This process's."""
    return DaemonLock(get_settings().dagster_database)


def end_unless_only_daemon() -> None:
    """For a daemon that did not wait for its turn, such as `dagster-daemon run` by hand: end it if another works."""
    if not the_daemon_lock().take(wait=False):
        log.critical(
            "Another daemon is running: two would launch everything twice. This one ends; "
            "`python -m storytailor_dagster.daemon workspace.yaml` waits for its turn."
        )
        os._exit(1)  # in a thread of Dagster's, whose exceptions it survives
