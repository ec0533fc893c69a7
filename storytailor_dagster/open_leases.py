"""Comparing the leases that are open with their runs: what was cancelled ends, what waits goes on waiting.

Read anew at every tick, from both databases, so that nothing depends on having heard of a change.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import dagster as dg

from storytailor.db import Queue
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.run_leases import LEASE_TAG
from storytailor_dagster.run_watch import CANCELLED

log = logging.getLogger(__name__)

IN_DAGSTERS_QUEUE = (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.QUEUED)


def end_cancelled(instance: dg.DagsterInstance, loop: MakerLoop) -> None:
    """End the leases of runs that were cancelled, and keep those waiting whose runs Dagster has not yet sent.

    A worker cancels what it makes by itself, and sooner; this is for runs that no worker has, or no longer.
    """
    queue: Queue = loop.services.queue
    runs = _runs_of(instance, loop.call(queue.open_leases()))
    cancelled = [run for status in CANCELLED for run in runs[status]]
    if cancelled:
        loop.call(queue.cancel(_tokens(cancelled)))
    for run in runs[dg.DagsterRunStatus.CANCELING]:
        instance.report_run_canceled(run)
    loop.call(queue.keep_waiting(_tokens([run for status in IN_DAGSTERS_QUEUE for run in runs[status]])))


def release_unrequested(instance: dg.DagsterInstance, loop: MakerLoop) -> None:
    """Queue again what was claimed for a run that was never requested: the daemon died in between.

    To be called before a tick claims anything. A daemon's ticks follow each other, and all runs that one has asked for
    are written before the next begins.
    """
    queue: Queue = loop.services.queue
    unbegun = set(loop.call(queue.unbegun_leases()))
    if unbegun:
        wanted = dg.RunsFilter(tags={LEASE_TAG: [str(token) for token in unbegun]})
        unrequested = unbegun - _tokens(instance.get_runs(filters=wanted))
        if unrequested and (assets := loop.call(queue.release(*unrequested))):
            log.warning("Queued again, since no run was requested for them: %s.", ", ".join(assets))


def _runs_of(instance: dg.DagsterInstance, tokens: list[UUID]) -> defaultdict[dg.DagsterRunStatus, list[dg.DagsterRun]]:
    """The runs of these leases that are cancelled or queued, by state."""
    found: defaultdict[dg.DagsterRunStatus, list[dg.DagsterRun]] = defaultdict(list)
    if tokens:
        wanted = dg.RunsFilter(
            tags={LEASE_TAG: [str(token) for token in tokens]}, statuses=[*CANCELLED, *IN_DAGSTERS_QUEUE]
        )
        for run in instance.get_runs(filters=wanted):
            found[run.status].append(run)
    return found


def _tokens(runs: Iterable[dg.DagsterRun]) -> set[UUID]:
    return {UUID(run.tags[LEASE_TAG]) for run in runs}
