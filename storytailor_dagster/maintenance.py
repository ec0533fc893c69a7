"""Maintenance: the scheduled sweep, and what is looked after every minute."""

import json
from dataclasses import asdict

import dagster as dg

from storytailor.cdn_purging import purge_deleted
from storytailor.errors import MakingError, SettingsError
from storytailor.object_cleanup import delete_orphans
from storytailor_dagster.abandoned_runs import close_abandoned_runs, close_runs_of
from storytailor_dagster.history import forget_deleted, forget_old
from storytailor_dagster.maker_loop import MakerLoop
from storytailor_dagster.resources import MakerLoopResource

CLEANUP_TIMEOUT = 240.0
WEBHOOKS_AT_ONCE = 10_000
LAST = {"dagster/priority": "-1"}
"""Done when the rest of the sweep is: what it has deleted from the store leaves the CDN in the same sweep."""


def end_stuck_assets(instance: dg.DagsterInstance, loop: MakerLoop) -> str:
    """Time out what has been generating for longer than ASSET_TIMEOUT_MINUTES, and close its runs; what was done."""
    minutes = loop.services.settings.asset_timeout_minutes
    timed_out = loop.call(loop.services.queue.time_out(minutes))
    tokens = [token for story in timed_out for token in story.tokens]
    closed = close_runs_of(instance, tokens, f"an asset took longer than {minutes:g} minutes")
    return f"{len(timed_out)} stories had assets stuck for over {minutes:g} minutes; {len(closed)} runs closed."


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Fails what has been generating for too long, and ends runs whose worker is gone. In the daemon: so it "
    "never waits behind them.",
)
def stuck_assets_sensor(context: dg.SensorEvaluationContext, maker_loop: MakerLoopResource) -> dg.SkipReason:
    """One tick. It requests no run: a run would wait for the very workers that the stuck assets keep busy."""
    told = end_stuck_assets(context.instance, maker_loop.loop)
    suspected = close_abandoned_runs(context.instance, maker_loop.loop, json.loads(context.cursor or "[]"))
    context.update_cursor(json.dumps(suspected))
    return dg.SkipReason(told)


@dg.op(description="Fails what has been generating for too long and closes its runs.")
def fail_stuck_assets(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """The same by hand, as a part of the sweep."""
    context.log.info(end_stuck_assets(context.instance, maker_loop.loop))


@dg.op(description="Removes stored objects that deleted stories and characters left behind.")
def delete_orphaned_objects(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """What a worker wrote after its story was deleted, and what the store did not let go at the time."""
    loop = maker_loop.loop
    try:
        deleted = loop.call(delete_orphans(loop.services.orphans, loop.services.store), CLEANUP_TIMEOUT)
    except MakingError as failure:
        raise dg.Failure(failure.for_operator) from failure
    context.log.info(f"{deleted} entries of orphaned objects were due.")


@dg.op(description="Takes deleted files of books from the CDN's caches.", tags=LAST)
def purge_cdn(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """What the store has no more, where CLOUDFRONT_DISTRIBUTION_ID is set; what is not taken is due again."""
    services = maker_loop.loop.services
    if services.cdn is None:
        context.log.info("CLOUDFRONT_DISTRIBUTION_ID is not set: no CDN is told.")
        return
    try:
        taken = maker_loop.loop.call(purge_deleted(services.cdn_purges, services.cdn), CLEANUP_TIMEOUT)
    except MakingError as failure:
        left = maker_loop.loop.call(services.cdn_purges.waiting())
        since = f"{left.entries} purges wait, the oldest for {left.oldest_seconds / 60:.0f} minutes."
        raise dg.Failure(f"{failure.for_operator} {since}") from failure
    context.add_output_metadata({"purged": taken})


@dg.op(description="Forgets the answers of idempotency keys that are past their hours.")
def delete_expired_keys(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """What was answered longer ago than IDEMPOTENCY_KEY_HOURS."""
    services = maker_loop.loop.services
    hours = services.settings.idempotency_key_hours
    deleted = maker_loop.loop.call(services.idempotency_keys.delete_expired(hours))
    context.log.info(f"{deleted} answers were older than {hours:g} hours.")


@dg.op(description="Forgets the hashes of accounts that were deleted long ago.")
def forget_erased_accounts(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """Those older than ERASED_ACCOUNT_DAYS."""
    services = maker_loop.loop.services
    forgotten = maker_loop.loop.call(services.erasure.forget(services.settings.erased_account_days))
    context.log.info(f"{forgotten} deleted accounts were forgotten.")


@dg.op(description="Removes what Dagster keeps of deleted stories: partitions, runs, events, results of checks.")
def forget_deleted_stories(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """What is in flight waits for the next sweep."""
    try:
        forgotten = forget_deleted(context.instance, maker_loop.loop)
    except SettingsError as wrong:
        raise dg.Failure(str(wrong)) from wrong
    context.add_output_metadata(asdict(forgotten))


@dg.op(description="Removes what Dagster keeps of what has long been over. Stories and books stay.")
def forget_old_history(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """What nothing was heard of for RETENTION_DAYS; of this job's own runs that went well, for a day."""
    try:
        forgotten = forget_old(context.instance, maker_loop.loop, routine=[context.job_name])
    except SettingsError as wrong:
        raise dg.Failure(str(wrong)) from wrong
    context.add_output_metadata(asdict(forgotten))


@dg.op(description="Forgets webhooks that were delivered, or given up, long ago.")
def forget_settled_webhooks(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """Those settled before RETENTION_DAYS."""
    services = maker_loop.loop.services
    days, forgotten = services.settings.retention_days, 0
    if days:
        forgotten = maker_loop.loop.call(services.retention.forget_webhooks(days, WEBHOOKS_AT_ONCE))
    context.add_output_metadata({"webhooks": forgotten})


@dg.op(description="Adds what was measured of late to the sums that /metrics tells.")
def fold_measurements(context: dg.OpExecutionContext, maker_loop: MakerLoopResource) -> None:
    """All but the stories of the last day, of which the objective is computed."""
    folded = maker_loop.loop.call(maker_loop.loop.services.measurements.fold())
    context.add_output_metadata({"measurements": folded})


@dg.job(description="The scheduled sweep.", executor_def=dg.in_process_executor)
def sweep() -> None:
    """Fail what is stuck; remove what was left."""
    fail_stuck_assets()
    delete_orphaned_objects()
    purge_cdn()
    delete_expired_keys()
    forget_erased_accounts()
    forget_deleted_stories()
    forget_old_history()
    forget_settled_webhooks()
    fold_measurements()


sweep_schedule = dg.ScheduleDefinition(
    name="sweep_stuck_assets",
    job=sweep,
    cron_schedule="*/5 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every five minutes: what has been generating for over fifteen fails; what deleted stories left goes.",
)
