"""A Dagster instance for warm processes: pooled storage, and no logging set-up for every run.

Named as `instance_class` in dagster.yaml, so that daemon, webserver, code location and workers all have it.
Checked on dagster 1.13.27: the Postgres storages open a connection for every statement (NullPool) unless
`optimize_for_webserver` gives them a pool; and `get_yaml_python_handlers` is called with
`logging.config.dictConfig` at every run's start, whose locks clash with the log handler that writes to the
database when runs share a process.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster._core.instance.ref import InstanceRef  # the defaults have no public name

STATEMENT_TIMEOUT_MS = 30_000
RECYCLE_SECONDS = 3_600
OVERFLOW = 16


class PooledInstance(dg.DagsterInstance):
    """A DagsterInstance whose three storages keep their connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for storage in (self.run_storage, self.event_log_storage, self.schedule_storage):
            if storage is not None:
                storage.optimize_for_webserver(STATEMENT_TIMEOUT_MS, RECYCLE_SECONDS, OVERFLOW)

    @classmethod
    def config_schema(cls) -> Mapping[str, Any]:
        """Dagster asks for one; there is nothing to set."""
        return {}

    @staticmethod
    def config_defaults(base_dir: str) -> Mapping[str, Any]:
        """Dagster's own defaults for what dagster.yaml leaves out."""
        return InstanceRef.config_defaults(base_dir)

    def get_yaml_python_handlers(self) -> Sequence[logging.Handler]:
        """None: see the module's docstring."""
        return []
