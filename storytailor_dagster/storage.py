"""Dagster's three storages in PostgreSQL, on one small pool of connections a process. Named in dagster.yaml.

dagster-postgres opens a connection for every statement, or keeps a pool for each storage; and its tables would be where
PostgREST serves them. `storytailor.db.engines` says how these connections differ.
"""

from typing import Any, ClassVar, Self

from dagster_postgres import DagsterPostgresStorage

from storytailor.db.engines import open_engine
from storytailor.settings import get_settings
from storytailor_dagster.dagster_internals import EventLogStorage, RunStorage, ScheduleStorage, StorageConnections


class PooledStorage(DagsterPostgresStorage):
    """DagsterPostgresStorage at the URL of the settings: DAGSTER_DATABASE_URL, else the story database's."""

    held_elsewhere: ClassVar[int] = 0
    """Of DAGSTER_CONNECTIONS, those that this process uses otherwise: the daemon has one for its lock."""

    def __init__(self, inst_data: Any = None) -> None:
        settings = get_settings()
        self._inst_data = inst_data
        connections = max(1, settings.dagster_connections - self.held_elsewhere)
        self.engine = open_engine(settings.dagster_database, max_connections=connections)
        shared = StorageConnections(self.engine)
        self._run_storage = RunStorage(shared)
        self._event_log_storage = EventLogStorage(shared)
        self._schedule_storage = ScheduleStorage(shared)

    @classmethod
    def config_type(cls) -> Any:
        """Nothing is set in dagster.yaml."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: object) -> Self:
        """How Dagster makes it."""
        return cls(inst_data)
