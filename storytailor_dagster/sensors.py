"""The queue sensor: what waits in the table becomes runs."""

from functools import lru_cache

import dagster as dg

from storytailor.db import Lease
from storytailor.db.listener import STORY_QUEUED, Ear
from storytailor_dagster.jobs import make_story
from storytailor_dagster.maintenance import close_runs_of
from storytailor_dagster.maker_loop import Engine
from storytailor_dagster.partitions import stories
from storytailor_dagster.run_tags import request_for

LISTEN_SECONDS = 4.0
"""How long an idle tick waits for work: just under the daemon's own five seconds between ticks."""


@lru_cache(maxsize=1)
def _ear(url: str) -> Ear:
    return Ear(url, STORY_QUEUED)


@dg.sensor(
    job=make_story,
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Claims stories with queued assets and requests a run for each; reads the table, keeps no cursor.",
)
def story_queue_sensor(
    context: dg.SensorEvaluationContext, engine: dg.ResourceParam[Engine]
) -> dg.SensorResult | dg.SkipReason:
    """One tick: queue again what was lost, claim what waits, and if nothing does, listen a little."""
    leases = _claim(context.instance, engine)
    if not leases and _ear(engine.studio.settings.database).wait(LISTEN_SECONDS):
        leases = _claim(context.instance, engine)
    if not leases:
        return dg.SkipReason("No story is waiting.")
    context.instance.add_dynamic_partitions(stories.name or "", [str(lease.story_id) for lease in leases])
    return dg.SensorResult(run_requests=[request_for(lease) for lease in leases])


def _claim(instance: dg.DagsterInstance, engine: Engine) -> list[Lease]:
    queue, settings = engine.studio.queue, engine.studio.settings
    lost = engine.call(queue.requeue_lost())
    close_runs_of(instance, [lease.token for lease in lost], "its worker was lost")
    return engine.call(queue.claim(in_flight=settings.stories_in_flight))
