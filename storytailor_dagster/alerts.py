"""Telling an operator: a sensor that looks at what failed and what stands in the way, and tells each cause once."""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import dagster as dg

from storytailor.alerts import Channels, Watch
from storytailor.db.budgets import HouseSpending
from storytailor.db.clock import note_clock
from storytailor.db.health import QueueHealth
from storytailor_dagster.maintenance import sweep
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.resources import MakerLoopResource

LOOK_TIMEOUT = 50.0
"""Less than the minute Dagster gives a tick."""
NO_SWEEP = (
    "No sweep has ended for half an hour: what was deleted stays in the store and in Dagster, and nothing old is "
    "forgotten. In Dagster's UI, is the schedule sweep_stuck_assets on, and for what do its runs wait?"
)
SWEEP_OVERDUE = timedelta(minutes=30)
"""It begins every five."""
_STARTED = time.monotonic()


@lru_cache(maxsize=1)
def _watch(loop: MakerLoop) -> Watch:
    services, settings = loop.services, loop.services.settings
    return Watch(
        services.alerts,
        QueueHealth(services.database, in_flight=settings.stories_in_flight),
        HouseSpending(services.database),
        Channels(settings.alert_urls),
        repeat_hours=settings.alert_repeat_hours,
        daily_budget=settings.daily_budget,
    )


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells an operator, where ALERT_URLS lead, what failed and what keeps stories from being made.",
)
def operator_alerts_sensor(context: dg.SensorEvaluationContext, maker_loop: MakerLoopResource) -> dg.SkipReason:
    """One tick. It requests no run: whoever is to be told is told from here."""
    if _sweep_is_overdue(context.instance):
        maker_loop.loop.call(maker_loop.loop.services.alerts.note_standing("sweep", NO_SWEEP))
    maker_loop.loop.call(note_clock(maker_loop.loop.services.database))
    look = maker_loop.loop.call(_watch(maker_loop.loop).look(), LOOK_TIMEOUT)
    untold = f" {look.untold} could not be told, and will be again." if look.untold else ""
    return dg.SkipReason(f"{look.due} causes were due.{untold}")


def _sweep_is_overdue(instance: dg.DagsterInstance) -> bool:
    """Whether none has ended for so long, well or not: of one that failed, `failed_sweep_sensor` tells."""
    if time.monotonic() - _STARTED < SWEEP_OVERDUE.total_seconds():  # before, nobody may have been there to begin one
        return False
    since = datetime.now(UTC) - SWEEP_OVERDUE
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
    return not instance.get_runs(dg.RunsFilter(job_name=sweep.name, statuses=ended, updated_after=since), limit=1)


@dg.run_failure_sensor(
    monitored_jobs=[sweep],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Notes a sweep that failed; stories that failed are told of by what their jobs say.",
)
def failed_sweep_sensor(context: dg.RunFailureSensorContext, maker_loop: MakerLoopResource) -> None:
    """One failed sweep."""
    says = (
        f"The sweep failed: {context.failure_event.message} Its run in Dagster says why: {context.dagster_run.run_id}"
    )
    maker_loop.loop.call(maker_loop.loop.services.alerts.note_standing("sweep", says))
