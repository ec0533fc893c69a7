"""The queue sensor: what waits in the table becomes runs. What a claim is stands in `storytailor.db.queue`."""

import logging
import time
from collections.abc import Callable
from uuid import UUID

import dagster as dg

from storytailor.db import Lease
from storytailor.db.origins import Origin
from storytailor.db.story_inputs import StorySummary
from storytailor.errors import ServiceUnavailableError
from storytailor_dagster.abandoned_runs import close_runs_of
from storytailor_dagster.broker import require_broker
from storytailor_dagster.jobs import make_story
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.open_leases import end_cancelled, release_unrequested
from storytailor_dagster.partitions import stories
from storytailor_dagster.resources import MakerLoopResource
from storytailor_dagster.run_leases import request_for

log = logging.getLogger(__name__)

LISTEN_SECONDS = 4.0
"""How long an idle tick waits for work: just under the daemon's own five seconds between ticks."""
SHORTEST_WAIT = 0.25
"""For a lease that has run out and cannot be ended yet, since somebody has locked its story."""
WAITING_A_WORKER = 6
"""Stories that may wait for each worker to begin them: enough until the next tick, few enough to share them evenly."""


@dg.sensor(
    job=make_story,
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Claims stories with queued assets and requests a run for each; reads the table, keeps no cursor.",
)
def story_queue_sensor(
    context: dg.SensorEvaluationContext, maker_loop: MakerLoopResource
) -> dg.SensorResult | dg.SkipReason:
    """One tick: queue again what was lost, claim what waits, and if nothing does, wait a little for either."""
    loop = maker_loop.loop
    try:
        leases = _claim_or_wait(context.instance, loop)
        if not leases:
            return dg.SkipReason("No story is waiting.")
        context.instance.add_dynamic_partitions(stories.name or "", [str(lease.story_id) for lease in leases])
        requests = _requests(loop, leases)
    except ServiceUnavailableError as down:
        log.warning("Nothing was claimed: %s", down)
        return dg.SkipReason(str(down))
    return dg.SensorResult(run_requests=requests)


def _requests(loop: MakerLoop, leases: list[Lease]) -> list[dg.RunRequest]:
    """A run for each claim. What only describes them is left out where it cannot be read: it holds no story up."""
    origins: dict[UUID, Origin] = {}
    summaries: dict[UUID, StorySummary] = {}

    def describe() -> None:
        origins.update(loop.call(loop.services.queue.origins(leases)))
        summaries.update(loop.call(loop.services.inputs.summaries(lease.story_id for lease in leases)))

    _try_to("read of what kind the claimed stories are", loop, describe)
    return [request_for(lease, summaries.get(lease.story_id), origins.get(lease.token)) for lease in leases]


def _claim_or_wait(instance: dg.DagsterInstance, loop: MakerLoop) -> list[Lease]:
    """Claim what waits; if nothing does, once more when a story is queued or a lease runs out, for LISTEN_SECONDS."""
    ends, turn = time.monotonic() + LISTEN_SECONDS, loop.begin_turn()
    _try_to("queue again what no run was requested for", loop, lambda: release_unrequested(instance, loop))
    leases = _claim(instance, loop)
    while not leases and (left := ends - time.monotonic()) > 0:
        expires_in = loop.call(loop.services.queue.next_expiry())
        wait = left if expires_in is None else min(left, max(expires_in, SHORTEST_WAIT))
        waited = loop.wait_for_queued(wait)
        if not loop.is_turn(turn):  # another tick has begun, so whoever asked for this one is dead
            return []
        if waited or wait < left:
            leases = _claim(instance, loop)
    return leases


def _claim(instance: dg.DagsterInstance, loop: MakerLoop) -> list[Lease]:
    """Claim what waits, also when what comes before that has failed."""
    _try_to("compare the open leases with their runs", loop, lambda: end_cancelled(instance, loop))
    _try_to("queue again what was lost", loop, lambda: _requeue_lost(instance, loop))
    settings = loop.services.settings
    if settings.broker_url is not None:
        require_broker(settings.broker)
    in_flight = settings.stories_in_flight
    return loop.call(loop.services.queue.claim(in_flight=in_flight, waiting=WAITING_A_WORKER))


def _requeue_lost(instance: dg.DagsterInstance, loop: MakerLoop) -> None:
    expired = loop.call(loop.services.queue.release_expired())
    close_runs_of(instance, [lease.token for lease in expired], "its worker was lost")


def _try_to(what: str, loop: MakerLoop, do: Callable[[], None]) -> None:
    try:
        do()
    except ServiceUnavailableError as down:
        if not loop.services.database.presence.seconds:  # away altogether: a claim would only wait once more
            raise
        log.warning("The sensor could not %s: %s", what, down)
    except Exception:  # whatever it is, other stories are claimed all the same, and the next tick tries again
        log.exception("The sensor could not %s.", what)
