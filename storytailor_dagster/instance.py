"""A Dagster instance for warm processes: no logging set-up for every run. (Its storage is in `storage`.)

Named as `instance_class` in dagster.yaml, so that daemon, webserver, code location and workers all have it.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from storytailor_dagster.daemon_lock import end_unless_only_daemon
from storytailor_dagster.dagster_internals import instance_defaults

UNREAD = frozenset(
    {dg.DagsterEventType.STEP_INPUT, dg.DagsterEventType.LOADED_INPUT, dg.DagsterEventType.HANDLED_OUTPUT}
)
"""Kept nowhere: that each input was of type Any and was loaded, and each output handed on. Nothing of Dagster's reads
them again, its UI shows them as lines of a run's log, and they were 75 of a story's 165 events."""
KNOWN_SECONDS = 60.0
MOST_KNOWN = 1_000


class WarmInstance(dg.DagsterInstance):
    """A DagsterInstance whose runs may share a process."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._known_partitions: dict[tuple[str, str], float] = {}

    def handle_new_event(self, event: dg.EventLogEntry, **how: Any) -> None:
        """Keep what happened, unless nobody reads it again."""
        if event.dagster_event is None or event.dagster_event.event_type not in UNREAD:
            super().handle_new_event(event, **how)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is this partition; what was there is not asked for again for KNOWN_SECONDS.

        Dagster asks for each input of each step, some thirty times a story: a twentieth of a worker's processor time.
        """
        key, now = (partitions_def_name, partition_key), time.monotonic()
        if self._known_partitions.get(key, 0.0) > now:
            return True
        found = super().has_dynamic_partition(*key)
        if found:
            if len(self._known_partitions) >= MOST_KNOWN:
                self._known_partitions.clear()
            self._known_partitions[key] = now + KNOWN_SECONDS
        return found

    @classmethod
    def config_schema(cls) -> Mapping[str, Any]:
        """Dagster asks for one; there is nothing to set."""
        return {}

    @staticmethod
    def config_defaults(base_dir: str) -> Mapping[str, Any]:
        """Dagster's own defaults for what dagster.yaml leaves out."""
        return instance_defaults(base_dir)

    def add_daemon_heartbeat(self, daemon_heartbeat: Any) -> None:
        """A daemon's thread does this before anything else: one that is the second daemon ends here."""
        end_unless_only_daemon()
        super().add_daemon_heartbeat(daemon_heartbeat)

    def get_yaml_python_handlers(self) -> Sequence[logging.Handler]:
        """None: with these, every run's start calls `logging.config.dictConfig`.

        Its locks clash with the log handler that writes to the database, and runs that share a process hang.
        """
        return []
