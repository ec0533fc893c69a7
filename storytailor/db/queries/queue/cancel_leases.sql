-- The runs of these leases were cancelled: what is unfinished under them fails, and with it what waits for it.
-- Nothing is queued again. Only in `stories`, which the caller has locked. `blocked` is {"cover": ["scene_1", …], …}.
WITH stopped AS (
    UPDATE asset_generation_jobs
    SET status = 'failed', completed_at = clock_timestamp(), error_message = %(reason)s, updated_at = now(),
        lease_token = NULL, lease_expires_at = NULL, blocked_by = NULL
    WHERE story_id = ANY(%(stories)s) AND lease_token = ANY(%(tokens)s)
    RETURNING id, story_id, asset_type, error_message
), waiting AS (
    SELECT DISTINCT ON (job.id) job.id, stopped.asset_type AS blocked_by
    FROM stopped JOIN asset_generation_jobs AS job
      ON job.story_id = stopped.story_id AND %(blocked)s::jsonb->stopped.asset_type ? job.asset_type
    WHERE job.status IN ('queued', 'generating') AND job.id NOT IN (SELECT id FROM stopped)
), below AS (
    UPDATE asset_generation_jobs AS job
    SET status = 'failed', completed_at = clock_timestamp(), updated_at = now(), blocked_by = waiting.blocked_by,
        error_message = format('Not made, because %%s failed.', waiting.blocked_by),
        lease_token = NULL, lease_expires_at = NULL
    FROM waiting WHERE job.id = waiting.id
    RETURNING job.story_id, job.asset_type, job.error_message
), failed AS (
    SELECT story_id, asset_type, error_message FROM stopped UNION ALL SELECT * FROM below
)
SELECT patch_story_assets(story_id, jsonb_object_agg(
    asset_type, jsonb_build_object('status', 'failed', 'progress', 0, 'error', error_message))) AS story_id
FROM failed GROUP BY story_id;
