"""Noticing that a run was cancelled, or deleted, in Dagster while this process makes it.

Neither Celery nor Dagster can interrupt one run of many in a process: threads cannot be killed, and Dagster's own
watcher interrupts the whole process. So the runs' states are read, once a second, for all of them at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
CANCELLED = (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED)


class RunWatch:
    """Looks at the runs of this process, in a thread, and calls `cancel` with each one that was cancelled or deleted.

    `cancel` is called again as long as the run goes on: one that is just taking a lease is cancelled the next time.
    """

    def __init__(self, instance: dg.DagsterInstance, cancel: Callable[[dg.DagsterRun], None]) -> None:
        self._instance = instance
        self._cancel = cancel
        self._running: dict[str, dg.DagsterRun | None] = {}
        self._changed = threading.Condition()
        self._unanswered = False
        threading.Thread(target=self._watch, name="run watch", daemon=True).start()

    @contextmanager
    def watching(self, run_id: str) -> Iterator[None]:
        """Watch this run meanwhile."""
        with self._changed:
            self._running[run_id] = None
            self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._running.pop(run_id, None)

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_SECONDS):
            with self._changed:
                while not self._running:
                    self._changed.wait()
                run_ids = list(self._running)
            try:
                self._look(run_ids)
                self._unanswered = False
            except Exception:  # whatever it is, the next look may go well
                if not self._unanswered:
                    log.warning("The states of runs cannot be read; trying on.", exc_info=True)
                self._unanswered = True

    def _look(self, run_ids: list[str]) -> None:
        for run in self._instance.get_runs(filters=dg.RunsFilter(run_ids=run_ids, statuses=list(CANCELLED))):
            self._cancel(run)
        there = set(self._instance.get_run_ids(filters=dg.RunsFilter(run_ids=run_ids)))
        for run_id in run_ids:
            if run_id in there:
                self._remember(run_id)
            elif (deleted := self._running.get(run_id)) is not None:
                self._cancel(deleted)

    def _remember(self, run_id: str) -> None:
        """Know the run well enough to cancel it when its row is gone."""
        if self._running.get(run_id) is None and (run := self._instance.get_run_by_id(run_id)) is not None:
            with self._changed:
                if run_id in self._running:
                    self._running[run_id] = run
