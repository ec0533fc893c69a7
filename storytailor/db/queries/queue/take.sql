-- Lease these assets of a story directly, queued or not: somebody asked for them in the Dagster UI.
-- Leaves out what is being made now; the caller compares and rolls back.
WITH taken AS (
    INSERT INTO asset_generation_jobs AS job (story_id, asset_type, lease_token, lease_expires_at, begun_at, claims)
    SELECT %(story_id)s, asset, %(token)s, clock_timestamp() + make_interval(secs => %(seconds)s), clock_timestamp(), 1
    FROM unnest(%(assets)s::text[]) AS asset
    ON CONFLICT (story_id, asset_type) DO UPDATE
    SET status = 'queued', started_at = NULL, completed_at = NULL, error_message = NULL, retry_count = 0,
        lease_token = excluded.lease_token, lease_expires_at = excluded.lease_expires_at,
        begun_at = excluded.begun_at, claims = 1, blocked_by = NULL, updated_at = now(),
        traceparent = NULL, request_id = NULL
    WHERE job.lease_token IS NULL
    RETURNING job.asset_type
), shown AS (
    SELECT patch_story_assets(%(story_id)s, jsonb_object_agg(asset_type, '{"status": "pending", "progress": 0}'::jsonb))
        AS story_id
    FROM taken HAVING count(*) > 0
)
SELECT taken.asset_type FROM taken, shown;
