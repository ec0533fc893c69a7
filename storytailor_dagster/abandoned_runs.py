"""Ending runs that no worker has any more, so that they neither show as running nor hold a place for ever."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import dagster as dg

from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.run_leases import LEASE_TAG, PARTITION_TAG, claimed_token

ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
UNDER_WAY = tuple(status for status in dg.DagsterRunStatus if status not in ENDED)
WITH_A_WORKER = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)
LONGEST = timedelta(hours=1)
"""What no lease speaks for is given up after it: a sweep takes minutes, and a run begun by hand a free place."""


def close_runs_of(instance: dg.DagsterInstance, tokens: Iterable[UUID], why: str) -> list[str]:
    """Mark the runs of ended leases as failed; their ids.

    Whatever such a run may still write is fenced off by its lease.
    """
    closed = []
    for token in tokens:
        for run in instance.get_runs(filters=dg.RunsFilter(tags={LEASE_TAG: str(token)})):
            if run.status not in ENDED:
                instance.report_run_failed(run, f"The lease of this run has ended: {why}.")
                closed.append(run.run_id)
    return closed


def close_abandoned_runs(instance: dg.DagsterInstance, loop: MakerLoop, suspected: Collection[str]) -> list[str]:
    """End runs that no worker has any more: of those suspected at the last look, what still is; what is suspected now.

    A worker that dies between its story's last write and the end of its run leaves a run and no lease that could run
    out; a message that is lost, one that nobody begins. One that is only about to end has a minute for it, from one
    look to the next.
    """
    under_way = instance.get_run_records(filters=dg.RunsFilter(statuses=[*UNDER_WAY]))
    look = _Look(loop, [record.dagster_run for record in under_way]) if under_way else None
    abandoned = [record.dagster_run for record in under_way if look and look.is_abandoned(record)]
    for run in abandoned:
        if run.run_id not in suspected:
            continue
        if run.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run)
        else:
            instance.report_run_failed(run, _why(run))
    return sorted(run.run_id for run in abandoned if run.run_id not in suspected)


class _Look:
    """Who has these runs, as the database says it just now."""

    def __init__(self, loop: MakerLoop, runs: list[dg.DagsterRun]) -> None:
        services = loop.services
        self._open = set(loop.call(services.queue.open_leases()))
        self._held = loop.call(services.queue.held({story for run in runs if (story := _story_of(run))}))
        capacity = loop.call(services.workers.capacity())
        self._place_is_free = capacity.busy < capacity.slots

    def is_abandoned(self, record: dg.RunRecord) -> bool:
        """Whether nobody has it: its claim is over, or it has none and should long be under way, or over."""
        run = record.dagster_run
        if token := claimed_token(run.tags):
            return token not in self._open
        if run.status in WITH_A_WORKER and (story := _story_of(run)):
            return story not in self._held
        is_old = datetime.now(UTC) - record.create_timestamp > LONGEST
        return is_old and (run.status in WITH_A_WORKER or self._place_is_free)


def _story_of(run: dg.DagsterRun) -> UUID | None:
    """The story that it makes; None for a sweep, or for a partition that somebody has added by hand."""
    with suppress(KeyError, ValueError):
        return UUID(run.tags[PARTITION_TAG])
    return None


def _why(run: dg.DagsterRun) -> str:
    if run.status not in WITH_A_WORKER:
        return "No worker has begun this run, and none will: its message to them is lost."
    if _story_of(run):
        return "Its worker was lost when all of its story's assets had ended."
    return "Its worker was lost."
