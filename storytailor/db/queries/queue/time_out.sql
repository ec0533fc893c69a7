-- Fail what has been generating for too long in `stories`, which the caller has locked, with what is made from it.
-- `blocked` is {"cover": ["scene_1", …], …}.
WITH stuck AS MATERIALIZED (
    SELECT id, story_id, asset_type, lease_token FROM asset_generation_jobs
    WHERE story_id = ANY(%(stories)s)
      AND status = 'generating' AND started_at + paused < clock_timestamp() - make_interval(mins => 1) * %(minutes)s
      AND lease_expires_at >= clock_timestamp()
), failed AS (
    UPDATE asset_generation_jobs AS job
    SET status = 'failed', completed_at = clock_timestamp(), updated_at = now(),
        lease_token = NULL, lease_expires_at = NULL, error_message = blocked.reason, blocked_by = blocked.blocked_by
    FROM (
        SELECT id, %(reason)s::text AS reason, NULL AS blocked_by FROM stuck
        UNION ALL
        SELECT DISTINCT ON (job.id) job.id, format('Not made, because %%s failed.', stuck.asset_type), stuck.asset_type
        FROM stuck JOIN asset_generation_jobs AS job
          ON job.story_id = stuck.story_id AND %(blocked)s::jsonb->stuck.asset_type ? job.asset_type
        WHERE job.status IN ('queued', 'generating') AND job.id NOT IN (SELECT id FROM stuck)
    ) AS blocked
    WHERE job.id = blocked.id
    RETURNING job.story_id, job.asset_type, job.error_message
), shown AS (
    SELECT patch_story_assets(story_id, jsonb_object_agg(
        asset_type, jsonb_build_object('status', 'failed', 'progress', 0, 'error', error_message))) AS story_id
    FROM failed GROUP BY story_id
)
SELECT shown.story_id, array(SELECT DISTINCT lease_token FROM stuck
                             WHERE stuck.story_id = shown.story_id) AS tokens
FROM shown;
