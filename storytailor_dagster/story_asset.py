"""`@story_asset`: status, retries, leases, progress and fencing of every asset, once."""

import functools
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import dagster as dg

from storytailor.artifacts import deliver
from storytailor.catalog import CATALOG
from storytailor.db import Finished, Lease
from storytailor.errors import LeaseLost, Permanent, RequestError, ServiceUnavailable, Transient
from storytailor.making.context import Desk
from storytailor_dagster.maker_loop import Engine
from storytailor_dagster.metadata import check_results, check_specs, preview
from storytailor_dagster.partitions import stories
from storytailor_dagster.resources import ENGINE
from storytailor_dagster.run_tags import assets_of, claimed_token

Maker = Callable[..., Awaitable[object]]
OWNER = "team:storytailor"


def story_asset(*, name: str | None = None, kinds: set[str]) -> Callable[[Maker], dg.AssetsDefinition]:
    """Make an asset of the story from an async maker: `(desk, <what it needs, by name>) -> artifact`.

    What it needs, its group and its retries stand in the catalog; its docstring is its description.
    """

    def decorate(maker: Maker) -> dg.AssetsDefinition:
        asset = name or maker.__name__
        kind = CATALOG[asset]

        @dg.asset(
            name=asset,
            ins={need: dg.AssetIn() for need in kind.needs},
            partitions_def=stories,
            io_manager_key="story_io",
            dagster_type=dg.Any,  # what a MaterializeResult annotation alone would make Nothing
            required_resource_keys={ENGINE},
            kinds=kinds,
            group_name=kind.group,
            owners=[OWNER],
            description=maker.__doc__,
            check_specs=check_specs(asset),
        )
        async def materialize(context: dg.AssetExecutionContext, **needs: Any) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads the bare name
            engine: Engine = context.resources.engine
            return await engine.run(_Work(context, engine, asset, functools.partial(maker, **needs)).do())

        return materialize

    return decorate


class _Work:
    """One try at one asset, on the engine's loop."""

    def __init__(self, context: dg.AssetExecutionContext, engine: Engine, asset: str, maker: Maker) -> None:
        self._engine = engine
        self._studio = engine.studio
        self._asset = asset
        self._maker = maker
        self._story_id = UUID(context.partition_key)
        self._run = context.run
        self._tries = context.retry_number + 1

    async def do(self) -> dg.MaterializeResult[Any]:
        """Make the asset; what goes wrong is written down and told to Dagster in its own words."""
        try:
            lease = await self._engine.lease_of(
                self._run.run_id, claimed_token(self._run.tags), self._story_id, assets_of(self._run)
            )
        except RequestError as refused:  # busy, or the story is gone
            raise dg.Failure(str(refused), allow_retries=False) from refused
        try:
            return await self._make(lease)
        except LeaseLost as lost:
            raise dg.Failure(f"{lost} Nothing was written.", allow_retries=False) from lost
        except ServiceUnavailable:
            raise  # the database cannot be told: the lease runs out and the asset is queued again
        except Transient as failure:
            await self._retry_or_fail(lease, failure)
        except Permanent as failure:
            await self._studio.queue.fail(lease, self._asset, str(failure))
            raise dg.Failure(str(failure), allow_retries=False) from failure
        except Exception as bug:
            await self._studio.queue.fail(
                lease,
                self._asset,
                f"Something unexpected went wrong ({type(bug).__name__}). The run's log in Dagster says what.",
            )
            raise
        raise AssertionError("unreachable: _retry_or_fail always raises")

    async def _make(self, lease: Lease) -> dg.MaterializeResult[Any]:
        began = time.monotonic()
        queue = self._studio.queue
        async with self._studio.leases.work_under(lease.token):
            await queue.start(lease, self._asset)
            desk = self._studio.desk(
                await self._studio.stories.brief(self._story_id),
                functools.partial(queue.progress, lease, self._asset),
                self._tries,
            )
            artifact = await self._maker(desk)
            made = await deliver(desk, self._asset, artifact)
        return dg.MaterializeResult(
            value=(lease, made),
            metadata=_metadata(desk, made, time.monotonic() - began) | preview(artifact, made),
            check_results=check_results(self._asset, artifact),
        )

    async def _retry_or_fail(self, lease: Lease, failure: Transient) -> None:
        retries = CATALOG[self._asset].retries
        if self._tries > retries.times:
            await self._studio.queue.fail(lease, self._asset, str(failure))
            raise dg.Failure(str(failure), allow_retries=False) from failure
        await self._studio.queue.progress(
            lease, self._asset, 0, status="retrying", attempt=self._tries, lastError=str(failure)
        )
        raise dg.RetryRequested(
            max_retries=retries.times, seconds_to_wait=retries.wait_before(self._tries)
        ) from failure


def _metadata(desk: Desk, made: Finished, seconds: float) -> dict[str, Any]:
    metadata: dict[str, Any] = {"seconds": round(seconds, 2), "tries": desk.attempts}
    if made.url:
        metadata["url"] = dg.MetadataValue.url(made.url)
    if usage := desk.usage():
        metadata["models"] = dg.MetadataValue.json(usage["models"])
        if usage["cost_usd"] is not None:
            metadata["cost_usd"] = usage["cost_usd"]
    return metadata
