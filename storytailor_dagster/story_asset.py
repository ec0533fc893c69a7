"""`@story_asset`: status, retries, leases, progress and fencing of every asset, once.

What an asset is made of stands in `assets`, what it needs and how often it is tried in the catalog.
"""

import asyncio
import functools
import logging
import time
from collections.abc import Awaitable, Callable
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
)
from storytailor.logs import about
from storytailor.making.context import AssetContext
from storytailor.making.usage import log_uncounted
from storytailor_dagster.asset_checks import check_results, check_specs
from storytailor_dagster.io_managers import FinishedAsset
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.metadata import failure_metadata, metadata, usage_metadata
from storytailor_dagster.partitions import stories
from storytailor_dagster.resources import MakerLoopResource

log = logging.getLogger(__name__)

Maker = Callable[..., Awaitable[Artifact]]
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
            dagster_type=dg.Any,  # what a MaterializeResult annotation alone would make Nothing
            kinds=kinds,
            group_name=kind.group,
            owners=[OWNER],
            description=maker.__doc__,
            check_specs=check_specs(asset),
        )
        async def materialize(
            context: dg.AssetExecutionContext, maker_loop: MakerLoopResource, **needs: Any
        ) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare name
            loop = maker_loop.loop
            attempt = _Attempt(context, loop, asset, functools.partial(maker, **needs))
            try:
                with about(story=context.partition_key, asset=asset, run=context.run.run_id):
                    return await loop.run(attempt.make())
            except dg.Failure as failed:
                await asyncio.to_thread(
                    context.instance.report_runless_asset_event, await loop.run(attempt.note(failed))
                )
                raise

        return materialize

    return decorate


class _Attempt:
    """One try at one asset, on the maker loop."""

    def __init__(self, context: dg.AssetExecutionContext, loop: MakerLoop, asset: AssetName, maker: Maker) -> None:
        self._run_leases = loop.run_leases
        self._services = loop.services
        self._asset: AssetName = asset
        self._maker = maker
        self._story_id = UUID(context.partition_key)
        self._run = context.run
        self._attempt = context.retry_number + 1
        self._ctx: AssetContext | None = None

    async def make(self) -> dg.MaterializeResult[Any]:
        """Make the asset; what goes wrong is written down and told to Dagster in its own words."""
        try:
            lease = await self._run_leases.lease_of(self._run, self._story_id)
        except (AssetBusyError, LeaseLostError, NotFoundError) as refused:
            raise dg.Failure(str(refused), allow_retries=False) from refused
        try:
            return await self._make_or_tell(lease)
        except LeaseLostError as lost:
            log_uncounted(self._story_id, self._asset, self._used)
            log.warning("%s Nothing was written.", lost)
            raise dg.Failure(f"{lost} Nothing was written.", allow_retries=False) from lost
        except (ServiceUnavailableError, asyncio.CancelledError):
            log_uncounted(self._story_id, self._asset, self._used)
            raise  # the database cannot be told: the lease runs out and the asset is queued again

    async def _make_or_tell(self, lease: Lease) -> dg.MaterializeResult[Any]:
        """Make the asset; a failure is written to the story's row with what was used, and raised as Dagster's."""
        try:
            return await self._make_under(lease)
        except (LeaseLostError, ServiceUnavailableError):
            raise
        except TransientError as failure:
            raise await self._retry_or_fail(lease, failure) from failure
        except PermanentError as failure:
            raise await self._fail(lease, failure) from failure
        except Exception as bug:
            log.exception("Something unexpected went wrong.")
            await self._services.queue.fail(
                lease,
                self._asset,
                "Something unexpected went wrong on our side.",
                for_operator=f"{type(bug).__name__}: the run's log in Dagster says what.",
                usage=self._used,
            )
            raise

    async def note(self, failed: dg.Failure) -> dg.AssetObservation:
        """Why the asset failed, for the page of its partition, which shows observations and no failures."""
        stories_found = await self._services.inputs.summaries([self._story_id])
        facts = failure_metadata(failed.description or "", self._attempt, stories_found.get(self._story_id))
        return dg.AssetObservation(self._asset, partition=str(self._story_id), metadata=facts)

    async def _make_under(self, lease: Lease) -> dg.MaterializeResult[Any]:
        began = time.monotonic()
        queue = self._services.queue
        async with self._services.leases.work_under(lease.token):
            await queue.start(lease, self._asset)
            ctx = self._ctx = self._services.context(
                await self._services.inputs.brief(self._story_id),
                functools.partial(queue.progress, lease, self._asset),
                self._attempt,
            )
            artifact = await self._maker(ctx)
            record = await store_artifact(ctx, self._asset, artifact)
            story = (await self._services.inputs.summaries([self._story_id]))[self._story_id]
        return dg.MaterializeResult(
            value=FinishedAsset(lease, record),
            metadata=metadata(ctx, artifact, record, time.monotonic() - began, story),
            check_results=check_results(artifact),
        )

    async def _retry_or_fail(self, lease: Lease, failure: TransientError) -> dg.RetryRequested | dg.Failure:
        """What to tell Dagster of a transient failure, once it is written down."""
        retries = CATALOG[self._asset].retries
        if self._attempt > retries.times:
            return await self._fail(lease, failure)
        await self._services.queue.progress(
            lease, self._asset, 0, status="retrying", usage=self._used, attempt=self._attempt, lastError=str(failure)
        )
        wait = retries.wait_before(self._attempt)
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
