"""How a run gets its lease and gives it back: the sensor's claim travels in a tag, a run begun by hand takes its own.

A run is told its story by its partition and its claim by `LEASE_TAG`; which assets it makes stands in its selection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import dagster as dg

from storytailor.admission import Admission
from storytailor.catalog import ALL_ASSETS, AssetName, in_order
from storytailor.db import Lease, Queue
from storytailor.db.leases import Age
from storytailor.db.origins import Origin
from storytailor.db.story_inputs import StorySummary
from storytailor.errors import LeaseLostError, ServiceUnavailableError
from storytailor.leases import LeaseKeeper
from storytailor.tracing import STORY, Attribute, span, traceparent

LEASE_TAG = "storytailor/lease"
CLAIM_TAG = "storytailor/claim"
KIND_TAG = "storytailor/kind"
ASKED_TAG = "storytailor/asked"
TRACE_TAG = "storytailor/traceparent"
PARENT_RUN_TAG = "dagster/parent_run_id"
PARTITION_TAG = "dagster/partition"


@dataclass(frozen=True)
class RunLease:
    """What a run works under, and whose turn its work is."""

    lease: Lease
    age: Age
    request_id: str | None = None
    """The request that asked for it, as the API's log has it."""


class RunLeases:
    """The leases that this process's runs work under. Its methods are called on the maker loop."""

    def __init__(self, queue: Queue, keeper: LeaseKeeper, admission: Admission) -> None:
        self._queue = queue
        self._keeper = keeper
        self._admission = admission
        self._opened: dict[str, asyncio.Future[RunLease]] = {}
        self._waiting: set[UUID] = set()

    async def take_up(self, run: dg.DagsterRun) -> bool:
        """Take the run's claim up before anything else is done for it: False when it has ended, or is begun elsewhere.

        It waits for its turn among the stories of this worker; meanwhile its lease is renewed, the claim not counted. A
        run that was begun by hand takes its lease with its first step, which can say why there is none.
        """
        if claimed_token(run.tags) is None:
            return True
        try:
            await self.lease_of(run, UUID(run.tags[PARTITION_TAG]))
        except LeaseLostError:
            return False
        return True

    async def cancel(self, run: dg.DagsterRun) -> None:
        """The run was cancelled: what it makes stops and fails, and nothing of it is queued again.

        What somebody has locked just then, a renewal for one, goes on until this is asked again: stopped without being
        failed, it would be queued again.
        """
        tokens = {token} if (token := claimed_token(run.tags)) else set()
        opened = self._opened.get(run.run_id)
        if opened is not None and opened.done() and not opened.cancelled() and not opened.exception():
            tokens.add(opened.result().lease.token)
        await self._queue.cancel(tokens)
        for token in tokens - set(await self._queue.open_leases()):
            self._keeper.stop(token)

    async def lease_of(self, run: dg.DagsterRun, story_id: UUID) -> RunLease:
        """The run's lease: opened by who asks first, shared by the others.

        Raises AssetBusyError, NotFoundError, and LeaseLostError for a claim that has ended.
        """
        if run.run_id not in self._opened:
            self._opened[run.run_id] = asyncio.ensure_future(self._open(run, story_id))
        return await asyncio.shield(self._opened[run.run_id])

    async def release(self, run_id: str) -> list[AssetName]:
        """The run is over, well or not: what it left unfinished is queued again. Those assets."""
        opened = self._opened.pop(run_id, None)
        if opened is None:
            return []
        await asyncio.wait([opened])  # a lease that is just being opened must not outlive its run
        if opened.cancelled() or opened.exception():
            return []
        token = opened.result().lease.token
        self._admission.leave(token)
        return await self._keeper.release(token)

    async def wind_down(self, seconds: float) -> None:
        """This process is asked to stop: what waits is given back, what is being made has so many seconds."""
        waiting = list(self._waiting)
        for token in waiting:
            self._keeper.stop(token)
        await asyncio.gather(self._queue.release(*waiting, uncounted=True), self._keeper.wind_down(seconds))

    async def _open(self, run: dg.DagsterRun, story_id: UUID) -> RunLease:
        token, assets = claimed_token(run.tags), assets_of(run)
        if self._keeper.is_winding_down:
            await self._queue.release(*({token} if token else ()))
            raise LeaseLostError("This worker is stopping, and begins nothing more.")
        if token is not None:
            return await self._begin(Lease(story_id, token, assets))
        lease = await self._queue.take(story_id, assets)
        age = await self._queue.age(lease)
        self._keeper.hold(lease.token)
        return RunLease(lease, age)

    async def _begin(self, lease: Lease) -> RunLease:
        """Begin a claim when its turn has come. A wait that ends with its lease raises LeaseLostError."""
        age = await self._queue.age(lease)
        self._keeper.hold(lease.token)
        self._waiting.add(lease.token)
        try:
            async with self._keeper.work_under(lease.token):
                await self._admission.enter(lease.token, age)
            await self._queue.begin(lease)
        except BaseException:
            self._admission.leave(lease.token)
            self._keeper.forget(lease.token)
            raise
        finally:
            self._waiting.discard(lease.token)
        return RunLease(lease, age, await self._request_of(lease))

    async def _request_of(self, lease: Lease) -> str | None:
        """The request that asked for it; None where that cannot be read, since it only describes what is made."""
        origins: dict[UUID, Origin] = {}
        with suppress(ServiceUnavailableError):
            origins = await self._queue.origins([lease])
        return origins[lease.token].request_id if lease.token in origins else None


def request_for(lease: Lease, story: StorySummary | None, origin: Origin | None = None) -> dg.RunRequest:
    """The run that makes what was claimed. Its key is the claim's token: one run a claim, however often asked.

    Its tags tell an operator which story it is, without the story's words; and its worker, of which trace it is a step.
    """
    described = {KIND_TAG: story.kind or "", ASKED_TAG: f"{story.created_at:%Y-%m-%d}"} if story else {}
    return dg.RunRequest(
        run_key=str(lease.token),
        partition_key=str(lease.story_id),
        asset_selection=[dg.AssetKey(asset) for asset in lease.assets],
        tags={
            LEASE_TAG: str(lease.token),
            CLAIM_TAG: str(lease.claim),
            **described,
            **_traced(lease, origin),
            # the queue decides what is made again, not Dagster's run retries
            "dagster/retry_on_asset_or_op_failure": "false",
        },
    )


def _traced(lease: Lease, origin: Origin | None) -> dict[str, str]:
    """The tag of the story's trace, in which its wait in the queue is a step that ends now; none where none is sent."""
    attributes: dict[str, Attribute] = {STORY: str(lease.story_id), "storytailor.claim": lease.claim}
    waited, parent = (origin.waited, origin.traceparent) if origin else (0.0, None)
    with span("queue story", "PRODUCER", attributes, parent=parent, began_before=waited):
        step = traceparent()
    return {TRACE_TAG: step} if step else {}


def claimed_token(tags: Mapping[str, str]) -> UUID | None:
    """The claim a run works under; None for one begun by hand.

    A re-execution copies the tags of the run it repeats, but that run's claim is over.
    """
    if LEASE_TAG not in tags or PARENT_RUN_TAG in tags:
        return None
    return UUID(tags[LEASE_TAG])


def assets_of(run: dg.DagsterRun) -> tuple[AssetName, ...]:
    """The assets a run makes: its selection, or the steps it repeats."""
    if run.step_keys_to_execute:
        return in_order(run.step_keys_to_execute)
    if run.asset_selection:
        return in_order(key.to_user_string() for key in run.asset_selection)
    return ALL_ASSETS
