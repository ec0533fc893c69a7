"""The same assets as Dagster makes them by itself: default launcher, multiprocess executor, storage as it comes.

Each step is a process of its own here. A claim is begun by the sensor and held by all of them, so long that nobody has
to renew it (LEASE_SECONDS): leases are ours, and what is compared is Dagster.
"""

import dagster as dg

from storytailor.db import Lease
from storytailor.settings import get_settings
from storytailor_dagster import assets
from storytailor_dagster.definitions import resources
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.partitions import stories
from storytailor_dagster.resources import MakerLoopResource, maker_loop_resource
from storytailor_dagster.run_leases import RunLease, RunLeases, request_for

AT_ONCE = 4
"""Steps of one run under way, each a process that has loaded all of Dagster: more are no faster on two cores."""


class BegunLeases(RunLeases):
    """Leases that the sensor has begun."""

    async def _begin(self, lease: Lease) -> RunLease:
        return RunLease(lease, await self._queue.age(lease))


class StockMakerLoopResource(MakerLoopResource):
    """A maker loop a process, whose leases are begun already."""

    @property
    def loop(self) -> MakerLoop:
        """This process's."""
        loop = super().loop
        if not isinstance(loop.run_leases, BegunLeases):
            loop.run_leases = BegunLeases(loop.services.queue, loop.services.leases, loop.admission)
        return loop


make_story = dg.define_asset_job(
    "make_story",
    selection=dg.AssetSelection.all(),
    executor_def=dg.multiprocess_executor.configured({"max_concurrent": AT_ONCE}),
)


@dg.sensor(job=make_story, minimum_interval_seconds=1, default_status=dg.DefaultSensorStatus.RUNNING)
def queue(context: dg.SensorEvaluationContext, maker_loop: MakerLoopResource) -> dg.SensorResult:
    """Claim what waits."""
    loop = maker_loop.loop
    leases = loop.call(loop.services.queue.claim(in_flight=1_000))
    for lease in leases:
        loop.call(loop.services.queue.begin(lease))
    partitions = stories.build_add_request([str(lease.story_id) for lease in leases])
    return dg.SensorResult([request_for(lease, None) for lease in leases], dynamic_partitions_requests=[partitions])


_made = maker_loop_resource(get_settings())
defs = dg.Definitions(
    assets=dg.load_assets_from_modules([assets]),
    jobs=[make_story],
    sensors=[queue],
    resources=resources(StockMakerLoopResource(s3=_made.s3)),
)
