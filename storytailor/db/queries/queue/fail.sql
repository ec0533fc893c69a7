-- `reason` is shown to the family, `for_operator` kept with the job; `usage` is that of the try that failed.
-- The asset has failed for good, and with it what cannot be made without it and was still to come. What is made
-- without it is an optional dependent: Dagster skips it in this run, so it goes back into the queue, its claim uncounted.
WITH mine AS (
    UPDATE asset_generation_jobs
    SET status = 'failed', completed_at = clock_timestamp(), error_message = %(for_operator)s, updated_at = now(),
        lease_token = NULL, lease_expires_at = NULL
    WHERE story_id = %(story_id)s AND asset_type = %(asset)s AND lease_token = %(token)s
    RETURNING story_id, asset_type, %(reason)s::text AS reason
), below AS (
    UPDATE asset_generation_jobs AS job
    SET status = 'failed', completed_at = clock_timestamp(), error_message = %(reason_below)s, updated_at = now(),
        lease_token = NULL, lease_expires_at = NULL, blocked_by = mine.asset_type
    FROM mine
    WHERE job.story_id = mine.story_id AND job.asset_type = ANY(%(blocked)s)
      AND job.status IN ('queued', 'generating')
    RETURNING job.story_id, job.asset_type, job.error_message AS reason
), requeued AS (
    UPDATE asset_generation_jobs AS job
    SET status = 'queued', claims = claims - 1, started_at = NULL, updated_at = now(),
        lease_token = NULL, lease_expires_at = NULL
    FROM mine
    WHERE job.asset_type = ANY(%(optional_dependents)s) AND job.lease_token = %(token)s
), failed AS (
    SELECT * FROM mine UNION ALL SELECT * FROM below
)
UPDATE stories
SET asset_generation_status = jsonb_set(asset_generation_status, '{assets}',
                                        (asset_generation_status->'assets') || shown.assets),
    usage = add_usage(usage, %(asset)s, %(usage)s)
FROM (SELECT story_id, jsonb_object_agg(asset_type, jsonb_build_object(
          'status', 'failed', 'progress', 0, 'error', reason)) AS assets
      FROM failed GROUP BY story_id) AS shown
WHERE stories.id = shown.story_id
RETURNING stories.id;
