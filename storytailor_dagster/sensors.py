"""The queue sensor: what waits in the table becomes runs. What a claim is stands in `storytailor.db.queue`."""

import dagster as dg

from storytailor.db import Lease
from storytailor_dagster.jobs import make_story
from storytailor_dagster.maintenance import close_runs_of
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.open_leases import end_cancelled
from storytailor_dagster.partitions import stories
from storytailor_dagster.resources import MakerLoopResource
from storytailor_dagster.run_leases import request_for

LISTEN_SECONDS = 4.0
"""How long an idle tick waits for work: just under the daemon's own five seconds between ticks."""


@dg.sensor(
    job=make_story,
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Claims stories with queued assets and requests a run for each; reads the table, keeps no cursor.",
)
def story_queue_sensor(
    context: dg.SensorEvaluationContext, maker_loop: MakerLoopResource
) -> dg.SensorResult | dg.SkipReason:
    """One tick: queue again what was lost, claim what waits, and if nothing does, listen a little."""
    loop = maker_loop.loop
    leases = _claim(context.instance, loop)
    if not leases and loop.wait_for_queued(LISTEN_SECONDS):
        leases = _claim(context.instance, loop)
    if not leases:
        return dg.SkipReason("No story is waiting.")
    context.instance.add_dynamic_partitions(stories.name or "", [str(lease.story_id) for lease in leases])
    stories_claimed = loop.call(loop.services.inputs.summaries(lease.story_id for lease in leases))
    return dg.SensorResult(run_requests=[request_for(lease, stories_claimed.get(lease.story_id)) for lease in leases])


def _claim(instance: dg.DagsterInstance, loop: MakerLoop) -> list[Lease]:
    queue, settings = loop.services.queue, loop.services.settings
    end_cancelled(instance, loop)
    expired = loop.call(queue.release_expired())
    close_runs_of(instance, [lease.token for lease in expired], "its worker was lost")
    return loop.call(queue.claim(in_flight=settings.stories_in_flight))
