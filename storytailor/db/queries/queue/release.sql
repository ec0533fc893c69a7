-- End leases, so that what is unfinished is queued again: those of `tokens`, or, when that is NULL, what has run out in
-- `stories`, which the caller has locked. What was claimed `max_claims` times already fails instead.
-- `uncounted` gives the claim back as well: an orderly shutdown is nobody's failure. One that no worker had begun was not
-- counted, and has waited since it was queued.
WITH lost AS MATERIALIZED (
    SELECT id, lease_token, begun_at,
           claims - (%(uncounted)s AND begun_at IS NOT NULL)::int AS claims
    FROM asset_generation_jobs
    WHERE lease_token IS NOT NULL
      AND CASE WHEN %(tokens)s::uuid[] IS NULL THEN story_id = ANY(%(stories)s::uuid[]) AND lease_token IN (
                   SELECT other.lease_token FROM asset_generation_jobs AS other
                   WHERE other.story_id = ANY(%(stories)s::uuid[])
                   GROUP BY other.lease_token HAVING max(other.lease_expires_at) < clock_timestamp())
               ELSE lease_token = ANY(%(tokens)s::uuid[]) END
    ORDER BY id
    FOR UPDATE
), back AS (
    UPDATE asset_generation_jobs AS job
    SET claims = lost.claims,
        status = CASE WHEN lost.claims >= %(max_claims)s THEN 'failed' ELSE 'queued' END,
        error_message = CASE WHEN lost.claims >= %(max_claims)s THEN %(reason)s END,
        lease_token = NULL, lease_expires_at = NULL, started_at = NULL,
        updated_at = CASE WHEN lost.begun_at IS NULL THEN job.updated_at ELSE now() END
    FROM lost WHERE job.id = lost.id
    RETURNING job.story_id, job.asset_type, job.status, job.error_message, lost.lease_token
), shown AS (
    SELECT patch_story_assets(story_id, jsonb_object_agg(asset_type, CASE status
        WHEN 'failed' THEN jsonb_build_object('status', 'failed', 'progress', 0, 'error', error_message)
        ELSE '{"status": "pending", "progress": 0}'::jsonb END)) AS story_id
    FROM back GROUP BY story_id
)
SELECT back.story_id, back.lease_token, array_agg(back.asset_type) AS assets
FROM back JOIN shown USING (story_id)
GROUP BY back.story_id, back.lease_token;
