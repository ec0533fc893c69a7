-- Forget these stories: their runs with all events, what was reported of their partitions, the partitions. What is kept
-- of several stories at once (the summary of an asset, and with `everywhere` a tick and a backfill) stays, with `nobody` in
-- their place.
WITH gone_runs AS MATERIALIZED (
    SELECT run_id FROM run_tags WHERE key = 'dagster/partition' AND value = ANY(%(stories)s)
), runs_deleted AS (
    DELETE FROM runs WHERE run_id IN (SELECT run_id FROM gone_runs) RETURNING 1 -- and with them their tags
), events_deleted AS (
    DELETE FROM event_logs
     WHERE id IN (
         SELECT id FROM event_logs WHERE run_id IN (SELECT run_id FROM gone_runs)
         UNION -- reported outside of runs; written so for the index on asset, type and partition
         SELECT e.id FROM asset_keys k JOIN event_logs e USING (asset_key)
          WHERE e.partition = ANY(%(stories)s)
            AND e.dagster_event_type IN ('ASSET_MATERIALIZATION', 'ASSET_MATERIALIZATION_PLANNED', 'ASSET_OBSERVATION',
                                         'ASSET_FAILED_TO_MATERIALIZE'))
    RETURNING id
), tags_deleted AS (
    DELETE FROM asset_event_tags WHERE event_id IN (SELECT id FROM events_deleted)
), checks_deleted AS (
    DELETE FROM asset_check_executions
     WHERE run_id IN (SELECT run_id FROM gone_runs) OR partition = ANY(%(stories)s)
    RETURNING 1
), partitions_deleted AS (
    DELETE FROM dynamic_partitions
     WHERE partitions_def_name = 'stories' AND partition = ANY(%(stories)s)
    RETURNING 1
), assets_changed AS (
    UPDATE asset_keys -- Dagster reads the newest event that is left where there is no summary
       SET last_materialization = CASE WHEN last_materialization !~ %(pattern)s THEN last_materialization END,
           last_run_id = CASE WHEN last_run_id NOT IN (SELECT run_id FROM gone_runs) THEN last_run_id END,
           cached_status_data = NULL
     WHERE last_materialization ~ %(pattern)s OR cached_status_data ~ %(pattern)s
        OR last_run_id IN (SELECT run_id FROM gone_runs)
), ticks_changed AS (
    UPDATE job_ticks SET tick_body = regexp_replace(tick_body, %(pattern)s, %(nobody)s, 'g')
     WHERE %(everywhere)s AND tick_body ~ %(pattern)s
    RETURNING 1
), instigators_changed AS (
    UPDATE instigators SET instigator_body = regexp_replace(instigator_body, %(pattern)s, %(nobody)s, 'g')
     WHERE %(everywhere)s AND instigator_body ~ %(pattern)s
), backfills_changed AS (
    UPDATE bulk_actions SET body = regexp_replace(body, %(pattern)s, %(nobody)s, 'g')
     WHERE %(everywhere)s AND body ~ %(pattern)s
    RETURNING 1
)
SELECT cardinality(%(stories)s) AS stories,
       (SELECT count(*) FROM partitions_deleted) AS partitions,
       (SELECT count(*) FROM runs_deleted) AS runs,
       (SELECT count(*) FROM events_deleted) AS events,
       (SELECT count(*) FROM checks_deleted) AS checks,
       (SELECT count(*) FROM ticks_changed) AS ticks,
       (SELECT count(*) FROM backfills_changed) AS backfills;
