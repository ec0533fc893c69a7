-- Forget runs of no story, such as the sweep's own: those that ended so many seconds ago, and of `routine` jobs, which
-- come every few minutes, those that went well, sooner. None while another sweep is at it.
WITH gone_runs AS MATERIALIZED (
    SELECT run_id FROM runs r
     WHERE pg_try_advisory_xact_lock(hashtext('storytailor dagster'), hashtext('forget'))
       AND status IN ('SUCCESS', 'FAILURE', 'CANCELED')
       AND (update_timestamp < LOCALTIMESTAMP - make_interval(secs => %(seconds)s)
            OR (status = 'SUCCESS' AND pipeline_name = ANY(%(routine)s)
                AND update_timestamp < LOCALTIMESTAMP - make_interval(secs => %(routine_seconds)s)))
       AND NOT EXISTS (SELECT FROM run_tags t WHERE t.run_id = r.run_id AND t.key = 'dagster/partition')
     LIMIT %(most)s
), runs_deleted AS (
    DELETE FROM runs WHERE run_id IN (SELECT run_id FROM gone_runs) RETURNING 1 -- and with them their tags
), events_deleted AS (
    DELETE FROM event_logs WHERE run_id IN (SELECT run_id FROM gone_runs) RETURNING id
), tags_deleted AS (
    DELETE FROM asset_event_tags WHERE event_id IN (SELECT id FROM events_deleted)
), checks_deleted AS (
    DELETE FROM asset_check_executions WHERE run_id IN (SELECT run_id FROM gone_runs) RETURNING 1
)
SELECT 0 AS stories,
       0 AS partitions,
       (SELECT count(*) FROM runs_deleted) AS runs,
       (SELECT count(*) FROM events_deleted) AS events,
       (SELECT count(*) FROM checks_deleted) AS checks,
       0 AS ticks,
       0 AS backfills;
