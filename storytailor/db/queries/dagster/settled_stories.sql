-- Of these stories, those with no run, backfill or tick in flight; none while another sweep is at it. A run is given a
-- minute after its end: what it still wrote once its row is gone, nobody would find again.
SELECT story
  FROM unnest(%(stories)s::text[]) AS story
 WHERE pg_try_advisory_xact_lock(hashtext('storytailor dagster'), hashtext('forget'))
   AND NOT EXISTS (
       SELECT FROM run_tags t JOIN runs r USING (run_id)
        WHERE t.key = 'dagster/partition' AND t.value = story
          AND (r.status NOT IN ('SUCCESS', 'FAILURE', 'CANCELED')
               OR r.update_timestamp > LOCALTIMESTAMP - INTERVAL '1 minute'))
   AND NOT EXISTS (
       SELECT FROM bulk_actions
        WHERE status IN ('REQUESTED', 'CANCELING', 'FAILING') AND strpos(body, story) > 0)
   AND NOT EXISTS (SELECT FROM job_ticks WHERE status = 'STARTED' AND strpos(tick_body, story) > 0);
