"""Dagster's daemon, which waits for its turn: `python -m storytailor_dagster.daemon workspace.yaml`.

Started again after a crash, it works at once; started beside another, it says so and waits until that one has ended.
"""

from __future__ import annotations

import logging
import sys

import dagster as dg

from storytailor.at_start import send_telemetry
from storytailor.errors import SettingsError
from storytailor.logs import configure
from storytailor.settings import get_settings
from storytailor_dagster.daemon_lock import the_daemon_lock
from storytailor_dagster.dagster_internals import run_daemon
from storytailor_dagster.storage import PooledStorage

log = logging.getLogger(__name__)


def main(workspace: str) -> None:
    """Wait for the lock, then run the daemon until it is stopped."""
    settings = get_settings()
    log_format = settings.log_format
    configure(log_format)
    send_telemetry(settings, "storytailor-daemon")
    PooledStorage.held_elsewhere = 1
    with dg.DagsterInstance.get() as instance:
        instance.get_daemon_heartbeats()  # a database or a pooler that will not do is refused here
    the_daemon_lock().take(wait=True)
    with dg.DagsterInstance.get() as instance:
        instance.wipe_daemon_heartbeats()  # of the dead: liveness check and UI would believe them for half an hour
        run_daemon(instance, workspace, log_format)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except SettingsError as wrong:
        log.critical("%s", wrong)
        raise SystemExit(1) from wrong
    except KeyboardInterrupt:  # stopped, maybe while it waited
        raise SystemExit(0) from None
