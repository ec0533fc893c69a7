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
from storytailor_dagster.run_leases import LEASE_TAG, claimed_token
from storytailor_dagster.run_watch import CANCELLED

log = logging.getLogger(__name__)

OVER = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS)
"""Without having been cancelled, which ends a claim in another way."""


def end_cancelled(instance: dg.DagsterInstance, loop: MakerLoop) -> None:
    """End the leases of runs that were cancelled, and keep those waiting that are on their way to busy workers.

    A worker cancels what it makes by itself, and sooner; this is for runs that no worker has, or no longer.
    """
    queue: Queue = loop.services.queue
    runs = _cancelled_runs_of(instance, loop.call(queue.open_leases()))
    cancelled = [run for status in CANCELLED for run in runs[status]]
    if cancelled:
        loop.call(queue.cancel(_tokens(cancelled)))
    for run in runs[dg.DagsterRunStatus.CANCELING]:
        instance.report_run_canceled(run)
    loop.call(queue.keep_waiting())


def release_unrequested(instance: dg.DagsterInstance, loop: MakerLoop) -> None:
    """Queue again what was claimed for a run that was never requested, the daemon having died, or that never began.

    A run that could not be sent to the workers has failed at once. To be called before a tick claims anything. A
    daemon's ticks follow each other, and all runs that one has asked for are written before the next begins.
    """
    queue: Queue = loop.services.queue
    unbegun = set(loop.call(queue.unbegun_leases()))
    if unbegun:
        wanted = dg.RunsFilter(tags={LEASE_TAG: [str(token) for token in unbegun]})
        unrequested = unbegun - _tokens(run for run in instance.get_runs(filters=wanted) if run.status not in OVER)
        if unrequested and (assets := loop.call(queue.release(*unrequested))):
            log.warning("Queued again, since no run makes them: %s.", ", ".join(assets))


def _cancelled_runs_of(
    instance: dg.DagsterInstance, tokens: list[UUID]
) -> defaultdict[dg.DagsterRunStatus, list[dg.DagsterRun]]:
    """The runs of these leases that are cancelled, by state."""
    found: defaultdict[dg.DagsterRunStatus, list[dg.DagsterRun]] = defaultdict(list)
    if tokens:
        wanted = dg.RunsFilter(tags={LEASE_TAG: [str(token) for token in tokens]}, statuses=list(CANCELLED))
        for run in instance.get_runs(filters=wanted):
            found[run.status].append(run)
    return found


def _tokens(runs: Iterable[dg.DagsterRun]) -> set[UUID]:
    """The claims of these runs; a re-execution has the tag of a claim that is not its own."""
    return {token for run in runs if (token := claimed_token(run.tags))}
