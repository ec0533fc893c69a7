-- Forget events of runs that are gone, among the oldest of all: what a run still wrote when somebody had deleted it in
-- Dagster's UI. No row leads to them; they are found in their turn, since whatever else is as old is forgotten with its run.
-- None while another sweep is at it.
WITH oldest AS MATERIALIZED (
    SELECT id, run_id, timestamp FROM event_logs ORDER BY id LIMIT %(most)s
), strays AS MATERIALIZED (
    SELECT id, run_id FROM oldest
     WHERE pg_try_advisory_xact_lock(hashtext('storytailor dagster'), hashtext('forget'))
       AND timestamp < LOCALTIMESTAMP - make_interval(secs => %(seconds)s)
       AND run_id <> '' -- reported outside of runs: goes with its story
       AND NOT EXISTS (SELECT FROM runs WHERE runs.run_id = oldest.run_id)
), events_deleted AS (
    DELETE FROM event_logs WHERE id IN (SELECT id FROM strays) RETURNING 1
), tags_deleted AS (
    DELETE FROM asset_event_tags WHERE event_id IN (SELECT id FROM strays)
), checks_deleted AS (
    DELETE FROM asset_check_executions WHERE run_id IN (SELECT run_id FROM strays) RETURNING 1
)
SELECT 0 AS stories, 0 AS partitions, 0 AS runs,
       (SELECT count(*) FROM events_deleted) AS events,
       (SELECT count(*) FROM checks_deleted) AS checks,
       0 AS ticks,
       0 AS backfills;
