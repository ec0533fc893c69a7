"""`@story_asset`: status, retries, leases, progress and fencing of every asset, once.

What an asset is made of stands in `assets`, what it needs and how often it is tried in the catalog.
"""

import asyncio
import functools
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import dagster as dg

from storytailor.artifacts import Artifact, store_artifact
from storytailor.catalog import CATALOG, AssetName, asset_named
from storytailor.db import Lease
from storytailor.db.asset_records import Json
from storytailor.errors import (
    AssetBusyError,
    LeaseLostError,
    MakingError,
    NotFoundError,
    PermanentError,
    ServiceUnavailableError,
    TransientError,
    UnreadableRowError,
)
from storytailor.logs import about
from storytailor.making.context import AssetContext
from storytailor.making.usage import uncounted
from storytailor.object_cleanup import delete_replaced
from storytailor.tracing import ASSET, STORY, span
from storytailor.turns import work_of
from storytailor_dagster.asset_checks import check_results, check_specs
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.metadata import failure_metadata, metadata, story_cost, usage_metadata
from storytailor_dagster.partitions import stories
from storytailor_dagster.resources import MakerLoopResource
from storytailor_dagster.run_leases import RunLease

log = logging.getLogger(__name__)

Maker = Callable[..., Awaitable[Artifact]]
Made = dg.MaterializeResult[None]
"""What Dagster is told of an asset that is ready."""
OWNER = "team:storytailor"


