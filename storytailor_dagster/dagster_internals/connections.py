"""The connections on which all of Dagster's storages work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster_postgres.utils import create_pg_connection

from storytailor.db.engines import repeat_when_lost

IN_TRANSACTION = "storytailor: in a transaction"


class StorageConnections:
    """An engine's connections for Dagster's storages: while a thread holds one, it is given the same again.

    Dagster asks for another now and then: whether a table exists, in the transaction that stores an event. With a pool
    that all threads share, each would hold one and wait for the next.
    """

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self._threads = threading.local()

    @property
    def _held(self) -> list[Any]:
        """What this thread holds, the innermost last."""
        if not hasattr(self._threads, "held"):
            self._threads.held = []
        held: list[Any] = self._threads.held
        return held

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """A connection whose statements commit by themselves, or belong to the transaction this thread is in."""
        if self._held:
            yield self._held[-1]
            return
        with create_pg_connection(self.engine) as connection, self._holding(connection):
            repeat_when_lost(connection)
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """A connection in a transaction: the one this thread is in, or a new one on a connection of its own."""
        if self._held and self._held[-1].info.get(IN_TRANSACTION):
            yield self._held[-1]
            return
        with create_pg_connection(self.engine) as pooled:
            connection = pooled.execution_options(isolation_level="READ COMMITTED")
            connection.info[IN_TRANSACTION] = True
            try:
                with connection.begin(), self._holding(connection):
                    yield connection
            finally:
                connection.info[IN_TRANSACTION] = False

    @contextmanager
    def _holding(self, connection: Any) -> Iterator[None]:
        held = self._held
        held.append(connection)
        try:
            yield
        finally:
            held.remove(connection)
