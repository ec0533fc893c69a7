"""Dagster's storages in PostgreSQL, on connections that they are given."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import dagster as dg
from dagster._core.events import ASSET_CHECK_EVENTS, ASSET_EVENTS
from dagster._core.storage.event_log.schema import AssetEventTagsTable, SqlEventLogStorageTable
from dagster_postgres import PostgresEventLogStorage, PostgresRunStorage, PostgresScheduleStorage

from storytailor.db.engines import do_though_lost
from storytailor_dagster.dagster_internals.connections import StorageConnections

JUST_MADE_SECONDS, MOST_JUST_MADE = 120.0, 1_000
UNUSED_URL = "postgresql+psycopg2://"


class _OnGivenConnections:
    """A storage of dagster-postgres on what it is given; it would make an engine of its own and lets nobody choose."""

    def __init__(self, connections: StorageConnections) -> None:
        self._connections = connections
        super().__init__(UNUSED_URL)  # type: ignore[call-arg]  # a storage comes after this class

    @property
    def _engine(self) -> Any:
        return self._connections.engine

    @_engine.setter
    def _engine(self, made: object) -> None:
        """What the storage makes never connects."""

    def connect(self, *_: object) -> AbstractContextManager[Any]:
        """What run and schedule storage ask for."""
        return self._connections.connect()

    def _connect(self) -> AbstractContextManager[Any]:
        """What the event log asks for."""
        return self._connections.connect()

    def optimize_for_webserver(self, *_: object, **__: object) -> None:
        """Pooled already; Dagster would put a larger pool in its place."""

    def dispose(self) -> None:
        """Give the connections back to the server."""
        super().dispose()  # type: ignore[misc]  # likewise
        self._engine.dispose()


class RunStorage(_OnGivenConnections, PostgresRunStorage):
    """PostgresRunStorage on given connections."""


class EventLogStorage(_OnGivenConnections, PostgresEventLogStorage):
    """PostgresEventLogStorage on given connections, which asks and says less.

    Dagster's own asks the catalog with each event for tables and columns that earlier versions did not have, and tells
    listeners of it that there are none of since 1.13: a third of a story's statements.
    """

    def __init__(self, connections: StorageConnections) -> None:
        self._known_tables: set[str] = set()
        self._known_columns: set[str] = set()
        self._just_made: dict[tuple[dg.AssetKey, str], tuple[float, Mapping[str, str]]] = {}
        super().__init__(connections)

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Store an event, and what it says of an asset or a check."""
        with self._connect() as connection:
            stored = connection.execute(self.prepare_insert_event(event).returning(SqlEventLogStorageTable.c.id))
            event_id = int(stored.scalar_one())
        told = event.dagster_event
        if told is None:
            return
        if told.event_type in ASSET_EVENTS and told.asset_key:
            do_though_lost(lambda again: self._store_of_asset(event, event_id, again=again))
            self._remember(told)
        if told.event_type in ASSET_CHECK_EVENTS:
            self.store_asset_check_event(event, event_id)

    def _store_of_asset(self, event: dg.EventLogEntry, event_id: int, *, again: bool) -> None:
        """Store what an event says of its asset; `again`, since it is not known whether that was done."""
        with self.index_transaction() as connection:
            if again:  # whoever is still committing it holds the asset's row: that is waited for, and its tags are seen
                self._store_asset_event(connection, event, event_id)
                connection.execute(AssetEventTagsTable.delete().where(AssetEventTagsTable.c.event_id == event_id))
            self._store_asset_event_tags(connection, [event], [event_id])
            self._store_asset_event(connection, event, event_id)

    def _remember(self, event: dg.DagsterEvent) -> None:
        made = event.step_materialization_data.materialization if event.is_step_materialization else None
        if made is None or made.partition is None:
            return
        if len(self._just_made) >= MOST_JUST_MADE:
            self._just_made.clear()
        self._just_made[made.asset_key, made.partition] = time.monotonic(), made.tags or {}

    def get_latest_tags_by_partition(
        self,
        asset_key: dg.AssetKey,
        event_type: dg.DagsterEventType,
        tag_keys: Sequence[str],
        asset_partitions: Sequence[str] | None = None,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> Mapping[str, Mapping[str, str]]:
        """The newest tags of each partition. What this process has just made is not asked for.

        Each step asks so for the version of each of its inputs, which a step before it has made: a fifth of a story's
        statements. Somebody who made it again elsewhere within JUST_MADE_SECONDS is missed: then the UI takes what is
        made of it here for out of date.
        """
        asks_for_newest = event_type == dg.DagsterEventType.ASSET_MATERIALIZATION and not (
            before_cursor or after_cursor
        )
        if asks_for_newest and asset_partitions:
            just_made = {partition: self._tags_just_made(asset_key, partition) for partition in asset_partitions}
            if all(key in tags for tags in just_made.values() for key in tag_keys):
                return {partition: {key: tags[key] for key in tag_keys} for partition, tags in just_made.items()}
        return super().get_latest_tags_by_partition(
            asset_key, event_type, tag_keys, asset_partitions, before_cursor, after_cursor
        )

    def _tags_just_made(self, asset_key: dg.AssetKey, partition: str) -> Mapping[str, str]:
        at, tags = self._just_made.get((asset_key, partition), (float("-inf"), {}))
        return tags if time.monotonic() - at < JUST_MADE_SECONDS else {}

    def has_table(self, table_name: str) -> bool:
        """Whether there is this table; no table of Dagster's goes away again."""
        if table_name not in self._known_tables and super().has_table(table_name):
            self._known_tables.add(table_name)
        return table_name in self._known_tables

    def has_asset_key_col(self, column_name: str) -> bool:
        """Whether the table of assets has this column."""
        if column_name in self._known_columns:
            return True
        with self.index_connection() as connection:
            return self._has_asset_key_col_on_connection(connection, column_name)

    def _has_asset_key_col_on_connection(self, conn: Any, column_name: str) -> bool:
        if column_name not in self._known_columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._known_columns.add(column_name)
        return column_name in self._known_columns

    @contextmanager
    def index_transaction(self) -> Iterator[Any]:
        """A connection in a transaction."""
        with self._connections.transaction() as connection:
            yield connection


class ScheduleStorage(_OnGivenConnections, PostgresScheduleStorage):
    """PostgresScheduleStorage on given connections."""