def story_asset(*, name: str | None = None, kinds: set[str]) -> Callable[[Maker], dg.AssetsDefinition]:
    """Make an asset of the story from an async maker: `(ctx, <what it needs, by name>) -> artifact`.

    What it needs, its group and its retries stand in the catalog; its docstring is its description.
    """

    def decorate(maker: Maker) -> dg.AssetsDefinition:
        asset = asset_named(name or maker.__name__)
        kind = CATALOG[asset]

        @dg.asset(
            name=asset,
            ins={need: dg.AssetIn() for need in kind.needs},
            partitions_def=stories,
            io_manager_key="story_io",
            kinds=kinds,
            group_name=kind.group,
            owners=[OWNER],
            description=maker.__doc__,
            check_specs=check_specs(asset),
        )
        async def materialize(
            context: dg.AssetExecutionContext, maker_loop: MakerLoopResource, **needs: Any
        ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster does not know it with one
            make = functools.partial(_from_what_was_read, maker, needs)
            attempt = _Attempt(context, maker_loop.loop, asset, make)
            with about(story=context.partition_key, asset=asset, run=context.run.run_id):
                return await attempt.made()

        return materialize

    return decorate


async def _from_what_was_read(maker: Maker, needs: Mapping[str, Any], ctx: AssetContext) -> Artifact:
    """Make the artifact, unless something it needs could not be read. Raises UnreadableRowError."""
    for need in needs.values():
        if isinstance(need, UnreadableRowError):
            raise need
    return await maker(ctx, **needs)


class _UnexpectedError(PermanentError):
    """A fault of ours, told by its kind and place; the worker's log, which withholds a family's words, has the rest."""

    def __init__(self, bug: Exception) -> None:
        at = traceback.extract_tb(bug.__traceback__)[-1]
        super().__init__(
            "Something unexpected went wrong on our side.",
            remedy=f"{type(bug).__name__} at {Path(at.filename).name}:{at.lineno}: the worker's log says more.",
        )


class _LeaseLost(dg.Failure):
    """Somebody else makes the asset now: of this try there is nothing to be told on its partition's page."""


class _Attempt:
    """One try at one asset, on the maker loop: made, stored and written to the story's row, or told why not."""

    def __init__(self, context: dg.AssetExecutionContext, loop: MakerLoop, asset: AssetName, maker: Maker) -> None:
        self._loop = loop
        self._services = loop.services
        self._asset: AssetName = asset
        self._maker = maker
        self._story_id = UUID(context.partition_key)
        self._run = context.run
        self._instance = context.instance
        self._attempt = context.retry_number + 1
        self._ctx: AssetContext | None = None

    async def made(self) -> Made:
        """Make the asset, from Dagster's event loop; why it failed is noted on its partition's page."""
        try:
            return await self._loop.run(self._make())
        except _LeaseLost:
            raise
        except dg.Failure as failed:
            note = await self._loop.run(self._note(failed))
            await asyncio.to_thread(self._instance.report_runless_asset_event, note)
            raise

    async def _make(self) -> Made:
        """Make the asset; what goes wrong is written down and told to Dagster in its own words."""
        try:
            held = await self._loop.run_leases.lease_of(self._run, self._story_id)
            turns, leases = self._services.turns, self._services.leases
            with work_of(turns, held.age), about(request=held.request_id), leases.making():
                return await self._make_or_tell(held)
        except (AssetBusyError, NotFoundError) as refused:
            raise dg.Failure(str(refused), allow_retries=False) from refused
        except LeaseLostError as lost:
            log.warning("%s Nothing was written.%s", lost, uncounted(self._used))
            raise _LeaseLost(f"{lost} Nothing was written.", allow_retries=False) from lost
        except (ServiceUnavailableError, asyncio.CancelledError) as stopped:
            # the database cannot be told: the lease runs out and the asset is queued again
            log.warning("Stopped: %s%s", str(stopped) or "cancelled.", uncounted(self._used))
            raise

    async def _make_or_tell(self, held: RunLease) -> Made:
        """Make the asset; a failure is written to the story's row with what was used, and raised as Dagster's."""
        about_it = {STORY: str(self._story_id), ASSET: self._asset, "storytailor.attempt": self._attempt}
        try:
            with span(f"make {self._asset}", attributes=about_it):
                return await self._make_and_finish(held)
        except (LeaseLostError, ServiceUnavailableError):
            raise
        except TransientError as failure:
            raise await self._retry_or_fail(held.lease, failure) from None  # its causes quote what was sent
        except PermanentError as failure:
            raise await self._fail(held.lease, failure) from None
        except Exception as bug:
            log.exception("Something unexpected went wrong.")
            raise await self._fail(held.lease, _UnexpectedError(bug)) from None  # what it says may be a family's words

    async def _note(self, failed: dg.Failure) -> dg.AssetObservation:
        """Why the asset failed: for Dagster's Events tab, and for its partition's page once it has been made before."""
        stories_found = await self._services.inputs.summaries([self._story_id])
        facts = failure_metadata(failed.description or "", self._attempt, stories_found.get(self._story_id))
        return dg.AssetObservation(self._asset, partition=str(self._story_id), metadata=facts)

    async def _make_and_finish(self, held: RunLease) -> Made:
        """Make the asset, store it, and write that it is ready."""
        began = time.monotonic()
        lease, services = held.lease, self._services
        in_line = services.time_in_line.of(lease.token, self._asset)
        async with services.leases.work_under(lease.token):
            await services.queue.start(lease, self._asset)
            ctx = self._ctx = services.context(
                await services.inputs.brief(self._story_id),
                functools.partial(services.queue.progress, lease, self._asset),
                self._attempt,
                lease.token,
                self._loop.carried_over(held, self._asset),
            )
            with in_line:
                artifact = await self._maker(ctx)
            await ctx.require_lease()  # what is stored by whoever has none would be an orphan
            record, passed = await store_artifact(ctx, services.orphans, self._asset, artifact)
            story = (await services.inputs.summaries([self._story_id]))[self._story_id]
        facts = metadata(ctx, artifact, record, time.monotonic() - began, story)
        checks = list(check_results(artifact, record, passed))
        # No longer under the lease's watch: it ends with its last asset, and that write is not to be cancelled.
        finished = await services.queue.finish(lease, self._asset, record)
        await delete_replaced(services.orphans, services.store, finished)
        return dg.MaterializeResult(metadata={**facts, **story_cost(finished.usage)}, check_results=checks)

    async def _retry_or_fail(self, lease: Lease, failure: TransientError) -> dg.RetryRequested | dg.Failure:
        """What to tell Dagster of a transient failure, once it is written down."""
        retries = CATALOG[self._asset].retries
        if self._attempt > retries.times:
            return await self._fail(lease, failure)
        await self._services.queue.progress(
            lease, self._asset, 0, status="retrying", usage=self._used, attempt=self._attempt, lastError=str(failure)
        )
        wait = retries.wait_before(self._attempt)
        log.warning("Try %d of %d failed: %s", self._attempt, retries.times + 1, failure.for_operator)
        return dg.RetryRequested(max_retries=retries.times, seconds_to_wait=wait)

    async def _fail(self, lease: Lease, failure: MakingError) -> dg.Failure:
        """What to tell Dagster of a failure for good, once it is written down."""
        await self._services.queue.fail(
            lease, self._asset, str(failure), for_operator=failure.for_operator, usage=self._used
        )
        log.warning("Failed for good: %s", failure.for_operator)
        usage = self._ctx.usage if self._ctx else None
        return dg.Failure(failure.for_operator, metadata=usage_metadata(usage), allow_retries=False)

    @property
    def _used(self) -> Json:
        """What this try has used so far, as it is kept."""
        return self._ctx.usage_record if self._ctx else None
