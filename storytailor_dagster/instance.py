"""A Dagster instance for warm processes: no logging set-up for every run. (Its storage is in `storage`.)

Named as `instance_class` in dagster.yaml, so that daemon, webserver, code location and workers all have it.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from storytailor_dagster.daemon_lock import end_unless_only_daemon
from storytailor_dagster.dagster_internals import instance_defaults


class WarmInstance(dg.DagsterInstance):
    """A DagsterInstance whose runs may share a process."""

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
